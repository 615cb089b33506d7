import {
  type CidrBlock,
  DNS_CLASS,
  DNS_TYPE,
  type DnsRecordData,
  IpAddress,
  type Topology,
  type Vpc,
} from '@flowtap/core'

/** A record of a name. */
export interface NameRecord {
  readonly name: string
  readonly type: number
  readonly class: number
  readonly ttl: number
  readonly data: DnsRecordData
}

/** Answer to one question. `records` is empty with `exists` for names that have records of other types only. */
export interface NameAnswer {
  readonly exists: boolean
  readonly records: readonly NameRecord[]
  /** For negative answers (RFC 2308). */
  readonly authority: NameRecord
}

const TTL_SECONDS = { host: 300, aws: 60, endpoint: 60, instance: 60, pointer: 300, authority: 900 } as const
const REMEMBERED_LITERALS = 4_096
const AWS_DOMAIN = 'amazonaws.com'

/**
 * Everything that has a name, as the DNS tells it: hosts on the internet, instances, load balancers, endpoints and AWS's services by the
 * topology, and records that a scenario adds. A VPC sees its own instances and endpoints by their private addresses.
 * Source: VPC user guide, "DNS attributes for your VPC"; PrivateLink guide, "Private DNS".
 */
export class NameDirectory {
  #public = new NameTable()
  readonly #added = new NameTable()
  readonly #private = new Map<string, NameTable>()
  #topology: Topology | undefined
  /** Texts that were asked for before, and the addresses that they are. */
  readonly #literals = new Map<string, IpAddress | undefined>()

  /** Takes the names of a topology, in place of those of an earlier one. */
  setTopology(topology: Topology): void {
    this.#topology = topology
    this.#public = new NameTable()
    this.#private.clear()
    for (const host of topology.internetHosts) this.#addHost(host.dnsNames, host.addresses)
    for (const vpc of topology.vpcs) this.#addVpc(topology, vpc)
    for (const balancer of topology.loadBalancers) {
      const isInternal = balancer.scheme === 'internal'
      for (const { addresses } of balancer.interfaces) {
        for (const { address, publicAddress } of addresses) {
          const visible = isInternal ? address : publicAddress
          if (visible) this.#public.put(addressRecord(balancer.dnsName, visible, TTL_SECONDS.aws))
        }
      }
    }
  }

  /** Adds the names of a host that is not in the topology. */
  addHost(names: readonly string[], addresses: readonly IpAddress[]): void {
    for (const name of names)
      for (const address of addresses) this.addRecord(addressRecord(name, address, TTL_SECONDS.host))
    const [name] = names
    if (name !== undefined && !name.startsWith('*')) {
      for (const address of addresses) this.addRecord(pointerRecord(address, name))
    }
  }

  /** Adds a record that everyone sees. */
  addRecord(record: NameRecord): void {
    this.#added.put(record)
  }

