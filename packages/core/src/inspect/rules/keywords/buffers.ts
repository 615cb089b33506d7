import { BUFFERS, type BufferName } from '../buffer-names.ts'
import { hexDigit } from '../content-bytes.ts'
import { parseInteger, parseNumberTest } from '../number-test.ts'
import { refuse } from '../rule-fault.ts'
import { short } from '../rule-text.ts'
import type { Transformation } from '../signature.ts'
import type { SignatureDraft } from '../signature-draft.ts'
import type { Keyword, KeywordTable } from './keyword.ts'

const BUFFER_NAMES = Object.keys(BUFFERS) as BufferName[]

/** Older names of sticky buffers. */
const SYNONYMS: Readonly<Record<string, BufferName>> = {
  file_data: 'file.data',
  dns_query: 'dns.query',
  tls_sni: 'tls.sni',
  tls_cert_subject: 'tls.cert_subject',
  tls_cert_issuer: 'tls.cert_issuer',
  tls_cert_serial: 'tls.cert_serial',
  tls_cert_fingerprint: 'tls.cert_fingerprint',
  ja3_hash: 'ja3.hash',
  ja3_string: 'ja3.string',
  ssh_proto: 'ssh.proto',
  ssh_software: 'ssh.software',
}

const TRANSFORMATIONS: readonly (Transformation & string)[] = [
  'to_lowercase',
  'to_uppercase',
  'strip_whitespace',
  'compress_whitespace',
  'to_md5',
  'to_sha1',
  'to_sha256',
  'url_decode',
  'dotprefix',
]

/** Versions of `tls.version`, as in the records. */
const TLS_VERSIONS: Readonly<Record<string, number>> = { '1.0': 0x0301, '1.1': 0x0302, '1.2': 0x0303, '1.3': 0x0304 }

/** Sticky buffers, content modifiers of the same buffers, transformations, and what is asked of transactions besides bytes. */
export const BUFFER_KEYWORDS: KeywordTable = {
  ...Object.fromEntries(BUFFER_NAMES.filter((name) => name !== 'payload').map((name) => [name, stickyKeyword(name)])),
  ...Object.fromEntries(Object.entries(SYNONYMS).map(([name, buffer]) => [name, stickyKeyword(buffer)])),
  ...Object.fromEntries(
    BUFFER_NAMES.flatMap((name) => {
      const { legacy } = BUFFERS[name]
      return legacy === undefined ? [] : [[legacy, legacyKeyword(legacy, name)]]
    }),
  ),
  ...Object.fromEntries(TRANSFORMATIONS.map((name) => [name, transformationKeyword(name)])),
  xor: { value: 'quoted', read: readXor },
  pkt_data: {
    value: 'none',
    read(draft) {
      draft.stick(undefined)
    },
  },
  urilen: { value: 'plain', read: readUrilen },
  'dns.opcode': { value: 'plain', read: readOpcode },
  'tls.version': { value: 'plain', read: readTlsVersion },
}

function stickyKeyword(name: BufferName): Keyword {
  return {
    value: 'none',
    read(draft) {
      draft.stick(name)
    },
  }
}

/** The content before moves into the buffer. */
function legacyKeyword(keyword: string, name: BufferName): Keyword {
  return {
    value: 'none',
    read(draft) {
      if (draft.sticky)
        refuse(`${keyword} cannot follow a sticky buffer; use ${name} before the content, or pkt_data to go back`)
      const payload = draft.bufferOf('payload')
      const last = draft.lastContent
      if (!last || last.buffer !== payload)
        return refuse(`${keyword} says where a content is looked for, and no content stands before it`)
      if (last.content.isRawbytes) refuse(`${keyword} cannot stand with rawbytes`)
      draft.bindTo(name)
      payload.tests.splice(payload.tests.indexOf(last.content), 1)
      if (payload.tests.length === 0) draft.buffers.splice(draft.buffers.indexOf(payload), 1)
      const buffer = draft.bufferOf(name)
      buffer.tests.push(last.content)
      draft.lastContent = { content: last.content, buffer }
    },
  }
}

function transformationKeyword(name: Transformation & string): Keyword {
  return {
    value: 'none',
    read(draft) {
      transform(draft, name, name)
    },
  }
}

function transform(draft: SignatureDraft, name: string, transformation: Transformation): void {
  if (!draft.sticky || draft.sticky.tests.length > 0 || draft.buffers.includes(draft.sticky)) {
    refuse(`${name} changes a sticky buffer and has to follow it directly, before its contents`)
  }
  draft.sticky.transformations.push(transformation)
}

function readXor(draft: SignatureDraft, value: string): void {
  const digits = [...value].map((digit) => hexDigit(digit.charCodeAt(0)))
  if (digits.length % 2 === 1 || digits.some((digit) => digit < 0)) {
    refuse(`xor takes its key as pairs of hexadecimal digits in quotes, as "0d0ac8ff", not '${short(value)}'`)
  }
  const key = Uint8Array.from(
    { length: digits.length / 2 },
    (_, index) => (digits[2 * index] ?? 0) * 16 + (digits[2 * index + 1] ?? 0),
  )
  transform(draft, 'xor', { kind: 'xor', key })
}

function readUrilen(draft: SignatureDraft, value: string): void {
  const form = /^([^,]+?) *(?:, *(norm|raw))?$/.exec(value)
  if (!form) refuse(`urilen takes a length as N, <N, >N or N<>M, with ,norm or ,raw after it, not '${short(value)}'`)
  draft.bindToApplication('http')
  const test = parseNumberTest('urilen', form[1] ?? '', 65_535)
  draft.uriLengths.push(test)
  draft.bufferOf(form[2] === 'raw' ? 'http.uri.raw' : 'http.uri').tests.push({ kind: 'bsize', test })
}

function readOpcode(draft: SignatureDraft, value: string): void {
  const form = /^(!)? *([0-9]{1,3})$/.exec(value)
  if (!form) refuse(`dns.opcode takes N or !N with a number up to 255, not '${short(value)}'`)
  draft.bindToApplication('dns')
  draft.transactionTests.push({
    kind: 'dns.opcode',
    value: parseInteger('dns.opcode', form[2] ?? '', 0, 255),
    isNegated: form[1] === '!',
  })
}

function readTlsVersion(draft: SignatureDraft, value: string): void {
  const raw = /^0x([0-9a-f]{4})$/i.exec(value)
  const version = raw
    ? Number.parseInt(raw[1] ?? '', 16)
    : Object.hasOwn(TLS_VERSIONS, value)
      ? TLS_VERSIONS[value]
      : undefined
  if (version === undefined)
    refuse(`tls.version takes 1.0, 1.1, 1.2, 1.3 or the two bytes as 0x0304, not '${short(value)}'`)
  draft.bindToApplication('tls')
  draft.transactionTests.push({ kind: 'tls.version', value: version })
}
