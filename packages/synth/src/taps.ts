import { MacAddress, type NetworkInterface, PcapWriter, routerMacAddress } from '@flowtap/core'
import type { CapturedPacket } from './simulation-observer.ts'

/** Opens the place where an ENI's capture file goes to; what it gives is called with the file's bytes, one piece after another. */
export type OpenCapture = (networkInterface: NetworkInterface) => (bytes: Uint8Array) => void

/**
 * Writes one capture file for each ENI, as a capture on the host behind it would: its packets in both directions with their Ethernet
 * headers. What groups or ACLs refuse on the way in never comes to the host and is left out; what it sends is seen before they judge
 * it. The copies of mirror sessions are made behind the host: its capture has them at the target alone. Memory does not grow with the files.
 *
 * ```ts
 * const taps = new PcapTaps((eni) => {
 *   const file = openSync(`${eni.id}.pcap`, 'w')
 *   return (bytes) => writeSync(file, bytes)
 * })
 * await simulate(design, scenario, { packets: 'all' }).run({ onPacket: (captured) => taps.write(captured) })
 * taps.end()
 * ```
 */
export class PcapTaps {
  readonly #open: OpenCapture
  readonly #files = new Map<
    string,
    { readonly writer: PcapWriter; readonly own: MacAddress; readonly router: MacAddress }
  >()
  #packetCount = 0

  constructor(open: OpenCapture) {
    this.#open = open
  }

  /** Packets that were written. */
  get packetCount(): number {
    return this.#packetCount
  }

  /** Writes a packet to its ENI's file, which is opened with the first one. */
  write({ networkInterface, direction, packet, timeMicroseconds, verdict }: CapturedPacket): void {
    if (direction === 'ingress' && verdict.action === 'REJECT') return
    const file = this.#files.get(networkInterface.id) ?? this.#begin(networkInterface)
    const { writer, own, router } = file
    writer.writePacket(
      packet,
      timeMicroseconds,
      direction === 'ingress' ? { source: router, destination: own } : { source: own, destination: router },
    )
    this.#packetCount += 1
  }

  /** Writes out what is left. */
  end(): void {
    for (const { writer } of this.#files.values()) writer.flush()
    this.#files.clear()
  }

  #begin(networkInterface: NetworkInterface): { writer: PcapWriter; own: MacAddress; router: MacAddress } {
    const onBytes = this.#open(networkInterface)
    const file = {
      writer: new PcapWriter({ onBytes: (bytes) => onBytes(bytes) }),
      own: MacAddress.of(networkInterface.macAddress),
      router: routerMacAddress(networkInterface.subnet),
    }
    this.#files.set(networkInterface.id, file)
    return file
  }
}
