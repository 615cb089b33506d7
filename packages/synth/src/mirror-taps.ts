import { MacAddress, type MirrorSession, PcapWriter, routerMacAddress } from '@flowtap/core'
import type { MirroredPacket } from './simulation-observer.ts'

/** Opens the place where a session's capture file goes to; what it gives is called with the file's bytes, one piece after another. */
export type OpenMirrorCapture = (session: MirrorSession) => (bytes: Uint8Array) => void

/** What AWS's own tools and `flowtap synth` call the capture of a mirror session. */
export function mirrorCaptureName(session: MirrorSession): string {
  return `mirror-${session.id}.pcap`
}

/**
 * Writes one capture file for each mirror session, as its target receives the copies: Ethernet, IP, UDP, VXLAN and the mirrored frame.
 * Behind a load balancer they are as its targets receive them, all of a session in one file, in the order of simulated time as far as
 * they come in it. Memory does not grow with the files.
 *
 * ```ts
 * const taps = new MirrorTaps((session) => {
 *   const file = openSync(mirrorCaptureName(session), 'w')
 *   return (bytes) => writeSync(file, bytes)
 * })
 * await simulate(design, scenario).run({ onMirroredPacket: (mirrored) => taps.write(mirrored) })
 * taps.end()
 * ```
 */
export class MirrorTaps {
  readonly #open: OpenMirrorCapture
  readonly #writers = new Map<string, PcapWriter>()
  readonly #macs = new Map<string, { readonly source: MacAddress; readonly destination: MacAddress }>()
  #packetCount = 0

  constructor(open: OpenMirrorCapture) {
    this.#open = open
  }

  /** Packets that were written. */
  get packetCount(): number {
    return this.#packetCount
  }

  /** Writes a copy to its session's file, which is opened with the first one. */
  write({ session, networkInterface, packet, timeMicroseconds }: MirroredPacket): void {
    const writer = this.#writers.get(session.id) ?? this.#begin(session)
    let macs = this.#macs.get(networkInterface.id)
    if (!macs) {
      macs = {
        source: routerMacAddress(networkInterface.subnet),
        destination: MacAddress.of(networkInterface.macAddress),
      }
      this.#macs.set(networkInterface.id, macs)
    }
    writer.writePacket(packet, timeMicroseconds, macs)
    this.#packetCount += 1
  }

  /** Writes out what is left. */
  end(): void {
    for (const writer of this.#writers.values()) writer.flush()
    this.#writers.clear()
  }

  #begin(session: MirrorSession): PcapWriter {
    const onBytes = this.#open(session)
    const writer = new PcapWriter({ onBytes: (bytes) => onBytes(bytes) })
    this.#writers.set(session.id, writer)
    return writer
  }
}
