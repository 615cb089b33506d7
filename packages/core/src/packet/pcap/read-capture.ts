import type { CaptureIssue } from './capture-issue.ts'
import type { CapturePacket } from './capture-packet.ts'
import { CaptureReader } from './capture-reader.ts'

/**
 * The packets of a capture file whose bytes come in chunks, e.g. from `fs.createReadStream`. Issues are handed to `onIssue` in the order
 * of the file. Memory stays at one chunk and one packet.
 */
export async function* readCapture(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onIssue: (issue: CaptureIssue) => void,
): AsyncGenerator<CapturePacket, void, undefined> {
  let packets: CapturePacket[] = []
  const reader = new CaptureReader({ onPacket: (packet) => packets.push(packet), onIssue })
  for await (const chunk of chunks) {
    reader.push(chunk)
    const ready = packets
    packets = []
    yield* ready
  }
  reader.end()
}
