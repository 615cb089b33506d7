import type { InspectedFrame } from '../../src/inspect/inspector.ts'
import { CaptureReader } from '../../src/packet/pcap/capture-reader.ts'

/** The packets of a capture's bytes. */
export function framesOf(capture: Uint8Array): readonly InspectedFrame[] {
  const frames: InspectedFrame[] = []
  const reader = new CaptureReader({ onPacket: (packet) => frames.push(packet), onIssue: () => {} })
  reader.push(capture)
  reader.end()
  return frames
}
