import { Network, type NetworkOptions } from '../dataplane/network.ts'
import { labelOf, seededRandom } from '../dataplane/network-fixture.ts'
import type { NetworkObserver } from '../dataplane/network-observer.ts'
import type { Design } from '../design/design.ts'
import type { Packet } from '../packet/packet.ts'
import { resolveDesign } from '../topology/resolve-design.ts'
import type { FlowDirection, NetworkInterface } from '../topology/topology.ts'
import { MirrorCounters } from './mirror-counters.ts'
import type { MirroredCopy, MirrorOutcome } from './mirror-outcome.ts'

/** What was told of a packet at a mirror source. */
export interface SeenMirroring {
  readonly networkInterface: NetworkInterface
  readonly direction: FlowDirection
  readonly packet: Packet
  readonly timeMicroseconds: number
  readonly outcome: MirrorOutcome
  readonly copy: MirroredCopy | undefined
}

/** A network that writes down what is mirrored; interfaces go by the names that `labelOf` gives them. */
export class MirrorTestNetwork {
  readonly network: Network
  readonly counters: MirrorCounters = new MirrorCounters()
  readonly seen: SeenMirroring[] = []
  readonly captures: Parameters<NetworkObserver['capture']>[] = []

  constructor(design: Design, options: Partial<NetworkOptions> = {}) {
    this.network = new Network({
      topology: resolveDesign(design),
      random: seededRandom(1),
      ...options,
      observer: {
        capture: (...call) => void this.captures.push(call),
        deliver: () => undefined,
        drop: () => undefined,
        captureAtTransitGateway: () => undefined,
        mirror: (networkInterface, direction, packet, timeMicroseconds, outcome, copy) => {
          this.seen.push({ networkInterface, direction, packet, timeMicroseconds, outcome, copy })
          this.counters.mirror(networkInterface, direction, packet, timeMicroseconds, outcome)
        },
      },
    })
  }

  networkInterface(name: string): NetworkInterface {
    const found = this.network.topology.interfaces.find((one) => labelOf(one) === name)
    if (!found) throw new RangeError(`no interface '${name}'`)
    return found
  }

  /** A host sends; what was mirrored, in words: `a egress mirrored by one to sensor`. */
  send(host: string, packet: Packet, timeMicroseconds = 0): readonly string[] {
    this.network.send(this.networkInterface(host), packet, timeMicroseconds)
    return this.take()
  }

  sendFromInternet(packet: Packet, timeMicroseconds = 0): readonly string[] {
    this.network.sendFromInternet(packet, timeMicroseconds)
    return this.take()
  }

  take(): readonly string[] {
    return this.seen.splice(0).map(({ networkInterface, direction, outcome, copy }) => {
      const by = copy ? ` by ${copy.session.name}` : ''
      const to = copy?.arrival ? ` to ${labelOf(copy.arrival.networkInterface)}` : ''
      const why =
        outcome.kind === 'excluded' ? ` ${outcome.reason}` : outcome.kind === 'dropped' ? ` ${outcome.reason.kind}` : ''
      return `${labelOf(networkInterface)} ${direction} ${outcome.kind}${why}${by}${to}`
    })
  }
}
