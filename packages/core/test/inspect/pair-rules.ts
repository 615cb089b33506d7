import { type Draw, pick } from './draw.ts'
import type { Conversation } from './pair-conversations.ts'

// Random rules that draw on what a conversation says, so that a good share of them matches.

/** As a content has it: what is special there, and what cannot be printed, in hexadecimal. */
function quoted(text: string): string {
  return text.replace(/[^A-Za-z0-9 _=&/.*,-]/g, (each) => `|${each.charCodeAt(0).toString(16).padStart(2, '0')}|`)
}

function expression(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

interface Piece {
  readonly text: string
  readonly isStart: boolean
  readonly isEnd: boolean
}

/** A part of a text, from 2 to 12 characters. */
function piece(draw: Draw, text: string): Piece {
  const length = Math.min(text.length, 2 + draw(10))
  const start = pick(draw, [0, draw(text.length - length), text.length - length])
  return { text: text.slice(start, start + length), isStart: start === 0, isEnd: start + length === text.length }
}

/** One or two contents that a text has, or nearly has. */
function contents(draw: Draw, text: string, isLower: boolean): string {
  const { text: part, isStart, isEnd } = piece(draw, text)
  const nocase = !isLower && draw(4) === 0
  const shown = quoted(nocase ? part.toUpperCase() : part)
  const modifier = nocase ? ' nocase;' : ''
  switch (draw(11)) {
    case 0:
      return `content:"${shown}";${modifier} startswith;`
    case 1:
      return `content:"${shown}";${modifier}${isStart ? ' startswith;' : ''}${isEnd ? ' endswith;' : ''}`
    case 2:
      return `content:"${shown}";${modifier} isdataat:${draw(20)},relative;`
    case 3:
      return `content:"${shown}";${modifier} isdataat:!${1 + draw(8)},relative;`
    case 4: {
      const other = piece(draw, text).text
      return `content:"${shown}";${modifier} content:"${quoted(other)}"; distance:${draw(4)};`
    }
    case 5: {
      const other = piece(draw, text).text
      return `content:"${shown}";${modifier} content:"${quoted(other)}"; distance:0; within:${other.length + draw(12)};`
    }
    case 6:
      return `content:"${shown}";${modifier} fast_pattern; pcre:"/${expression(part.slice(0, 3))}.*${expression(part.slice(-2))}/${nocase ? 'i' : ''}s";`
    case 7:
      return `pcre:"/${isStart ? '^' : ''}${expression(part)}${isEnd ? '$' : ''}/";`
    case 8:
      return `content:"${shown}";${modifier} content:!"${quoted(piece(draw, 'never seen here')?.text ?? '')}";`
    case 9:
      return `content:"${shown}";${modifier} offset:${draw(6)}; depth:${part.length + draw(30)};`
    default:
      return `content:"${shown}";${modifier}`
  }
}

const BUFFERS_OF_BOTH: ReadonlySet<string> = new Set([
  'http.cookie',
  'http.header',
  'http.content_type',
  'ssh.proto',
  'ssh.software',
])
const REQUEST_BUFFERS: readonly string[] = [
  'http.uri',
  'http.method',
  'http.host',
  'http.user_agent',
  'http.request_line',
]

function header(draw: Draw, protocol: string, { serverPort, transport }: Conversation): string {
  const port =
    transport === 'icmp'
      ? 'any'
      : pick(draw, ['any', 'any', 'any', String(serverPort), `[${serverPort},9]`, '!9', '1:9000'])
  const target = draw(5)
  if (target === 0 && transport !== 'icmp') return `alert ${protocol} any any <> any ${serverPort}`
  if (target === 1) return `alert ${protocol} [10.0.0.0/8,2001:db8::/32] any -> any ${port}`
  if (target === 2 && transport !== 'icmp') return `alert ${protocol} any ${port} -> $HOME_NET any`
  return `alert ${protocol} any any -> any ${port}`
}

function flowOf(draw: Draw, direction: 'to_server' | 'to_client' | undefined): string {
  const parts: string[] = []
  if (direction) parts.push(direction)
  if (draw(2) === 0) parts.push('established')
  return parts.length > 0 ? `flow:${parts.join(',')}; ` : ''
}

function onBuffer(draw: Draw, conversation: Conversation): string {
  const buffers = Object.keys(conversation.said).filter((name) => name !== 'payload')
  const buffer = pick(draw, buffers)
  const text = pick(draw, conversation.said[buffer] ?? [''])
  const direction = BUFFERS_OF_BOTH.has(buffer) ? pick(draw, ['to_server', 'to_client'] as const) : undefined
  const isLower = buffer === 'http.host'
  let options = `${flowOf(draw, direction)}${buffer}; `
  const kind = draw(9)
  if (kind === 0)
    options += `bsize:${pick(draw, [`${text.length}`, `>${draw(20)}`, `<${1 + draw(40)}`, '3<>30'])}; ${contents(draw, text, isLower)}`
  else if (kind === 1 && !isLower) options += `to_uppercase; content:"${quoted(piece(draw, text).text.toUpperCase())}";`
  else if (kind === 2) options += `strip_whitespace; content:"${quoted(piece(draw, text.replaceAll(' ', '')).text)}";`
  else options += contents(draw, text, isLower)
  // A second buffer, of the same side.
  if (REQUEST_BUFFERS.includes(buffer) && draw(3) === 0) {
    const other = pick(
      draw,
      REQUEST_BUFFERS.filter((name) => name !== buffer && conversation.said[name]),
    )
    options += ` ${other}; content:"${quoted(piece(draw, pick(draw, conversation.said[other] ?? ['x'])).text)}";`
  }
  if (buffer === 'http.uri' && draw(4) === 0)
    options += ` urilen:${pick(draw, [`>${draw(12)}`, `<${16 + draw(30)}`, '4<>40'])};`
  return `${header(draw, conversation.application, conversation)} (${options}`
}

function onPayload(draw: Draw, conversation: Conversation): string {
  const { transport, application, said } = conversation
  const protocols: string[] = [transport]
  if (application !== 'none') protocols.push(application)
  if (transport === 'tcp') protocols.push('tcp-pkt', 'tcp-stream')
  protocols.push('ip')
  const text = pick(draw, said.payload ?? ['x'])
  const direction = pick(draw, [undefined, undefined, 'to_server', 'to_client'] as const)
  return `${header(draw, pick(draw, protocols), conversation)} (${flowOf(draw, direction)}${contents(draw, text, false)}`
}

function onHeaders(draw: Draw, conversation: Conversation): string {
  const { transport } = conversation
  const tests = [
    'ttl:64;',
    'ttl:>63;',
    'dsize:>0;',
    'dsize:0;',
    `dsize:${draw(60)}<>${70 + draw(400)};`,
    `dsize:<${20 + draw(300)};`,
    'id:0;',
  ]
  if (transport === 'tcp')
    tests.push('flags:S;', 'flags:SA;', 'flags:+A;', 'flags:*FR;', 'flags:A;', 'window:65535;', 'flags:PA; dsize:>20;')
  if (transport === 'icmp') tests.push('itype:8;', 'itype:0;', 'itype:>100;', 'icode:0;', 'icmp_seq:1;', 'icmp_id:7;')
  if (transport === 'udp') tests.push('fragbits:M;', 'fragoffset:>0;', 'byte_test:1,>,100,0;', 'byte_test:2,&,1,2;')
  const flow = draw(3) === 0 ? flowOf(draw, pick(draw, ['to_server', 'to_client'] as const)) : ''
  const limit = pick(draw, [
    ...['', '', '', ''],
    ' threshold:type limit, track by_src, count 2, seconds 60;',
    ' threshold:type threshold, track by_dst, count 2, seconds 60;',
    ' threshold:type both, track by_src, count 3, seconds 60;',
    ' detection_filter:track by_dst, count 1, seconds 60;',
  ])
  const protocol = draw(4) === 0 ? 'ip' : transport
  return `${header(draw, protocol, conversation)} (${flow}${pick(draw, tests)}${limit}`
}

function onFlow(draw: Draw, conversation: Conversation): string {
  const protocol = conversation.transport
  const others = [
    `app-layer-protocol:${conversation.application === 'none' ? 'failed' : conversation.application};`,
    'app-layer-protocol:!tls;',
  ]
  const bits = [
    'flowbits:set,one;',
    'flowbits:isset,one;',
    'flowbits:isnotset,one;',
    'flowbits:toggle,two; flowbits:isset,one;',
  ]
  if (draw(2) === 0 && protocol !== 'icmp') return `alert ${protocol} any any -> any any (${pick(draw, others)}`
  return `${header(draw, protocol, conversation)} (ttl:>1; ${pick(draw, bits)}`
}

/** A rule for a conversation, with the sid. */
export function randomRule(draw: Draw, conversation: Conversation, sid: number): string {
  const kind = draw(19)
  const hasBuffers = Object.keys(conversation.said).some((name) => name !== 'payload')
  let rule: string
  if (kind < 9 && hasBuffers) rule = onBuffer(draw, conversation)
  else if (kind < 14) rule = onPayload(draw, conversation)
  else if (kind < 18) rule = onHeaders(draw, conversation)
  else rule = onFlow(draw, conversation)
  return `${rule} msg:"r"; sid:${sid};)`
}
