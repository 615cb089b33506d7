import { parseInteger, parseNumberTest } from '../number-test.ts'
import { refuse, refuseUnsupported } from '../rule-fault.ts'
import { short } from '../rule-text.ts'
import type { BitMode, NumberTest, PacketTest } from '../signature.ts'
import type { SignatureDraft } from '../signature-draft.ts'
import type { Keyword, KeywordTable } from './keyword.ts'

function numberKeyword(kind: 'ttl' | 'dsize' | 'itype' | 'icode', maximum: number): Keyword {
  return {
    value: 'plain',
    read(draft, value) {
      const test: NumberTest = parseNumberTest(kind, value, maximum)
      if (kind === 'dsize' && draft.packetTests.some((each) => each.kind === 'dsize'))
        refuse('dsize stands twice in the rule')
      draft.packetTests.push({ kind, test })
    },
  }
}

function valueKeyword(kind: 'icmp_id' | 'icmp_seq' | 'seq' | 'ack' | 'id', maximum: number): Keyword {
  return {
    value: 'plain',
    read(draft, value) {
      if (!/^[0-9]+$/.test(value)) refuse(`${kind} takes a number from 0 to ${maximum}, not '${short(value)}'`)
      draft.packetTests.push({ kind, value: parseInteger(kind, value, 0, maximum) })
    },
  }
}

const FLAGS: Keyword = { value: 'plain', read: readFlags }
const SEQ = valueKeyword('seq', 0xffffffff)
const ACK = valueKeyword('ack', 0xffffffff)
const WINDOW: Keyword = {
  value: 'plain',
  read(draft, value) {
    const form = /^(!)? *([0-9]{1,6})$/.exec(value)
    if (!form) return refuse(`window takes N or !N with a number up to 65535, not '${short(value)}'`)
    draft.packetTests.push({
      kind: 'window',
      value: parseInteger('window', form[2] ?? '', 0, 65_535),
      isNegated: form[1] === '!',
    })
  },
}

/** Keywords on the headers of packets (Suricata user guide 7.0, "IP Keywords", "TCP keywords", "ICMP keywords"). */
export const PACKET_KEYWORDS: KeywordTable = {
  flags: FLAGS,
  'tcp.flags': FLAGS,
  ttl: numberKeyword('ttl', 255),
  dsize: numberKeyword('dsize', 65_535),
  itype: numberKeyword('itype', 255),
  icode: numberKeyword('icode', 255),
  icmp_id: valueKeyword('icmp_id', 65_535),
  icmp_seq: valueKeyword('icmp_seq', 65_535),
  id: valueKeyword('id', 65_535),
  seq: SEQ,
  'tcp.seq': SEQ,
  ack: ACK,
  'tcp.ack': ACK,
  window: WINDOW,
  'tcp.window': WINDOW,
  tos: { value: 'plain', read: readTos },
  fragbits: { value: 'plain', read: readFragbits },
  fragoffset: { value: 'plain', read: readFragoffset },
  ip_proto: { value: 'plain', read: readIpProto },
  sameip: {
    value: 'none',
    read(draft) {
      draft.packetTests.push({ kind: 'sameip' })
    },
  },
  'app-layer-protocol': { value: 'either', read: readApplicationProtocol },
}

/** F, S, R, P, A and U; C, E, 1 and 2 stand for the two bits of ECN (CWR, ECE). */
const FLAG_BITS: Readonly<Record<string, number>> = {
  F: 1,
  S: 2,
  R: 4,
  P: 8,
  A: 16,
  U: 32,
  E: 64,
  2: 64,
  C: 128,
  1: 128,
  0: 0,
}

const MODES: Readonly<Record<string, BitMode>> = { '+': 'all', '*': 'any', '!': 'not' }

function readFlags(draft: SignatureDraft, value: string): void {
  const form = /^([+*!])? *([FSRPAUCE012]+) *([+*!])? *(?:, *([FSRPAUCE012]+))?$/.exec(value)
  if (!form || (form[1] && form[3])) {
    refuse(
      `flags takes letters of FSRPAUCE12 or 0, with + * or ! before them and bits to ignore after a comma, not '${short(value)}'`,
    )
  }
  draft.packetTests.push({
    kind: 'flags',
    value: bitsOf(form[2] ?? '', FLAG_BITS),
    ignored: bitsOf(form[4] ?? '', FLAG_BITS),
    mode: MODES[form[1] ?? form[3] ?? ''] ?? 'exactly',
  })
}

function bitsOf(letters: string, table: Readonly<Record<string, number>>): number {
  let bits = 0
  for (const letter of letters) bits |= table[letter] ?? 0
  return bits
}

const FRAGMENT_BITS: Readonly<Record<string, number>> = { R: 4, D: 2, M: 1, ' ': 0, ',': 0 }

