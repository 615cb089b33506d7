import { ByteReader } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'

// Domain names (RFC 1035 sections 3.1 and 4.1.4). On the wire a name is a run of labels, each behind its length, and either a zero or a
// pointer to the rest of an earlier name:
//
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//  | 1  1|                OFFSET                   |
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//
// As text a name has no dot at its end; the root is `.`. A dot or backslash within a label is escaped by a backslash, a byte that is no
// printable ASCII character by a backslash and three decimal digits (RFC 1035 section 5.1).

const LONGEST_LABEL = 63
const LONGEST_NAME = 255
const FARTHEST_POINTER = 0x3fff
const ROOT = '.'

/** The name at the reader's place; `messageStart` is where pointers count from. */
export function readDnsName(reader: ByteReader, messageStart: number, what: string): string {
  const start = reader.at
  const labels: string[] = []
  let length = 1
  let source = reader
  // A pointer leads before everything that was read so far: so there are no loops.
  let limit = start
  for (;;) {
    const lengthByte = source.uint8(what)
    if (source.issue) {
      if (source !== reader) reader.fail('truncated', `${what} runs out of the message behind a pointer`, start)
      return ROOT
    }
    if (lengthByte === 0) break
    if (lengthByte >= 0xc0) {
      const target = messageStart + (((lengthByte & 0x3f) << 8) | source.uint8(what))
      if (source.issue || target >= limit) {
        reader.fail('invalid-value', `${what} has a pointer that does not lead to an earlier place`, start)
        return ROOT
      }
      limit = target
      source = new ByteReader(reader.bytes, target, reader.end, 'dns')
      continue
    }
    length += lengthByte + 1
    if (lengthByte > LONGEST_LABEL || length > LONGEST_NAME) {
      reader.fail(
        'invalid-value',
        lengthByte > LONGEST_LABEL
          ? `${what} has a label of length ${lengthByte}, at most 63 are allowed`
          : `${what} has more than 255 bytes`,
        start,
      )
      return ROOT
    }
    labels.push(escapeLabel(source.text(lengthByte, what)))
  }
  return labels.length === 0 ? ROOT : labels.join('.')
}

/** The labels of a name as bytes, one character each. RangeError where the text is no name. */
export function dnsNameLabels(name: string): readonly string[] {
  if (name === ROOT) return []
  const labels: string[] = []
  let label = ''
  let length = 1
  const finish = (): void => {
    if (label.length === 0 || label.length > LONGEST_LABEL) {
      throw new RangeError(`'${name}' has a label of ${label.length} bytes; a label has 1 to 63`)
    }
    length += label.length + 1
    labels.push(label)
    label = ''
  }
  for (let at = 0; at < name.length; at += 1) {
    const character = name[at] as string
    if (character === '\\') {
      const digits = /^\d{3}/.exec(name.slice(at + 1, at + 4))?.[0]
      const code = digits === undefined ? name.charCodeAt(at + 1) : Number(digits)
      if (!(code <= 0xff)) throw new RangeError(`'${name}' has a backslash without a byte behind it`)
      label += String.fromCharCode(code)
      at += digits === undefined ? 1 : 3
    } else if (character === '.') finish()
    else if (character.charCodeAt(0) > 0x7e) {
      throw new RangeError(`'${name}' has '${character}'; write such names in their ASCII form (xn--…)`)
    } else label += character
  }
  // A dot at the end is the root's.
  if (label !== '' || !name.endsWith('.')) finish()
  if (length > LONGEST_NAME) throw new RangeError(`'${name}' takes ${length} bytes; a name has at most 255`)
  return labels
}

/** Writes names into one message and points back to what it has written. */
export class DnsNameWriter {
  readonly #writer: ByteWriter
  readonly #places = new Map<string, number>()
  readonly #compresses: boolean

  /** The message starts where the writer starts. */
  constructor(writer: ByteWriter, compresses: boolean) {
    this.#writer = writer
    this.#compresses = compresses
  }

  /**
   * Writes a name. Other records' names within data must not be compressed (RFC 3597 section 4): `mayCompress` false. Letter case is
   * kept: only suffixes in the same case are shared.
   */
  write(name: string, mayCompress = true): void {
    const labels = dnsNameLabels(name)
    for (let index = 0; index < labels.length; index += 1) {
      const suffix = labels.slice(index).map(escapeLabel).join('.')
      const place = this.#places.get(suffix)
      if (place !== undefined && mayCompress && this.#compresses) {
        this.#writer.uint16(0xc000 | place)
        return
      }
      if (place === undefined && this.#writer.length <= FARTHEST_POINTER) this.#places.set(suffix, this.#writer.length)
      const label = labels[index] as string
      this.#writer.uint8(label.length).text(label)
    }
    this.#writer.uint8(0)
  }
}

function escapeLabel(label: string): string {
  return label.replaceAll(/[^!-~]|[.\\]/g, (character) =>
    character === '.' || character === '\\'
      ? `\\${character}`
      : `\\${character.charCodeAt(0).toString().padStart(3, '0')}`,
  )
}
