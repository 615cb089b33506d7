/** Numbers of resource record types and query types (IANA, Domain Name System Parameters). */
export const DNS_TYPE = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  hinfo: 13,
  mx: 15,
  txt: 16,
  aaaa: 28,
  srv: 33,
  naptr: 35,
  dname: 39,
  opt: 41,
  ds: 43,
  sshfp: 44,
  rrsig: 46,
  nsec: 47,
  dnskey: 48,
  nsec3: 50,
  nsec3param: 51,
  tlsa: 52,
  cds: 59,
  cdnskey: 60,
  svcb: 64,
  https: 65,
  spf: 99,
  ixfr: 251,
  axfr: 252,
  any: 255,
  uri: 256,
  caa: 257,
} as const

/** Classes (RFC 1035 section 3.2.4, RFC 2136). */
export const DNS_CLASS = { internet: 1, chaos: 3, hesiod: 4, none: 254, any: 255 } as const

/** Response codes (RFC 1035 section 4.1.1, RFC 2136 section 2.2, RFC 6891 section 9). */
export const DNS_RESPONSE_CODE = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
  badVersion: 16,
} as const

/** Port of DNS (RFC 1035 section 4.2). */
export const DNS_PORT = 53
/** Port of multicast DNS (RFC 6762). */
export const MULTICAST_DNS_PORT = 5353

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(DNS_TYPE).map(([name, number]) => [number, name.toUpperCase()]),
)
const NUMBERS: ReadonlyMap<string, number> = new Map([...NAMES].map(([number, name]) => [name, number]))

/** `A`, `AAAA` and so on as dig prints them; `TYPE123` for types without a name (RFC 3597 section 5). */
export function dnsTypeName(type: number): string {
  return NAMES.get(type) ?? `TYPE${type}`
}

/** The number of a type's name in any case, `TYPE123` included; `undefined` for others. */
export function dnsTypeNumber(name: string): number | undefined {
  const upper = name.toUpperCase()
  const unnamed = /^TYPE(\d{1,5})$/.exec(upper)?.[1]
  if (unnamed !== undefined) return Number(unnamed) <= 0xffff ? Number(unnamed) : undefined
  return NUMBERS.get(upper)
}
