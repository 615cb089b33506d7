import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { collect, positiveInteger } from './option-values.ts'

/** Adds `flowtap flows`. */
export function addFlowsCommand(program: Command, { streams, setExitCode }: CommandContext): void {
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
      const { runFlows } = await import('../commands/flows.ts')
      setExitCode(await runFlows(captures, options, streams))
    })
}

const FLOWS_HELP = `
Examples:
  flowtap flows web.pcap --interface web --design network.json --out logs
  flowtap flows --capture web=web.pcap --capture db=db.pcap.gz --design network.json --out logs
  tcpdump -i eth0 -w - | flowtap flows - --interface web --design network.json --out logs

Each packet is judged where it was captured: at the interface of --interface or --capture, at the one whose id
is the file's name (eni-….pcap, as flowtap synth --pcap writes) or the pcapng interface's name, else by its
addresses at the sender's and the receiver's. VXLAN copies of a mirror session count at the session's source.`
