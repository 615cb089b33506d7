import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { positiveInteger } from './option-values.ts'

/** Adds `flowtap exec`. */
export function addExecCommand(program: Command, { streams, setExitCode }: CommandContext): void {
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
      const { runExec } = await import('../commands/exec.ts')
      setExitCode(await runExec(instance, command, options, streams))
    })
}

const EXEC_HELP = `
Examples:
  flowtap exec demo -- ping google.com -c 3
  flowtap exec demo --duration 5m -- 'while true; do curl google.com; sleep 30; done'

The exit code is the command's own; 124 where simulated time was over before it. docs/shell.md says which commands
there are.`
