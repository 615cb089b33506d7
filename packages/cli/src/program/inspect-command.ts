import { type Command, Option } from 'commander'
import type { CommandContext } from './command-context.ts'
import { positiveInteger } from './option-values.ts'

/** Adds `flowtap inspect`. */
export function addInspectCommand(program: Command, { streams, setExitCode }: CommandContext): void {
  program
    .command('inspect')
    .description(
      'Write what an intrusion detection system sees in captures or live traffic: EVE events, one JSON object per line',
    )
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
    .option('--listen [address:port]', 'inspect VXLAN as it comes, until Ctrl-C (default: 127.0.0.1:4789)')
    .option('--packets <n>', 'end after so many packets of --listen', positiveInteger)
    .option('--seconds <n>', 'end --listen after so long', positiveInteger)
    .option('--ship <url>', 'send the events to an OpenSearch or Elasticsearch, or to what takes _bulk requests')
    .option('--dead-letters <file>', 'where events go that --ship cannot deliver', 'dead-letters.ndjson')
    .option('--no-template', 'put no index template before --ship')
    .option('--design <design>', 'demo, article, a JSON file or a module: names the mirror sessions of VXLAN packets')
    .option('--container [image]', '--ids suricata from a container image, by docker (default: jasonish/suricata:7.0)')
    .option('--home-net <cidr,...>', "the rules' $HOME_NET (default: the private networks)")
    .option('--debug', 'show a stack with an error')
    .addHelpText('after', INSPECT_HELP)
    .action(async (captures: string[], options) => {
      const { runInspect } = await import('../commands/inspect.ts')
      setExitCode(await runInspect(captures, options, streams))
    })
}

const INSPECT_HELP = `
Examples:
  flowtap inspect web.pcap > eve.json
  flowtap inspect mirror-tms-*.pcap --design network.json --rules local.rules | jq 'select(.event_type == "alert")'
  flowtap inspect web.pcap --format zeek --out zeek-logs
  tcpdump -i eth0 -w - | flowtap inspect - --rules local.rules
  flowtap inspect --listen --rules local.rules --out live
  flowtap inspect mirror-tms-*.pcap --ship http://localhost:9200 --dead-letters lost.ndjson

Several captures are read side by side and merged by time. --listen takes what a mirror session or tcpreplay sends,
from this machine alone unless another address is written out. With --ship, events are documents in ECS in the data
stream filebeat-flowtap; a name and a password stand in the address: https://NAME:PASSWORD@HOST:9200.

The first run keeps flowtap's compiled code in the user's cache folder, so that the next ones start sooner; the
environment variable NODE_DISABLE_COMPILE_CACHE=1 prevents it.

Exit codes: 0 success, 2 wrong use, unreadable input or wrong rules, which are all listed as FILE:LINE: TEXT,
3 Suricata is not installed or failed, or events could not be shipped.`
