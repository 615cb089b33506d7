import { closeSync, openSync, writeSync } from 'node:fs'
import { LINK_TYPE } from '../../packet/link-type.ts'
import { PcapWriter } from '../../packet/pcap/pcap-writer.ts'
import type { EveEvent } from '../eve-event.ts'
import type { InspectedFrame } from '../inspector.ts'
import { NumberRuns } from './number-runs.ts'
import { SuricataError } from './suricata-error.ts'
import { TunnelJoin } from './tunnel-join.ts'

/** Link types of captures that Suricata 7 reads (its pcap-file module). */
const READABLE: ReadonlySet<number> = new Set([
  LINK_TYPE.null,
  LINK_TYPE.ethernet,
  LINK_TYPE.rawBsd,
  LINK_TYPE.rawOpenBsd,
  LINK_TYPE.raw,
  LINK_TYPE.linuxCooked,
  LINK_TYPE.ipv4,
  LINK_TYPE.ipv6,
])

/** Where a capture goes. The bytes are the writer's own: they are taken before `write` returns. */
export interface CaptureSink {
  write(bytes: Uint8Array): void
  close(): void
}

/** A new file for a capture. Throws what the file system throws. */
export function captureFile(path: string): CaptureSink {
  const file = openSync(path, 'wx', 0o600)
  return {
    write: (bytes) => {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    },
    close: () => closeSync(file),
  }
}

/** Frames on their way to Suricata in a capture, with what its events will lack of them. */
export class CaptureSpool {
  readonly #sink: CaptureSink
  readonly #tunnels: TunnelJoin
  /** By how much a frame's own number is above the file's. */
  readonly #offsets = new NumberRuns()
  #writer: PcapWriter | undefined
  #linkType: number | undefined
  #count = 0
  #isOpen = true

  constructor(sink: CaptureSink, mirrorSession: ((vni: number) => string | undefined) | undefined) {
    this.#sink = sink
    this.#tunnels = new TunnelJoin(mirrorSession)
  }

  /** Frames that were written. */
  get count(): number {
    return this.#count
  }

  /** SuricataError for a link type that Suricata does not read, or another one than before. */
  write(frame: InspectedFrame): void {
    const { data, linkType, number, timeSeconds, timeNanoseconds, originalLength } = frame
    const writer = this.#writer ?? this.#start(linkType, number)
    if (linkType !== this.#linkType) {
      throw new SuricataError(
        'bad-capture',
        `frame ${number} has the link type ${linkType}, those before it ${this.#linkType}: Suricata reads captures of one link type; ` +
          'inspect them apart, or use the builtin inspector',
      )
    }
    writer.writeFrame(data, timeSeconds * 1e6 + Math.floor(timeNanoseconds / 1000), 0, originalLength)
    this.#count += 1
    this.#offsets.add(this.#count, number - this.#count)
    this.#tunnels.add(frame, this.#count)
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    try {
      this.#writer?.flush()
    } finally {
      this.#sink.close()
    }
  }

  /** Hands over what was written. */
  flush(): void {
    this.#writer?.flush()
  }

  /** An event of Suricata with its tunnel and the frames' own numbers. */
  finish(event: EveEvent): EveEvent {
    const joined = this.#tunnels.join(event)
    if (joined.event_type === 'stats') return joined
    const number = this.#renumber(joined.pcap_cnt)
    const outer = this.#renumber(joined.tunnel?.pcap_cnt)
    if (number === joined.pcap_cnt && outer === joined.tunnel?.pcap_cnt) return joined
    return {
      ...joined,
      ...(number !== undefined && { pcap_cnt: number }),
      ...(joined.tunnel && outer !== undefined && { tunnel: { ...joined.tunnel, pcap_cnt: outer } }),
    }
  }

  #renumber(number: number | undefined): number | undefined {
    return number === undefined ? undefined : number + (this.#offsets.at(number) ?? 0)
  }

  #start(linkType: number, number: number): PcapWriter {
    if (!READABLE.has(linkType)) {
      throw new SuricataError(
        'bad-capture',
        `frame ${number} has the link type ${linkType}, which Suricata does not read (it reads ${[...READABLE].join(', ')}); ` +
          'use the builtin inspector',
      )
    }
    this.#linkType = linkType
    this.#writer = new PcapWriter({
      linkType,
      reuseBuffer: true,
      onBytes: (bytes) => this.#sink.write(bytes),
    })
    return this.#writer
  }
}