function readFragbits(draft: SignatureDraft, value: string): void {
  const form = /^([+*!])? *([MDR][MDR ,]*?) *([+*!])?$/.exec(value)
  if (!form || (form[1] && form[3])) {
    refuse(`fragbits takes letters of M, D and R with + * or ! before them, not '${short(value)}'`)
  }
  draft.packetTests.push({
    kind: 'fragbits',
    value: bitsOf(form[2] ?? '', FRAGMENT_BITS),
    mode: MODES[form[1] ?? form[3] ?? ''] ?? 'exactly',
  })
}

function readFragoffset(draft: SignatureDraft, value: string): void {
  const form = /^([<>])? *([0-9]{1,6})$/.exec(value)
  if (!form) refuse(`fragoffset takes N, <N or >N, not '${short(value)}'`)
  const number = parseInteger('fragoffset', form[2] ?? '', 0, 65_535)
  const low = form[1] === '<' ? 0 : form[1] === '>' ? number + 1 : number
  const high = form[1] === '<' ? number - 1 : form[1] === '>' ? 65_535 : number
  draft.packetTests.push({ kind: 'fragoffset', low, high })
}

function readTos(draft: SignatureDraft, value: string): void {
  const form = /^(!)? *(?:x([0-9a-f]{1,2})|([0-9]{1,3}))$/i.exec(value)
  const number = form?.[2] === undefined ? Number(form?.[3]) : Number.parseInt(form[2], 16)
  if (!form || number > 255)
    refuse(`tos takes a number up to 255 or xNN, with ! before it where negated, not '${short(value)}'`)
  draft.packetTests.push({ kind: 'tos', value: number, isNegated: form[1] === '!' })
}

/** Names of transports that `ip_proto` takes besides numbers (IANA protocol numbers). */
const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  ip: 0,
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  ospf: 89,
  ipip: 94,
  pim: 103,
  sctp: 132,
  udplite: 136,
}

function readIpProto(draft: SignatureDraft, value: string): void {
  const form = /^([!<>])? *([A-Za-z0-9-]+)$/.exec(value)
  if (!form) refuse(`ip_proto takes N, !N, <N or >N with a number or a name such as tcp, not '${short(value)}'`)
  const name = (form[2] ?? '').toLowerCase()
  const number = /^[0-9]+$/.test(name)
    ? Number(name)
    : Object.hasOwn(PROTOCOL_NUMBERS, name)
      ? PROTOCOL_NUMBERS[name]
      : undefined
  if (number === undefined) refuse(`ip_proto does not know the protocol '${short(name)}'`)
  if (number > 255) refuse(`ip_proto takes numbers up to 255, not ${number}`)
  if (!draft.isAnyTransportHeader)
    refuse('ip_proto needs ip in the header: another protocol there says already which it is')
  const comparison = (form[1] ?? '=') as '=' | '<' | '>' | '!'
  const before = draft.packetTests.filter((test): test is PacketTest & { kind: 'ip_proto' } => test.kind === 'ip_proto')
  if (before.length > 0 && (comparison === '=' || before.some((test) => test.comparison === '='))) {
    refuse('ip_proto with one number stands alone: a packet has one protocol')
  }
  draft.packetTests.push({ kind: 'ip_proto', comparison, value: number })
}

/** What the inspector can tell apart, and what Suricata detects besides. */
const DETECTED = ['http', 'http1', 'dns', 'tls', 'ssh', 'ntp', 'failed']
const SURICATA_DETECTS =
  /^(http2|ftp|ftp-data|smtp|smb|dcerpc|nfs|tftp|ike|krb5|quic|dhcp|snmp|sip|rfb|mqtt|pgsql|telnet|websocket|template|rdp|bittorrent-dht|imap|irc|jabber|modbus|enip|dnp3)$/

function readApplicationProtocol(draft: SignatureDraft, value: string): void {
  const isNegated = value.startsWith('!')
  const protocol = (isNegated ? value.slice(1) : value).trim()
  if (SURICATA_DETECTS.test(protocol))
    refuseUnsupported(`app-layer-protocol ${protocol}: the inspector detects ${DETECTED.join(', ')}`)
  if (!DETECTED.includes(protocol))
    refuse(`app-layer-protocol does not know '${short(protocol)}'; it knows ${DETECTED.join(', ')}`)
  if (draft.application !== undefined) {
    refuse(
      `app-layer-protocol contradicts or repeats ${draft.application}, to which the header or a keyword before binds the rule`,
    )
  }
  const others = draft.packetTests.filter((test) => test.kind === 'app-layer-protocol')
  if (others.some((test) => !test.isNegated || !isNegated)) {
    refuse('app-layer-protocol stands twice, and at least once without !: a flow has one')
  }
  draft.packetTests.push({ kind: 'app-layer-protocol', protocol: protocol === 'http1' ? 'http' : protocol, isNegated })
}
