import { FileError } from '../../files/file-error.ts'
import { toText } from '../../kernel/bytes.ts'
import type { ProgramContext } from '../../program.ts'
import type { LookupOutcome } from '../../shell-host.ts'
import type { Task } from '../../task.ts'

/** How a name was resolved; `wrong-version` is an address of the other IP version. */
export type ResolveOutcome = LookupOutcome | { readonly kind: 'wrong-version' }

/** The texts of the C library for names that cannot be looked up (gai_strerror(3)). */
export const LOOKUP_ERRORS: Readonly<Record<Exclude<ResolveOutcome['kind'], 'found'>, string>> = {
  'wrong-version': 'Address family for hostname not supported',
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
export function* resolveHost(context: ProgramContext, name: string, version?: 4 | 6): Task<ResolveOutcome> {
  const address = addressVersion(name) ? name : fromNumbers(name)
  if (address !== undefined) {
    return version === undefined || version === addressVersion(address)
      ? { kind: 'found', addresses: [address] }
      : { kind: 'wrong-version' }
  }
  if (name === '' || name.length > 253 || !/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(name))
    return { kind: 'not-found' }
  const known = fromHostsFile(context, name).filter(
    (address) => version === undefined || addressVersion(address) === version,
  )
  if (known.length > 0) return { kind: 'found', addresses: known }
  return yield* context.process.kernel.host.lookup(name, version)
}

/** The older ways to write an IPv4 address, such as `127.1` and `0x7f000001` (inet_aton(3)). */
function fromNumbers(text: string): string | undefined {
  if (!/^(?:0x[\da-f]+|\d+)(?:\.(?:0x[\da-f]+|\d+)){0,3}$/i.test(text)) return undefined
  const parts = text.split('.').map((part) => {
    if (/^0x/i.test(part)) return Number.parseInt(part, 16)
    return /^0\d/.test(part) ? (/^[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number.NaN) : Number(part)
  })
  const last = parts.pop() as number
  if (parts.some((part) => !(part <= 255)) || !(last < 256 ** (4 - parts.length))) return undefined
  const value = parts.reduce((sum, part, i) => sum + part * 256 ** (3 - i), last)
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.')
}

function fromHostsFile(context: ProgramContext, name: string): string[] {
  const wanted = name.toLowerCase().replace(/\.$/, '')
  return hostsFile(context)
    .filter(({ names }) => names.some((candidate) => candidate.toLowerCase() === wanted))
    .map(({ address }) => address)
}

function hostsFile(
  context: ProgramContext,
): readonly { readonly address: string; readonly names: readonly string[] }[] {
  let text: string
  try {
    text = toText(context.process.kernel.fileSystem.read('/etc/hosts'))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return []
  }
  return text.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    return address ? [{ address, names }] : []
  })
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

/** An address's name, of /etc/hosts or of the name server without its final dot; undefined where it has none or nobody answers. */
export function* nameOfAddress(context: ProgramContext, address: string): Task<string | undefined> {
  const known = hostsFile(context).find((line) => line.address === address)?.names[0]
  if (known !== undefined) return known
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
