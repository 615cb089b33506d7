import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

// A real OpenSearch for tests: its files come from Maven's registry once, and it listens on loopback.

const VERSION = '2.19.1.0'
const MAVEN = 'mvn'
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const CACHE = here('../../../../node_modules/.cache/flowtap/opensearch')
const START_MILLISECONDS = 120_000
const STOP_MILLISECONDS = 20_000

/** OpenSearch 2 needs Java 11 to 23: Java 24 has no security manager any more (JEP 486). */
const JAVA = { first: 17, last: 23 }

function javaCommand(): string {
  const home = process.env.JAVA_HOME
  return home === undefined ? 'java' : join(home, 'bin', 'java')
}

/** Why there can be no OpenSearch here; undefined where there can be one. */
export function opensearchAbsence(): string | undefined {
  const java = spawnSync(javaCommand(), ['-version'], { encoding: 'utf8' })
  const version = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1])
  if (!(version >= JAVA.first && version <= JAVA.last)) {
    return `Java ${JAVA.first} to ${JAVA.last} is needed (apt-get install openjdk-17-jdk-headless, or set JAVA_HOME)`
  }
  if (!existsSync(join(CACHE, VERSION)) && spawnSync(MAVEN, ['--version']).status !== 0) {
    return 'Maven is needed to fetch OpenSearch: apt-get install maven'
  }
  return undefined
}

/** The folder of OpenSearch's jars, fetched where they are not there yet. */
function jars(): string {
  const folder = join(CACHE, VERSION)
  if (existsSync(folder)) return folder
  mkdirSync(CACHE, { recursive: true })
  const part = mkdtempSync(join(CACHE, 'part-'))
  const fetched = spawnSync(
    MAVEN,
    [
      ...['-q', '-B', '-ntp', '-f', here('./pom.xml')],
      'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
      ...[`-DoutputDirectory=${part}`, '-DincludeScope=runtime'],
    ],
    { encoding: 'utf8', timeout: 600_000 },
  )
  if (fetched.status !== 0) {
    rmSync(part, { recursive: true })
    throw new Error(`Maven could not fetch OpenSearch: ${fetched.stdout}${fetched.stderr}`)
  }
  renameSync(part, folder)
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || !address) throw new Error('no port is free')
  return address.port
}

/** A node that can be killed and started again, with the data that it had. */
export class OpenSearchNode {
  readonly url: string
  readonly #ports: readonly [http: number, transport: number]
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor(ports: readonly [number, number], folder: string) {
    this.#ports = ports
    this.#folder = folder
    this.url = `http://127.0.0.1:${ports[0]}`
  }

  static async create(): Promise<OpenSearchNode> {
    const ports = [await freePort(), await freePort()] as const
    return new OpenSearchNode(ports, mkdtempSync(join(tmpdir(), 'flowtap-opensearch-')))
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const classPath = `${jars()}/*`
    const node = spawn(
      javaCommand(),
      ['-Xmx768m', '-cp', classPath, here('./OpenSearchNode.java'), ...this.#ports.map(String), this.#folder],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.#process = node
    const said: string[] = []
    createInterface({ input: node.stderr }).on('line', (line) => said.push(line))
    const lines = createInterface({ input: node.stdout })
    const late = AbortSignal.timeout(START_MILLISECONDS)
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string): void => reject(new Error(`OpenSearch ${reason}: ${said.slice(-20).join('\n')}`))
      lines.on('line', (line) => (line === 'ready' ? resolve() : said.push(line)))
      node.on('error', (error) => fail(`cannot be started: ${error.message}`))
      node.on('exit', (code) => fail(`ended with exit code ${code}`))
      late.addEventListener('abort', () => fail(`was not ready in ${START_MILLISECONDS / 1000} s`))
    })
  }

  /** Ends it: at once with SIGKILL, as a machine that loses its power, or in order. */
  async stop(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    const node = this.#process
    this.#process = undefined
    if (!node || node.exitCode !== null || node.signalCode !== null) return
    const ended = once(node, 'exit')
    node.kill(signal)
    const timer = setTimeout(() => node.kill('SIGKILL'), STOP_MILLISECONDS)
    await ended
    clearTimeout(timer)
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
