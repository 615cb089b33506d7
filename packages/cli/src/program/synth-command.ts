import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { positiveInteger } from './option-values.ts'

/** Adds `flowtap synth`. */
export function addSynthCommand(program: Command, { streams, setExitCode }: CommandContext): void {
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
      const { runSynth } = await import('../commands/synth.ts')
      setExitCode(await runSynth(scenario, options, streams))
    })
}

const SYNTH_HELP = `
Examples:
  flowtap synth web --duration 1h --seed 1 --out traffic
  flowtap query --logs traffic "SELECT action, count(*), sum(bytes) FROM vpc_flow_logs GROUP BY 1"
  flowtap synth port-scan --duration 30m --out scan --pcap
  flowtap synth volume --records 1000000 --rate 100 --out volume`
