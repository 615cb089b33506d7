import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { positiveInteger } from './option-values.ts'

/** Adds `flowtap demo`. */
export function addDemoCommand(program: Command, { streams, setExitCode }: CommandContext): void {
  program
    .command('demo')
    .description('Run the reference article in simulated time: its session, its flow logs and its queries')
    .option('--seed <n>', 'another seed gives other traffic', positiveInteger, 1)
    .option('--out <dir>', 'where flow logs, packets and the session go', 'flowtap-demo')
    .option('--json', 'print the outcome as JSON')
    .option('--debug', 'show a stack with an error')
    .action(async (options) => {
      const { runDemo } = await import('../commands/demo.ts')
      setExitCode(await runDemo(options, streams))
    })
}
