import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Content } from './content.ts'
import { TcpSendQueue } from './tcp-send-queue.ts'

describe('TcpSendQueue', () => {
  it('shows any part of the stream that has not been released, however it was put together', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(parts, fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat())), (contents, looks) => {
        const queue = new TcpSendQueue()
        const stream = Buffer.concat(contents)
        for (const content of contents) queue.append(Content.bytes(content))
        expect(queue.length).toBe(stream.length)
        let released = 0
        const view = { bytes: new Uint8Array(0), offset: 0 }
        for (const [release, from, length] of looks) {
          released = Math.min(stream.length, released + (release % 20))
          queue.release(released)
          const offset = released + (stream.length > released ? from % (stream.length - released) : 0)
          const size = Math.min(length % 60, stream.length - offset)
          if (size === 0) continue
          queue.view(offset, size, view)
          const seen = view.bytes.subarray(view.offset, view.offset + size)
          expect(Buffer.compare(seen, stream.subarray(offset, offset + size))).toBe(0)
        }
        queue.release(stream.length)
        queue.append(Content.from('more'))
        queue.view(stream.length, 4, view)
        expect(Buffer.from(view.bytes.subarray(view.offset, view.offset + 4)).toString()).toBe('more')
      }),
    )
  })
})
