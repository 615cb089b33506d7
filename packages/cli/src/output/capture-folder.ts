import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { PcapTaps } from '@flowtap/synth'

/** One capture for each ENI: `<eni>.pcap`. */
export class CaptureFolder {
  readonly taps: PcapTaps
  readonly #files: number[] = []

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.taps = new PcapTaps(({ id }) => {
      const file = openSync(join(folder, `${id}.pcap`), 'w')
      this.#files.push(file)
      return (bytes) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
      }
    })
  }

  get count(): number {
    return this.#files.length
  }

  close(): void {
    this.taps.end()
    for (const file of this.#files) closeSync(file)
  }
}
