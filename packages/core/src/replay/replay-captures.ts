import type { FlowLogPipelineOptions } from '../delivery/flow-log-pipeline.ts'
import type { Design } from '../design/design.ts'
import { resolveDesign } from '../topology/resolve-design.ts'
import type { Topology } from '../topology/topology.ts'
import { CaptureReplay } from './capture-replay.ts'
import { InterfaceDirectory } from './interface-directory.ts'
import { type CaptureBytes, mergeCaptures } from './merge-captures.ts'
import type { ReplayIssue } from './replay-issue.ts'
import type { ReplaySummary } from './replay-summary.ts'

/** A capture file: pcap or pcapng, not compressed. */
export interface Capture {
  /** For issues; a file's name. */
  readonly name: string
  /** The file's bytes in chunks of any size, such as `createReadStream` gives. */
  readonly bytes: CaptureBytes
  /**
   * The ENI that it was taken at: its id or name, or those of an instance that has no other ENI. Without it, a pcapng interface that is
   * called as an ENI says so for its packets; other packets are placed by their addresses, at the sender's ENI and at the receiver's. That
   * is right where the capture has each packet once: one that was merged from captures of both ends needs their ENIs.
   */
  readonly networkInterface?: string
}

/** How captures are replayed; everything has a default. */
export interface ReplayOptions extends FlowLogPipelineOptions {
  /**
   * Whether TCP connections whose SYN was not captured count as tracked from the first packet that a rule allows. true unless given, since
   * captures begin amid connections; false is right where the capture has all connections from their beginning.
   */
  readonly trackTcpFromMidstream?: boolean
  /** When the capture ended, for NODATA records behind the last packet; the last packet's time unless given. */
  readonly endMicroseconds?: number
  /** Told of what cannot be used, in the order in which it is met. */
  readonly onIssue?: (issue: ReplayIssue) => void
}

/**
 * The flow logs that AWS would have written for captured packets: each packet is judged at the ENI where it was captured, by the design's
 * groups with connection tracking, ACLs and routes, and counted by the flow logs of the design. Several captures are read side by side and
 * merged by time. Memory does not grow with the captures.
 *
 * ```ts
 * const objectSink = new LogObjectFolder('logs')
 * const captures = [{ name: 'web.pcap', bytes: createReadStream('web.pcap'), networkInterface: 'web' }]
 * const { interfaces } = await replayCaptures(design, captures, { objectSink })
 * ```
 *
 * Copies that a mirror session of the design made (VXLAN) count at the session's source, the VXLAN packet itself at the session's target.
 * Only what was captured is counted: a NAT gateway on the way has records if its own packets were captured. Flow logs of transit gateways
 * get no records.
 *
 * @throws RangeError for a capture of an ENI that the design does not have, DesignError for an invalid design, and what `bytes` and the
 * sinks throw. What is wrong with a capture is told to `onIssue`; the rest of it is used.
 */
export async function replayCaptures(
  design: Design | Topology,
  captures: readonly Capture[],
  options: ReplayOptions = {},
): Promise<ReplaySummary> {
  const topology = isTopology(design) ? design : resolveDesign(design)
  const directory = new InterfaceDirectory(topology)
  const places = captures.map(({ networkInterface }) =>
    networkInterface === undefined ? undefined : directory.get(networkInterface),
  )
  const counts = captures.map(({ name }) => ({ name, packets: 0 }))
  const replay = new CaptureReplay(topology, directory, options, places)
  await mergeCaptures(
    captures.map(({ bytes }) => bytes),
    {
      onPacket: (packet, place, timeMicroseconds) => {
        const count = counts[place] as (typeof counts)[number]
        count.packets += 1
        return replay.take(packet, count.name, places[place], timeMicroseconds)
      },
      onIssue: ({ code, offset, message }, place) => {
        const capture = captures[place]?.name ?? ''
        options.onIssue?.({ code, capture, packetNumber: undefined, offset, message })
      },
      pause: () => replay.deliver(),
    },
  )
  return replay.end(counts)
}

function isTopology(design: Design | Topology): design is Topology {
  return 'interfaces' in design && Array.isArray(design.interfaces)
}
