import { FileError } from '../../files/file-error.ts'
import { resolvePath } from '../../files/path.ts'
import { toBytes, toText } from '../../kernel/bytes.ts'
import { readAll } from '../../kernel/open-path.ts'
import { type Program, type ProgramContext, print, printError } from '../../program.ts'
import { strftime } from '../../strftime.ts'
import type { Task } from '../../task.ts'
import { AddressNames } from '../net/resolve-host.ts'
import { type NmapOptions, readNmapOptions } from './nmap-options.ts'
import { grepableReport, hostReport, type ScannedHost } from './nmap-report.ts'
import { discover, type HostResult, scanPorts } from './port-scan.ts'
import { expandTarget, type ScanTarget } from './targets.ts'
import { detectVersion, type ServiceVersion } from './version-detection.ts'

const VERSION = '7.94SVN'

/**
 * `nmap [-sS|-sT|-sU|-sn|-sA|-sF|-sN|-sX|-sL] [-p ports|-F|--top-ports n] [-Pn] [-n] [-sV] [-A] … target …` (nmap 7.9).
 */
export const nmap: Program = function* (context) {
  if (context.args.includes('-V') || context.args.includes('--version')) {
    yield* print(context, `Nmap version ${VERSION} ( https://nmap.org )\n`)
    return 0
  }
  if (context.args.length === 0 || context.args.includes('-h') || context.args.includes('--help')) {
    yield* print(
      context,
      `Nmap ${VERSION} ( https://nmap.org )\nUsage: nmap [Scan Type(s)] [Options] {target specification}\n`,
    )
    return context.args.length === 0 ? 255 : 0
  }
  const options = readNmapOptions(context.args, context.process.user.id === 0)
  if ('message' in options) {
    yield* printError(context, options.message)
    return options.status
  }
  return yield* new NmapRun(context, options).run()
}

class NmapRun {
  readonly #context: ProgramContext
  readonly #options: NmapOptions
  readonly #names: AddressNames
  readonly #startMicroseconds: number
  #normal = ''
  #grepable = ''

  constructor(context: ProgramContext, options: NmapOptions) {
    this.#context = context
    this.#options = options
    this.#names = new AddressNames(context)
    this.#startMicroseconds = context.process.kernel.host.nowMicroseconds
  }

