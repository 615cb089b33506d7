import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'

/** Adds `flowtap parse`. */
export function addParseCommand(program: Command, { streams, setExitCode }: CommandContext): void {
  program
    .command('parse')
    .description('Stream flow-log records out of files')
    .argument('<path...>', 'files, folders, globs or s3:// prefixes; - is standard input')
    .addOption(
      new Option('--to <format>', 'output format; json is one object per line')
        .choices(['json', 'csv', 'arrow', 'parquet'])
        .default('json'),
    )
    .option('--json', 'the same as --to json')
    .option('--format <fields>', "log format of files without a header, such as '${version} ${srcaddr} …'")
    .option('--fields <names>', 'only these fields, separated by commas')
    .option('--out <file>', 'write to a file')
    .option('--strict', 'the first bad input ends the run (exit code 2)')
    .option('--debug', 'show a stack with an error')
    .action(async (paths: string[], options) => {
      const { runParse } = await import('../commands/parse.ts')
      setExitCode(await runParse(paths, options, streams))
    })
}
