import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { MirrorTaps, mirrorCaptureName, PcapTaps } from '@flowtap/synth'

/** One capture for each ENI, `<eni>.pcap`, and one for each mirror session, `mirror-<session>.pcap`. */
export class CaptureFolder {
  readonly taps: PcapTaps
  readonly mirrorTaps: MirrorTaps
  readonly #folder: string
  readonly #files: number[] = []
  #mirrorCount = 0

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
    this.taps = new PcapTaps(({ id }) => this.#open(`${id}.pcap`))
    this.mirrorTaps = new MirrorTaps((session) => {
      this.#mirrorCount += 1
      return this.#open(mirrorCaptureName(session))
    })
  }

  /** Captures of ENIs. */
  get count(): number {
    return this.#files.length - this.#mirrorCount
  }

  /** Captures of mirror sessions. */
  get mirrorCount(): number {
    return this.#mirrorCount
  }

  close(): void {
    this.taps.end()
    this.mirrorTaps.end()
    for (const file of this.#files) closeSync(file)
  }

  #open(name: string): (bytes: Uint8Array) => void {
    const file = openSync(join(this.#folder, name), 'w')
    this.#files.push(file)
    return (bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    }
  }
}
