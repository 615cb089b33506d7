import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import { collect, positiveInteger } from './option-values.ts'

/** Adds `flowtap query`. */
export function addQueryCommand(program: Command, { streams, setExitCode }: CommandContext): void {
  program
    .command('query')
    .description('Ask questions of flow logs in Athena SQL, offline')
    .argument('[sql]', 'one statement; or use --file')
    .option('--file <file>', 'read the statement from a file; - is standard input')
    .option('--logs <path...>', 'flow-log files, folders, globs or s3:// prefixes for the table vpc_flow_logs')
    .option('--ddl <file>', 'run its CREATE … statements first; may be given several times', collect, undefined)
    .option('--s3-root <dir>', 's3://bucket/key is DIR/bucket/key')
    .option('--database <name>', 'the database of unqualified names', 'default')
    .addOption(
      new Option('--schema <names>', 'column names of vpc_flow_logs').choices(['aws', 'article']).default('aws'),
    )
    .addOption(new Option('--engine <engine>', 'what runs the query').choices(['duckdb']).default('duckdb'))
    .addOption(new Option('--dialect <dialect>', 'whose SQL').choices(['athena', 'trino']).default('athena'))
    .addOption(
      new Option('--format <format>', 'output (default: table on a terminal, else csv)').choices([
        'table',
        'csv',
        'json',
        'parquet',
        'arrow',
      ]),
    )
    .option('--json', 'the same as --format json')
    .option('--out <file>', 'write the rows to a file')
    .option('--parameter <sql>', 'the value of a ?, an SQL expression; once for each, in order', collect, undefined)
    .option('--strict', 'bad input fails the query (exit code 2)')
    .option('--threads <n>', 'threads of the engine', positiveInteger)
    .option('--memory-limit <size>', 'memory of the engine, for example 2GB')
    .option('--debug', 'show a stack with an error')
    .addHelpText('after', QUERY_HELP)
    .action(async (sql: string | undefined, options) => {
      const { runQuery } = await import('../commands/query.ts')
      setExitCode(await runQuery(sql, options, streams))
    })
}

const QUERY_HELP = `
Examples:
  flowtap query --logs ./logs "SELECT action, sum(bytes) FROM vpc_flow_logs GROUP BY 1"
  flowtap query --logs 'logs/**/*.log.gz' --json "SELECT * FROM vpc_flow_logs WHERE day = '2021/10/25' LIMIT 20"
  flowtap query --s3-root ./buckets --ddl create-table.sql --file top-talkers.sql

Reserved words such as end need double quotes in a query: SELECT "end" FROM vpc_flow_logs.
Exit codes: 0 success, 2 a wrong query, wrong use or unreadable input (or any bad input with --strict), 3 an engine failed.`
