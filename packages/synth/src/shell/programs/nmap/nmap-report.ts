import { serviceName } from '../net/service-names.ts'
import type { NmapOptions } from './nmap-options.ts'
import type { HostResult, PortResult } from './port-scan.ts'
import type { ScanTarget } from './targets.ts'
import type { ServiceVersion } from './version-detection.ts'

/** States with more ports than this are only counted. */
const LISTED_PORTS = 25

/** A scanned host. */
export interface ScannedHost {
  readonly target: ScanTarget
  readonly host: HostResult
  /** Its name by reverse lookup. */
  readonly reverseName: string | undefined
  readonly ports: readonly PortResult[]
  readonly versions: ReadonlyMap<number, ServiceVersion>
}

/** The report about one host; empty where nothing is to be shown. */
export function hostReport(scanned: ScannedHost, options: NmapOptions): string {
  const { host, ports } = scanned
  const hasPorts = !['ping', 'list'].includes(options.kind)
  if (options.openOnly && hasPorts && !ports.some((port) => port.state.startsWith('open'))) return ''
  let text = `Nmap scan report for ${shownName(scanned)}\n`
  if (options.kind === 'list') return text
  const reason = options.showsReason ? `, received ${host.reason}` : ''
  const latency =
    host.latencyMicroseconds === undefined ? '' : ` (${significant(host.latencyMicroseconds / 1_000_000)}s latency)`
  text += `Host is up${reason}${latency}.\n`
  if (scanned.target.others.length > 0) {
    text += `Other addresses for ${scanned.target.name} (not scanned): ${scanned.target.others.join(' ')}\n`
  }
  if (
    scanned.target.name !== undefined &&
    scanned.reverseName !== undefined &&
    scanned.reverseName !== scanned.target.name
  ) {
    text += `rDNS record for ${scanned.target.address}: ${scanned.reverseName}\n`
  }
  return hasPorts ? text + portTable(scanned, options) : text
}

/** `name (address)`, or the address alone. */
export function shownName({ target, reverseName }: ScannedHost): string {
  const name = target.name ?? reverseName
  return name === undefined ? target.address : `${name} (${target.address})`
}

function portTable(scanned: ScannedHost, options: NmapOptions): string {
  const protocol = options.kind === 'udp' ? 'udp' : 'tcp'
  const counts = new Map<string, PortResult[]>()
  for (const port of scanned.ports) counts.set(port.state, [...(counts.get(port.state) ?? []), port])
  const ignored = [...counts].filter(([state, ports]) => state !== 'open' && ports.length > LISTED_PORTS)
  ignored.sort((a, b) => b[1].length - a[1].length)
  const hidden = new Set(ignored.map(([state]) => state))
  const listed = scanned.ports.filter(
    (port) => !hidden.has(port.state) && (!options.openOnly || port.state.startsWith('open')),
  )
  const notShown = ignored.flatMap(([state, ports]) => byReason(state, ports, protocol))
  if (options.openOnly) {
    const closed = scanned.ports.filter((port) => !hidden.has(port.state) && !port.state.startsWith('open'))
    for (const state of new Set(closed.map((port) => port.state))) {
      notShown.push(
        ...byReason(
          state,
          closed.filter((port) => port.state === state),
          protocol,
        ),
      )
    }
  }
  let text = ''
  if (listed.length === 0) {
    text += `All ${scanned.ports.length} scanned ports on ${shownName(scanned)} are in ignored states.\n`
  }
  if (notShown.length > 0) text += `Not shown: ${notShown.join(', ')}\n`
  if (listed.length === 0) return `${text}\n`
  const rows = [
    [
      'PORT',
      'STATE',
      'SERVICE',
      ...(options.showsReason ? ['REASON'] : []),
      ...(options.detectsVersions ? ['VERSION'] : []),
    ],
  ]
  for (const result of listed) {
    const version = scanned.versions.get(result.port)
    const row = [
      `${result.port}/${protocol}`,
      result.state,
      version?.name ?? serviceName(result.port, protocol) ?? 'unknown',
    ]
    if (options.showsReason)
      row.push(result.hopLimit === undefined ? result.reason : `${result.reason} ttl ${result.hopLimit}`)
    if (options.detectsVersions) row.push(version?.version ?? '')
    rows.push(row)
  }
  return `${text}${notShown.length > 0 ? '' : '\n'}${table(rows)}\n`
}

function byReason(state: string, ports: readonly PortResult[], protocol: string): string[] {
  const reasons = new Map<string, number>()
  for (const port of ports) reasons.set(port.reason, (reasons.get(port.reason) ?? 0) + 1)
  return [...reasons].map(
    ([reason, count]) => `${count} ${state} ${protocol} port${count === 1 ? '' : 's'} (${reason})`,
  )
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 1)))
          .join('')
          .trimEnd()}\n`,
    )
    .join('')
}

/** A number with two digits that count, without an exponent. */
function significant(value: number): string {
  if (value <= 0) return '0.0'
  const decimals = Math.max(1, 1 - Math.floor(Math.log10(value)))
  return value.toFixed(decimals)
}

/** The host's lines of `-oG`. */
export function grepableReport(scanned: ScannedHost, options: NmapOptions): string {
  const protocol = options.kind === 'udp' ? 'udp' : 'tcp'
  const start = `Host: ${scanned.target.address} (${scanned.reverseName ?? scanned.target.name ?? ''})`
  if (options.kind === 'list') return `${start}\tStatus: Unknown\n`
  let text = `${start}\tStatus: Up\n`
  if (options.kind === 'ping') return text
  const counts = new Map<string, number>()
  for (const { state } of scanned.ports) counts.set(state, (counts.get(state) ?? 0) + 1)
  const ignored = [...counts]
    .filter(([state, count]) => state !== 'open' && count > LISTED_PORTS)
    .sort((a, b) => b[1] - a[1])[0]
  const listed = scanned.ports.filter(
    (port) => port.state !== ignored?.[0] && (!options.openOnly || port.state.startsWith('open')),
  )
  const cells = listed.map((port) => {
    const version = scanned.versions.get(port.port)
    return `${port.port}/${port.state}/${protocol}//${version?.name ?? serviceName(port.port, protocol) ?? ''}//${(version?.version ?? '').replaceAll('/', '|')}/`
  })
  const rest = ignored ? `\tIgnored State: ${ignored[0]} (${ignored[1]})` : ''
  text += `${start}${cells.length > 0 ? `\tPorts: ${cells.join(', ')}` : '\tStatus: Up'}${rest}\n`
  return text
}
