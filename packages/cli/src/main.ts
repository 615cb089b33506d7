import { Command, CommanderError, Option } from 'commander'
import { EXIT_SUCCESS, EXIT_USAGE, exitCodeOf } from './exit-code.ts'
import { describeError } from './output/describe-error.ts'
import { processStreams, type Streams } from './streams.ts'
import { version } from './version.ts'

/**
 * Runs the command line and gives the exit code; nothing is thrown and the process is not ended.
 * Each command's code is loaded when it is called, so that `--help` is quick and a small query does not wait.
 */
export async function run(args: readonly string[], streams: Streams = processStreams()): Promise<number> {
  let exitCode = EXIT_SUCCESS
  const program = createProgram(streams, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_SUCCESS : EXIT_USAGE
    if (isBrokenPipe(error)) return EXIT_SUCCESS
    streams.stderr.write(`flowtap: ${describeError(error, args.includes('--debug'))}\n`)
    return exitCodeOf(error)
  }
}

function createProgram(streams: Streams, setExitCode: (code: number) => void): Command {
  const program = new Command('flowtap')
    .description('AWS VPC traffic inspection on your own machine')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .showHelpAfterError('(flowtap --help shows what there is)')

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
      const { runQuery } = await import('./commands/query.ts')
      setExitCode(await runQuery(sql, options, streams))
    })

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
      const { runParse } = await import('./commands/parse.ts')
      setExitCode(await runParse(paths, options, streams))
    })

  program
    .command('synth')
    .description('Simulate traffic in a design and write the flow logs, captures and labels')
    .argument('[scenario]', 'a name of --list, or a module whose default export is a scenario')
    .option('--list', 'show the scenarios')
    .option('--duration <time>', 'simulated time, such as 90s, 15m, 1h30m or 2d (default: 1h, or as the module says)')
    .option('--start <time>', 'when simulated time begins, such as 2026-01-05 or 2026-01-05T08:00:00Z')
    .option('--seed <n>', 'the same seed gives the same bytes', positiveInteger, 1)
    .option('--out <dir>', 'an empty or new folder; log files go to DIR/BUCKET/KEY')
    .option('--design <design>', 'demo, article, a JSON file or a module', 'demo')
    .option('--pcap', 'write a capture for each network interface and each mirror session')
    .option('--parquet', 'flow logs to S3 in Parquet')
    .option('--records <n>', 'volume: end with the interval in which so many records were written', positiveInteger)
    .option('--rate <n>', 'volume: conversations a second on a working day (default: 20)', positiveInteger)
    .option('--json', 'print the outcome as JSON')
    .option('--debug', 'show a stack with an error')
    .addHelpText('after', SYNTH_HELP)
    .action(async (scenario: string | undefined, options) => {
      const { runSynth } = await import('./commands/synth.ts')
      setExitCode(await runSynth(scenario, options, streams))
    })

  program
    .command('flows')
    .description('Write the flow logs that AWS would have written for captures (pcap, pcapng)')
    .argument('[capture...]', 'files, also compressed by gzip; - is standard input')
    .option('--design <design>', 'demo, article, a JSON file or a module')
    .option('--out <dir>', 'an empty or new folder; log files go to DIR/BUCKET/KEY')
    .option('--interface <eni>', 'the network interface at which the captures were taken: its id, name or instance')
    .option(
      '--capture <eni=file>',
      'a capture of one network interface; may be given several times',
      collect,
      undefined,
    )
    .option('--seed <n>', 'another seed gives the files other names', positiveInteger, 1)
    .option('--parquet', 'flow logs to S3 in Parquet')
    .option('--strict', 'bad input fails the run (exit code 2)')
    .option('--json', 'print the outcome as JSON')
    .option('--debug', 'show a stack with an error')
    .addHelpText('after', FLOWS_HELP)
    .action(async (captures: string[], options) => {
      const { runFlows } = await import('./commands/flows.ts')
      setExitCode(await runFlows(captures, options, streams))
    })

  program
    .command('inspect')
    .description('Write what an intrusion detection system sees in captures: EVE events, one JSON object per line')
    .argument('[capture...]', 'files (pcap, pcapng), also compressed by gzip; - is standard input')
    .option('--rules <file...>', "rules in Suricata's language")
    .option('--keep-good-rules', 'go on with the other rules where some are wrong')
    .addOption(new Option('--ids <ids>', 'what inspects').choices(['builtin', 'suricata']).default('builtin'))
    .addOption(
      new Option('--format <format>', 'EVE events, or Zeek logs in TSV or JSON')
        .choices(['eve', 'zeek', 'zeek-json'])
        .default('eve'),
    )
    .option('--out <dir>', 'an empty or new folder for eve.json or the logs, instead of standard output')
    .option('--design <design>', 'demo, article, a JSON file or a module: names the mirror sessions of VXLAN packets')
    .option('--home-net <cidr,...>', "the rules' $HOME_NET (default: the private networks)")
    .option('--debug', 'show a stack with an error')
    .addHelpText('after', INSPECT_HELP)
    .action(async (captures: string[], options) => {
      const { runInspect } = await import('./commands/inspect.ts')
      setExitCode(await runInspect(captures, options, streams))
    })

  program
    .command('exec')
    .description('Run a shell command on a simulated instance; nothing leaves this machine')
    .argument('<instance>', 'name of an instance of the design')
    .argument('<command...>', 'after --: a command with its arguments, or a script as one argument')
    .option('--design <design>', 'demo, article, a JSON file or a module', 'demo')
    .option('--duration <time>', 'simulated time at most, such as 15m or 24h', '1h')
    .option('--seed <n>', 'the same seed gives the same output', positiveInteger, 1)
    .option('--debug', 'show a stack with an error')
    .addHelpText('after', EXEC_HELP)
    .action(async (instance: string, command: string[], options) => {
      const { runExec } = await import('./commands/exec.ts')
      setExitCode(await runExec(instance, command, options, streams))
    })

  program
    .command('demo')
    .description('Run the reference article in simulated time: its session, its flow logs and its queries')
    .option('--seed <n>', 'another seed gives other traffic', positiveInteger, 1)
    .option('--out <dir>', 'where flow logs, packets and the session go', 'flowtap-demo')
    .option('--json', 'print the outcome as JSON')
    .option('--debug', 'show a stack with an error')
    .action(async (options) => {
      const { runDemo } = await import('./commands/demo.ts')
      setExitCode(await runDemo(options, streams))
    })

  return program
}