  /** Answers a question; `vpc` is whose resolver is asked, undefined on the internet. */
  answer(name: string, type: number, vpc: Vpc | undefined): NameAnswer {
    const wanted = canonical(name)
    const all = this.#find(wanted, vpc)
    const authority = authorityOf(wanted)
    if (all.length === 0) return { exists: this.#isParent(wanted), records: [], authority }
    const records = all.filter((record) => type === DNS_TYPE.any || record.type === type)
    const alias = all.find((record) => record.type === DNS_TYPE.cname)
    if (records.length === 0 && alias?.data.kind === 'name' && type !== DNS_TYPE.cname) {
      return { exists: true, records: [alias, ...this.answer(alias.data.name, type, vpc).records], authority }
    }
    return { exists: true, records, authority }
  }

  /** The address that a text is; undefined where it is a name. */
  literalOf(text: string): IpAddress | undefined {
    const known = this.#literals.get(text)
    if (known || this.#literals.has(text)) return known
    if (this.#literals.size >= REMEMBERED_LITERALS) this.#literals.clear()
    const address = IpAddress.parse(text)
    this.#literals.set(text, address)
    return address
  }

  /** The addresses of a name as the internet sees it, without a question. */
  addressesOf(name: string): readonly IpAddress[] {
    return [DNS_TYPE.a, DNS_TYPE.aaaa].flatMap((type) =>
      this.answer(name, type, undefined).records.flatMap(({ data }) => (data.kind === 'address' ? [data.address] : [])),
    )
  }

  #find(name: string, vpc: Vpc | undefined): readonly NameRecord[] {
    const inVpc = vpc ? (this.#private.get(vpc.id)?.get(name) ?? []) : []
    if (inVpc.length > 0) return inVpc
    const found = [...this.#added.get(name), ...this.#public.get(name)]
    if (found.length > 0) return found
    const service = this.#serviceRecord(name)
    if (service) return [service]
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const wildcard = `*${name.slice(dot)}`
      const matches = [...this.#added.get(wildcard), ...this.#public.get(wildcard)]
      if (matches.length > 0) return matches.map((record) => ({ ...record, name }))
    }
    return this.#isZone(name) ? zoneRecords(name) : []
  }

  #addHost(names: readonly string[], addresses: readonly IpAddress[]): void {
    for (const name of names) {
      for (const address of addresses) this.#public.put(addressRecord(name, address, TTL_SECONDS.host))
    }
    const name = names.find((candidate) => !candidate.startsWith('*'))
    if (name !== undefined) for (const address of addresses) this.#public.put(pointerRecord(address, name))
  }

  #addVpc(topology: Topology, vpc: Vpc): void {
    const names = new NameTable()
    this.#private.set(vpc.id, names)
    const { region } = topology
    const privateDomain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`
    const publicDomain = region === 'us-east-1' ? `compute-1.${AWS_DOMAIN}` : `${region}.compute.${AWS_DOMAIN}`
    for (const { addresses, attachment } of vpc.interfaces) {
      if (attachment.kind !== 'instance') continue
      for (const { address, publicAddress } of addresses) {
        const privateName = `ip-${dashed(address)}.${privateDomain}`
        names.put(addressRecord(privateName, address, TTL_SECONDS.instance))
        names.put(pointerRecord(address, privateName))
        if (!publicAddress || !vpc.enableDnsHostnames) continue
        const publicName = `ec2-${dashed(publicAddress)}.${publicDomain}`
        names.put(addressRecord(publicName, address, TTL_SECONDS.instance))
        this.#public.put(addressRecord(publicName, publicAddress, TTL_SECONDS.instance))
        this.#public.put(pointerRecord(publicAddress, publicName))
      }
    }
    for (const endpoint of topology.interfaceEndpoints) {
      if (endpoint.vpc !== vpc) continue
      for (const name of endpoint.dnsNames) {
        for (const { addresses } of endpoint.interfaces) {
          for (const { address } of addresses) names.put(addressRecord(name, address, TTL_SECONDS.endpoint))
        }
      }
    }
  }

  /** AWS's own services: `s3.us-west-2.amazonaws.com`, `bucket.s3.us-west-2.amazonaws.com`, `logs.us-west-2.amazonaws.com`. */
  #serviceRecord(name: string): NameRecord | undefined {
    const topology = this.#topology
    if (!topology || !name.endsWith(`.${AWS_DOMAIN}`)) return undefined
    const labels = name.slice(0, -AWS_DOMAIN.length - 1).split('.')
    const service = labels.at(-1) === topology.region ? labels.at(-2) : labels.at(-1)
    if (service === undefined) return undefined
    const ranges = topology.serviceRanges.filter(({ block }) => block.version === 4)
    const range =
      ranges.find((candidate) => candidate.service.toLowerCase() === service) ??
      ranges.find((candidate) => candidate.service === 'AMAZON')
    return range && addressRecord(name, addressIn(range.block, name), TTL_SECONDS.aws)
  }

  /** Whether a name is the domain of others that exist: it exists as well then, without records (RFC 8020). */
  #isParent(name: string): boolean {
    return this.#added.hasBelow(name) || this.#public.hasBelow(name)
  }

  /** Whether a name is a registered domain of hosts that exist. */
  #isZone(name: string): boolean {
    return name.split('.').length === 2 && this.#isParent(name)
  }
}

/** Records by name, and the domains that have names below them. */
class NameTable {
  readonly #records = new Map<string, NameRecord[]>()
  readonly #domains = new Set<string>()

  put(record: NameRecord): void {
    const name = canonical(record.name)
    const stored = { ...record, name }
    const records = this.#records.get(name)
    if (records) {
      records.push(stored)
      return
    }
    this.#records.set(name, [stored])
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) this.#domains.add(name.slice(dot + 1))
  }

  get(name: string): readonly NameRecord[] {
    return this.#records.get(name) ?? []
  }

  hasBelow(name: string): boolean {
    return this.#domains.has(name)
  }
}

function addressRecord(name: string, address: IpAddress, ttl: number): NameRecord {
  const type = address.version === 4 ? DNS_TYPE.a : DNS_TYPE.aaaa
  return { name: canonical(name), type, class: DNS_CLASS.internet, ttl, data: { kind: 'address', address } }
}

function pointerRecord(address: IpAddress, target: string): NameRecord {
  return {
    name: reverseName(address),
    type: DNS_TYPE.ptr,
    class: DNS_CLASS.internet,
    ttl: TTL_SECONDS.pointer,
    data: { kind: 'name', name: canonical(target) },
  }
}

/** The name under which an address's own name is kept: `101.1.0.10.in-addr.arpa` (RFC 1035, 3.5; RFC 3596, 2.5). */
export function reverseName(address: IpAddress): string {
  if (address.version === 4) return `${address.toString().split('.').reverse().join('.')}.in-addr.arpa`
  const digits = [...address.toBytes()].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${[...digits].reverse().join('.')}.ip6.arpa`
}

function authorityOf(name: string): NameRecord {
  const labels = name.split('.')
  const zone = labels.slice(-2).join('.') || '.'
  return {
    name: zone,
    type: DNS_TYPE.soa,
    class: DNS_CLASS.internet,
    ttl: TTL_SECONDS.authority,
    data: {
      kind: 'soa',
      primaryServer: zone === '.' ? 'a.root-servers.net' : `ns1.${zone}`,
      mailbox: zone === '.' ? 'nstld.verisign-grs.com' : `hostmaster.${zone}`,
      serial: 2026010500,
      refresh: 7200,
      retry: 900,
      expire: 1_209_600,
      minimum: TTL_SECONDS.authority,
    },
  }
}

function zoneRecords(zone: string): readonly NameRecord[] {
  return [
    authorityOf(zone),
    ...['ns1', 'ns2'].map(
      (server): NameRecord => ({
        name: zone,
        type: DNS_TYPE.ns,
        class: DNS_CLASS.internet,
        ttl: TTL_SECONDS.host,
        data: { kind: 'name', name: `${server}.${zone}` },
      }),
    ),
  ]
}

/** An address of a block that belongs to a name: always the same, and neither the first nor the last. */
function addressIn(block: CidrBlock, name: string): IpAddress {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  const size = Math.min(block.size, 2 ** 32)
  return block.network.plus(size <= 2 ? 0 : 1 + ((hash >>> 0) % (size - 2)))
}

function dashed(address: IpAddress): string {
  return address.toString().replaceAll('.', '-')
}

/** Small letters, no dot at the end. */
function canonical(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') && lower.length > 1 ? lower.slice(0, -1) : lower
}
