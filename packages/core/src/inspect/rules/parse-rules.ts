import { type Classification, DEFAULT_CLASSIFICATIONS } from './classifications.ts'
import { finishSignature, type RuleHeader } from './finish-signature.ts'
import { HeaderGroups } from './header-groups.ts'
import { BUFFER_KEYWORDS } from './keywords/buffers.ts'
import { BYTE_KEYWORDS } from './keywords/bytes.ts'
import { CONTENT_KEYWORDS } from './keywords/content.ts'
import { FLOW_KEYWORDS } from './keywords/flow.ts'
import { IDENTITY_KEYWORDS } from './keywords/identity.ts'
import type { Keyword, KeywordTable } from './keywords/keyword.ts'
import { PACKET_KEYWORDS } from './keywords/packet.ts'
import { PCRE_KEYWORDS } from './keywords/pcre.ts'
import { RuleFault, refuse, refuseUnsupported } from './rule-fault.ts'
import { RULE_BYTES_MAX, ruleLines } from './rule-lines.ts'
import { type HeaderText, type OptionText, short, splitRule } from './rule-text.ts'
import type { ApplicationProtocol, RuleAction, RuleError, RuleProtocol, Signature } from './signature.ts'
import { SignatureDraft } from './signature-draft.ts'
import { UNSUPPORTED_KEYWORDS } from './unsupported-keywords.ts'
import { DEFAULT_VARIABLES, type RuleVariables } from './variables.ts'

/** How to read a file of rules. */
export interface ParseRulesOptions {
  /** The file's name, for errors and signatures. */
  readonly file: string
  /** Address and port groups; those of Suricata's own configuration unless given. A given group replaces the one of that name. */
  readonly variables?: Partial<RuleVariables> | undefined
  /** Class types; those of Suricata's own configuration unless given. */
  readonly classifications?: Readonly<Record<string, Classification>> | undefined
}

/** The good rules, and a located error for each bad one. */
export interface ParsedRules {
  readonly signatures: readonly Signature[]
  readonly errors: readonly RuleError[]
}

const KEYWORDS: KeywordTable = {
  ...IDENTITY_KEYWORDS,
  ...FLOW_KEYWORDS,
  ...PACKET_KEYWORDS,
  ...CONTENT_KEYWORDS,
  ...BYTE_KEYWORDS,
  ...PCRE_KEYWORDS,
  ...BUFFER_KEYWORDS,
}

/** The keywords that rules may use, in lower case. */
export const RULE_KEYWORDS: readonly string[] = Object.keys(KEYWORDS)

/**
 * Reads rules in Suricata 7's language. A keyword or protocol that the inspector does not have is an error like any other, never ignored;
 * so is a rule with the gid, sid of a rule before it and no higher rev. Errors come in the order of the file.
 */
export function parseRules(text: string, options: ParseRulesOptions): ParsedRules {
  const signatures: Signature[] = []
  const errors: RuleError[] = []
  const groups = new HeaderGroups({
    addresses: { ...DEFAULT_VARIABLES.addresses, ...options.variables?.addresses },
    ports: { ...DEFAULT_VARIABLES.ports, ...options.variables?.ports },
  })
  const seen = new Map<string, number>()
  for (const { line, text: rule } of ruleLines(text)) {
    const draft = new SignatureDraft(options.classifications ?? DEFAULT_CLASSIFICATIONS)
    try {
      const place = { file: options.file, line, index: signatures.length, text: rule }
      const signature = parseRule(draft, rule, groups, place)
      const id = `${signature.gid}:${signature.sid}`
      const place1 = seen.get(id)
      const before = place1 === undefined ? undefined : signatures[place1]
      if (before && before.rev >= signature.rev) {
        refuse(
          `the sid ${signature.sid} is that of the rule on line ${before.line}; give it another, or a higher rev to replace that rule`,
        )
      }
      if (place1 === undefined) {
        seen.set(id, signatures.length)
        signatures.push(signature)
      } else {
        signatures[place1] = { ...signature, index: place1 }
      }
    } catch (error) {
      if (!(error instanceof RuleFault)) throw error
      errors.push({
        file: options.file,
        line,
        column: (error.at ?? 0) + 1,
        code: error.code,
        message: error.message,
        rule,
        sid: draft.sid,
      })
    }
  }
  return { signatures, errors }
}

function parseRule(
  draft: SignatureDraft,
  rule: string,
  groups: HeaderGroups,
  place: { file: string; line: number; index: number; text: string },
): Signature {
  const bytes = Buffer.byteLength(rule)
  if (bytes > RULE_BYTES_MAX) refuse(`the rule has ${bytes} bytes; a rule has at most ${RULE_BYTES_MAX}`)
  const { header, options } = splitRule(rule)
  const resolved = parseHeader(draft, header, groups)
  for (const option of options) readOption(draft, option)
  return finishSignature(draft, resolved, place)
}