const QUERY_HELP = `
Examples:
  flowtap query --logs ./logs "SELECT action, sum(bytes) FROM vpc_flow_logs GROUP BY 1"
  flowtap query --logs 'logs/**/*.log.gz' --json "SELECT * FROM vpc_flow_logs WHERE day = '2021/10/25' LIMIT 20"
  flowtap query --s3-root ./buckets --ddl create-table.sql --file top-talkers.sql

Reserved words such as end need double quotes in a query: SELECT "end" FROM vpc_flow_logs.
Exit codes: 0 success, 2 a wrong query, wrong use or unreadable input (or any bad input with --strict), 3 an engine failed.`

const SYNTH_HELP = `
Examples:
  flowtap synth web --duration 1h --seed 1 --out traffic
  flowtap query --logs traffic "SELECT action, count(*), sum(bytes) FROM vpc_flow_logs GROUP BY 1"
  flowtap synth port-scan --duration 30m --out scan --pcap
  flowtap synth volume --records 1000000 --rate 100 --out volume`

const FLOWS_HELP = `
Examples:
  flowtap flows web.pcap --interface web --design network.json --out logs
  flowtap flows --capture web=web.pcap --capture db=db.pcap.gz --design network.json --out logs
  tcpdump -i eth0 -w - | flowtap flows - --interface web --design network.json --out logs

Each packet is judged where it was captured: at the interface of --interface or --capture, at the one whose id
is the file's name (eni-….pcap, as flowtap synth --pcap writes) or the pcapng interface's name, else by its
addresses at the sender's and the receiver's. VXLAN copies of a mirror session count at the session's source.`

const INSPECT_HELP = `
Examples:
  flowtap inspect web.pcap > eve.json
  flowtap inspect mirror-tms-*.pcap --design network.json --rules local.rules | jq 'select(.event_type == "alert")'
  flowtap inspect web.pcap --format zeek --out zeek-logs
  tcpdump -i eth0 -w - | flowtap inspect - --rules local.rules

Several captures are read side by side and merged by time. Exit codes: 0 success, 2 wrong use, unreadable input
or wrong rules, which are all listed as FILE:LINE: TEXT, 3 Suricata failed.`

const EXEC_HELP = `
Examples:
  flowtap exec demo -- ping google.com -c 3
  flowtap exec demo --duration 5m -- 'while true; do curl google.com; sleep 30; done'

The exit code is the command's own; 124 where simulated time was over before it.`

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

function positiveInteger(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value))
    throw new CommanderError(EXIT_USAGE, 'flowtap.number', `not a positive whole number: ${value}`)
  return Number(value)
}

/** `flowtap query … | head` closes the pipe early: that is how pipes end, not a failure. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}