  *run(): Task<number> {
    const specifications = yield* this.#specifications()
    if (specifications === undefined) return 1
    const command = `nmap ${this.#context.args.join(' ')}`
    yield* this.#say(`Starting Nmap ${VERSION} ( https://nmap.org ) at ${this.#time('%Y-%m-%d %H:%M %Z')}\n`)
    const heading = `# Nmap ${VERSION} scan initiated ${this.#time('%a %b %e %H:%M:%S %Y')} as: ${command}\n`
    yield* this.#write(heading, heading)
    let count = 0
    let up = 0
    const excluded = new Set(yield* this.#excluded())
    for (const text of specifications) {
      const targets = yield* expandTarget(this.#context, text)
      if (typeof targets === 'string') {
        yield* this.#say(`${targets}\n`)
        continue
      }
      for (const target of targets) {
        if (excluded.has(target.address)) continue
        count += 1
        if (yield* this.#scan(target)) up += 1
      }
    }
    yield* this.#finish(count, up)
    return (yield* this.#saveFiles()) ? 0 : 1
  }

  *#specifications(): Task<readonly string[] | undefined> {
    const { inputFile, targets } = this.#options
    if (inputFile === undefined) return targets
    try {
      const text = toText(yield* readAll(this.#context.process, inputFile === '-' ? '/dev/stdin' : inputFile))
      return [
        ...targets,
        ...text
          .replace(/#.*/g, '')
          .split(/\s+/)
          .filter((word) => word !== ''),
      ]
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* printError(this.#context, `Failed to open input file ${inputFile} for reading: ${error.message} (2)\n`)
      return undefined
    }
  }

  *#excluded(): Task<string[]> {
    const addresses: string[] = []
    for (const text of this.#options.excluded) {
      const targets = yield* expandTarget(this.#context, text)
      if (typeof targets !== 'string') addresses.push(...targets.map((target) => target.address))
    }
    return addresses
  }

  /** Scans a host and reports it; whether it is up. */
  *#scan(target: ScanTarget): Task<boolean> {
    const { kind, skipsDiscovery, names, openOnly } = this.#options
    let host: HostResult = { isUp: true, reason: 'user-set', latencyMicroseconds: undefined }
    if (kind !== 'list' && !skipsDiscovery) host = yield* discover(this.#context, target.address)
    if (!host.isUp) {
      if (this.#options.verbosity > 0)
        yield* this.#write(`Nmap scan report for ${target.name ?? target.address} [host down]\n`, '')
      return false
    }
    const asksName = names !== 'never'
    const reverseName = asksName ? yield* this.#names.nameOf(target.address) : undefined
    const hasPorts = kind !== 'ping' && kind !== 'list'
    const ports = hasPorts
      ? yield* scanPorts(this.#context, this.#options, target.address, host.latencyMicroseconds)
      : []
    const versions = new Map<number, ServiceVersion>()
    if (this.#options.detectsVersions && kind !== 'udp') {
      for (const { port, state } of ports) {
        const version = state === 'open' ? yield* detectVersion(this.#context, target.address, port) : undefined
        if (version) versions.set(port, version)
      }
    }
    const scanned: ScannedHost = { target, host, reverseName, ports, versions }
    const report = hostReport(scanned, this.#options)
    yield* this.#write(report, report === '' && openOnly ? '' : grepableReport(scanned, this.#options))
    if (this.#options.detectsSystem && hasPorts)
      yield* this.#write('Too many fingerprints match this host to give specific OS details\n\n', '')
    return kind !== 'list'
  }

  *#finish(count: number, up: number): Task {
    const { kind, detectsVersions, detectsSystem, skipsDiscovery } = this.#options
    if (count === 0) yield* this.#say('WARNING: No targets were specified, so 0 hosts scanned.\n')
    if (count === 1 && up === 0 && kind !== 'list' && !skipsDiscovery) {
      yield* this.#say('Note: Host seems down. If it is really up, but blocking our ping probes, try -Pn\n')
    }
    const what = [detectsSystem ? 'OS' : '', detectsVersions ? 'Service' : ''].filter((part) => part !== '')
    if (what.length > 0 && up > 0) {
      yield* this.#say(
        `${what.join(' and ')} detection performed. Please report any incorrect results at https://nmap.org/submit/ .\n`,
      )
    }
    const seconds = (this.#context.process.kernel.host.nowMicroseconds - this.#startMicroseconds) / 1_000_000
    const scanned = `${count} IP address${count === 1 ? '' : 'es'} (${up} host${up === 1 ? '' : 's'} up) scanned in ${seconds.toFixed(2)} seconds`
    yield* this.#say(`Nmap done: ${scanned}\n`)
    const ending = `# Nmap done at ${this.#time('%a %b %e %H:%M:%S %Y')} -- ${scanned}\n`
    yield* this.#write(ending, ending)
  }

  /** What stands on the terminal alone; nothing where a report takes its place. */
  *#say(text: string): Task {
    const { normalOutput, grepOutput } = this.#options
    if (normalOutput !== '-' && grepOutput !== '-') yield* print(this.#context, text)
  }

  /** What stands in the reports: the normal one is also the terminal's. */
  *#write(normal: string, grepable: string): Task {
    const { normalOutput, grepOutput } = this.#options
    const isComment = normal.startsWith('#')
    if (grepOutput === '-') yield* print(this.#context, grepable)
    else if (normalOutput === '-' || !isComment) yield* print(this.#context, normal)
    this.#normal += normal
    this.#grepable += grepable
  }

  *#saveFiles(): Task<boolean> {
    const { normalOutput, grepOutput } = this.#options
    for (const [path, text] of [[normalOutput, this.#normal] as const, [grepOutput, this.#grepable] as const]) {
      if (path === undefined || path === '-') continue
      try {
        const { fileSystem } = this.#context.process.kernel
        fileSystem.write(resolvePath(this.#context.process.directory, path), toBytes(text))
      } catch (error) {
        if (!(error instanceof FileError)) throw error
        yield* printError(this.#context, `Failed to open output file ${path} for writing: ${error.message}\n`)
        return false
      }
    }
    return true
  }

  #time(format: string): string {
    const { clockMicroseconds } = this.#context.process.kernel.host
    return strftime(format, clockMicroseconds, this.#context.environment.get('TZ'))
  }
}
