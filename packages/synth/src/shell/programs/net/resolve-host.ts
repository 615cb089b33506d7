import { FileError } from '../../files/file-error.ts'
import { toText } from '../../kernel/bytes.ts'
import type { ProgramContext } from '../../program.ts'
import type { LookupOutcome } from '../../shell-host.ts'
import type { Task } from '../../task.ts'

/** The texts of the C library for names that cannot be looked up (gai_strerror(3)). */
export const LOOKUP_ERRORS: Readonly<Record<Exclude<LookupOutcome['kind'], 'found'>, string>> = {
  'not-found': 'Name or service not known',
  'no-answer': 'Temporary failure in name resolution',
}

/** Whether a text is an IPv4 or IPv6 address. */
export function addressVersion(text: string): 4 | 6 | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (parts) return parts.slice(1).every((part) => Number(part) <= 255) ? 4 : undefined
  return /^[0-9a-fA-F:]+(?:\d+\.\d+\.\d+\.\d+)?(?:%\w+)?$/.test(text) && text.includes(':') ? 6 : undefined
}

/** Looks a name up as getaddrinfo(3) does: in /etc/hosts, then with the name servers. Names without a meaning do not get that far. */
export function* resolveHost(context: ProgramContext, name: string, version?: 4 | 6): Task<LookupOutcome> {
  const literal = addressVersion(name)
  if (literal) {
    return version === undefined || version === literal ? { kind: 'found', addresses: [name] } : { kind: 'not-found' }
  }
  if (name === '' || name.length > 253 || !/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(name))
    return { kind: 'not-found' }
  const known = fromHostsFile(context, name).filter(
    (address) => version === undefined || addressVersion(address) === version,
  )
  if (known.length > 0) return { kind: 'found', addresses: known }
  return yield* context.process.kernel.host.lookup(name, version)
}

function fromHostsFile(context: ProgramContext, name: string): string[] {
  let text: string
  try {
    text = toText(context.process.kernel.fileSystem.read('/etc/hosts'))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return []
  }
  const wanted = name.toLowerCase().replace(/\.$/, '')
  const addresses: string[] = []
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (address && names.some((candidate) => candidate.toLowerCase() === wanted)) addresses.push(address)
  }
  return addresses
}

/** The name under which an address is asked for in the domain name system (RFC 1035, 3.5; RFC 3596, 2.5). */
export function reverseName(address: string): string {
  if (addressVersion(address) === 4) return `${address.split('.').reverse().join('.')}.in-addr.arpa`
  return `${[...expandedIpv6(address).replaceAll(':', '')].reverse().join('.')}.ip6.arpa`
}

/** Eight groups of four digits. */
function expandedIpv6(address: string): string {
  const [head = '', tail] = address.replace(/%.*/, '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(':')
}

/** An address's name, without its final dot; undefined where it has none or nobody answers. */
export function* nameOfAddress(context: ProgramContext, address: string): Task<string | undefined> {
  const { host } = context.process.kernel
  const outcome = yield* host.queryDns({
    name: reverseName(address),
    type: 'PTR',
    server: host.identity.nameServer,
    port: 53,
    transport: 'udp',
    ednsBytes: 0,
    recursionDesired: true,
    timeoutMicroseconds: 5_000_000,
    attempts: 2,
  })
  if (outcome.kind !== 'answer') return undefined
  return outcome.answer.answers.find((record) => record.type === 'PTR')?.data.replace(/\.$/, '')
}

/** Names of addresses, each asked for once. */
export class AddressNames {
  readonly #context: ProgramContext
  readonly #names = new Map<string, string | undefined>()

  constructor(context: ProgramContext) {
    this.#context = context
  }

  *nameOf(address: string): Task<string | undefined> {
    if (!this.#names.has(address)) this.#names.set(address, yield* nameOfAddress(this.#context, address))
    return this.#names.get(address)
  }
}