function readOption(draft: SignatureDraft, option: OptionText): void {
  try {
    const keyword = Object.hasOwn(KEYWORDS, option.name) ? KEYWORDS[option.name] : undefined
    if (!keyword) {
      if (UNSUPPORTED_KEYWORDS.has(option.name))
        refuseUnsupported(`the inspector does not have the keyword ${option.name}`)
      refuse(`there is no keyword '${short(option.name)}'`)
    }
    const { value, isNegated } = unquote(option, keyword)
    keyword.read(draft, value, isNegated)
  } catch (error) {
    if (error instanceof RuleFault && error.at === undefined) throw new RuleFault(error.message, error.code, option.at)
    throw error
  }
}

function unquote({ name, value }: OptionText, keyword: Keyword): { value: string; isNegated: boolean } {
  if (value === undefined) {
    if (keyword.value !== 'none' && keyword.value !== 'optional') refuse(`${name} needs a value, as ${name}:...;`)
    return { value: '', isNegated: false }
  }
  if (keyword.value === 'none') refuse(`${name} takes no value, but has '${short(value)}'`)
  const isNegated = keyword.isNegatable === true && value.startsWith('!')
  const rest = isNegated ? value.slice(1).trimStart() : value
  if (!rest.startsWith('"')) {
    if (keyword.value === 'quoted') refuse(`${name} takes its value in double quotes, not ${short(value)}`)
    return { value: rest, isNegated }
  }
  if (!rest.endsWith('"') || rest.length < 2) {
    refuse(
      `the value of ${name} begins with a quotation mark and does not end with one; a semicolon in it needs a backslash`,
    )
  }
  if (rest.length === 2) refuse(`the value of ${name} is empty`)
  if (keyword.value === 'plain' || keyword.value === 'optional')
    refuse(`${name} takes its value without quotes, not ${short(value)}`)
  return { value: rest.slice(1, -1), isNegated }
}

const ACTIONS: Readonly<Record<string, RuleAction>> = {
  alert: 'alert',
  pass: 'pass',
  drop: 'drop',
  reject: 'reject',
  rejectsrc: 'rejectsrc',
  rejectdst: 'rejectdst',
  rejectboth: 'rejectboth',
}

const TRANSPORTS: Readonly<Record<string, RuleProtocol>> = {
  ip: 'ip',
  tcp: 'tcp',
  'tcp-pkt': 'tcp-pkt',
  'tcp-stream': 'tcp-stream',
  udp: 'udp',
  icmp: 'icmp',
  icmpv4: 'icmpv4',
  icmpv6: 'icmpv6',
  sctp: 'sctp',
  ipv4: 'ipv4',
  ip4: 'ipv4',
  ipv6: 'ipv6',
  ip6: 'ipv6',
  pkthdr: 'pkthdr',
}

const APPLICATIONS: Readonly<Record<string, ApplicationProtocol>> = {
  http: 'http',
  http1: 'http',
  dns: 'dns',
  tls: 'tls',
  ssh: 'ssh',
  ntp: 'ntp',
}

/** What Suricata 7 takes besides, for which the inspector has no parser. */
const OTHER_APPLICATIONS =
  /^(http2|ftp|ftp-data|smtp|smb|dcerpc|nfs|tftp|ike|ikev2|krb5|quic|dhcp|snmp|sip|rfb|mqtt|pgsql|telnet|rdp|bittorrent-dht|imap|irc|jabber|modbus|enip|dnp3|template|ssl)$/

function parseHeader(draft: SignatureDraft, text: HeaderText, groups: HeaderGroups): RuleHeader {
  const word = text.action.toLowerCase()
  if (word === 'config') refuseUnsupported('the inspector does not have the action config')
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined
  if (!action) return refuse(`the action '${short(text.action)}' is none of ${Object.keys(ACTIONS).join(', ')}`)
  const protocol = protocolOf(draft, text.protocol)
  if (text.direction !== '->' && text.direction !== '<>') {
    refuse(`the direction '${short(text.direction)}' is neither -> nor <>, with blanks around it`)
  }
  return {
    action,
    protocol,
    source: {
      addresses: groups.addresses(text.sourceAddress),
      ports: groups.ports(text.sourcePort),
    },
    destination: {
      addresses: groups.addresses(text.destinationAddress),
      ports: groups.ports(text.destinationPort),
    },
    isBidirectional: text.direction === '<>',
    text,
  }
}

function protocolOf(draft: SignatureDraft, word: string): RuleProtocol {
  const lower = word.toLowerCase()
  const transport = Object.hasOwn(TRANSPORTS, lower) ? TRANSPORTS[lower] : undefined
  if (transport) {
    draft.isAnyTransportHeader = transport === 'ip' || transport === 'ipv4' || transport === 'ipv6'
    return transport
  }
  const application = Object.hasOwn(APPLICATIONS, word) ? APPLICATIONS[word] : undefined
  if (application) {
    draft.bindToApplication(application)
    return application
  }
  const allowed = [...Object.keys(TRANSPORTS), ...Object.keys(APPLICATIONS)].join(', ')
  if (OTHER_APPLICATIONS.test(word))
    return refuseUnsupported(`the inspector has no parser for the protocol ${word}; it has ${allowed}`)
  return refuse(`the protocol '${short(word)}' is none of ${allowed}`)
}
