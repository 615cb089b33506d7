import { Content, type ContentView } from './content.ts'

/** What one side of a connection has to send: a stream of contents, kept until it is acknowledged. Offsets count from its first byte. */
export class TcpSendQueue {
  /** Bytes of the stream so far. */
  length = 0
  /** The first content that is kept, and the offset of its first byte; mostly the only one. */
  #first: Content | undefined
  #start = 0
  #rest: Content[] | undefined

  append(content: Content): void {
    if (content.length === 0) return
    if (!this.#first) {
      this.#first = content
      this.#start = this.length
    } else if (this.#rest) this.#rest.push(content)
    else this.#rest = [content]
    this.length += content.length
  }

  /** The first `offset` bytes are not needed any more. */
  release(offset: number): void {
    while (this.#first && this.#start + this.#first.length <= offset) {
      this.#start += this.#first.length
      this.#first = this.#rest?.shift()
      if (this.#rest?.length === 0) this.#rest = undefined
    }
  }

  /** A view of `size` bytes from `offset` on, neither released nor beyond the end. */
  view(offset: number, size: number, view: ContentView): void {
    let content = this.#first
    let start = this.#start
    let next = 0
    while (content && offset >= start + content.length) {
      start += content.length
      content = this.#rest?.[next]
      next += 1
    }
    if (!content) return
    const parts = [content]
    let end = start + content.length
    for (let more = this.#rest?.[next]; end < offset + size && more; more = this.#rest?.[next]) {
      parts.push(more)
      end += more.length
      next += 1
    }
    if (parts.length > 1) content = Content.join(parts)
    content.view(offset - start, size, view)
  }
}
