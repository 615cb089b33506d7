import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EveEvent } from '../../src/inspect/eve-event.ts'
import { findSuricata } from '../../src/inspect/suricata/find-suricata.ts'
import { suricataLiveArguments } from '../../src/inspect/suricata/live-arguments.ts'
import { SuricataBatch } from '../../src/inspect/suricata/suricata-batch.ts'
import { SuricataFolder } from '../../src/inspect/suricata/suricata-folder.ts'
import { SuricataInspector, type SuricataInspectorOptions } from '../../src/inspect/suricata/suricata-inspector.ts'
import type { SpawnSuricata } from '../../src/inspect/suricata/suricata-process.ts'
import { SuricataStream } from '../../src/inspect/suricata/suricata-stream.ts'
import { requireSuricata, suricataIsPresent } from '../../src/inspect/testing/real-suricata.ts'
import { framesOf } from './frames-of.ts'
import { requireScapy } from './scapy.ts'
import { scapyCaptures, scapyIsPresent } from './scapy-captures.ts'

// The real Suricata on live frames, on an interface, in a container (whose engine is a stand-in), and without rights.

requireSuricata()
requireScapy()

const RULES = [
  {
    file: 'test.rules',
    text: `alert tcp any any -> any any (msg:"any packet"; flow:established; sid:4;)
alert http any any -> any any (msg:"uri"; http.uri; content:"/"; sid:1;)
`,
  },
]

/** Events without what is drawn, in an order of their own. */
function comparable(events: readonly EveEvent[]): readonly string[] {
  return events
    .filter(({ event_type: type }) => type !== 'stats')
    .map((event) => {
      const { flow_id: _, ...rest } = event as EveEvent & { flow_id?: number }
      return JSON.stringify(rest)
    })
    .sort()
}

describe.skipIf(!suricataIsPresent || !scapyIsPresent)('the real Suricata', () => {
  const captures = suricataIsPresent ? scapyCaptures('./captures.py') : new Map<string, Uint8Array>()
  const capture = (name: string): Uint8Array => captures.get(name) ?? new Uint8Array()
  let temporaryFolder = ''
  beforeAll(() => {
    temporaryFolder = mkdtempSync(join(tmpdir(), 'flowtap-test-'))
  })
  afterAll(() => {
    const left = readdirSync(temporaryFolder)
    rmSync(temporaryFolder, { recursive: true, force: true })
    expect(left).toEqual([])
  })

  async function eventsOf(
    name: string,
    open: (options: SuricataInspectorOptions) => Promise<SuricataInspector | SuricataStream>,
    options: Partial<SuricataInspectorOptions> = {},
  ): Promise<readonly EveEvent[]> {
    const events: EveEvent[] = []
    const inspector = await open({
      rules: RULES,
      temporaryFolder,
      onEvent: (event) => void events.push(event),
      ...options,
    })
    try {
      for (const frame of framesOf(capture(name))) await inspector.push(frame)
      await inspector.end()
    } finally {
      await inspector.close()
    }
    return events
  }

  it('gives the same events of frames that come through a pipe as of a capture', async () => {
    for (const name of ['http-simple', 'tls12', 'fragments', 'vxlan', 'vlan']) {
      const piped = await eventsOf(name, SuricataStream.open)
      expect(comparable(piped), name).toEqual(comparable(await eventsOf(name, SuricataInspector.open)))
      expect(piped.length, name).toBeGreaterThan(2)
    }
  })

  it('gives events while frames come', async () => {
    const types: string[] = []
    const inspector = await SuricataStream.open({
      temporaryFolder,
      onEvent: ({ event_type: type }) => void types.push(type),
    })
    for (const frame of framesOf(capture('dns-udp'))) await inspector.push(frame)
    for (let tries = 0; tries < 200 && !types.includes('dns'); tries += 1) await delay(50)
    expect(types).toContain('dns')
    expect(types).not.toContain('stats')
    await inspector.end()
    expect(types).toContain('stats')
  })

  it.each([
    ['a capture', SuricataInspector.open],
    ['a pipe', SuricataStream.open],
  ])('waits for each event to be taken: %s', async (_, open) => {
    let taken = 0
    let most = 0
    let underWay = 0
    await eventsOf('http-simple', open, {
      onEvent: async () => {
        underWay += 1
        most = Math.max(most, underWay)
        await delay(5)
        underWay -= 1
        taken += 1
      },
    })
    expect(taken).toBeGreaterThan(3)
    expect([most, underWay]).toEqual([1, 0])
    const full = eventsOf('http-simple', open, { onEvent: () => Promise.reject(new Error('the disk is full')) })
    await expect(full).rejects.toThrow('the disk is full')
  })

  it('checks rules before frames come, and ends without frames', async () => {
    const wrong = [{ file: 'wrong.rules', text: 'alert nosuch any any -> any any (sid:3;)\n' }]
    const refused = SuricataStream.open({ rules: wrong, temporaryFolder, onEvent: () => undefined })
    await expect(refused).rejects.toThrow('wrong.rules:1: ')
    const empty = await SuricataStream.open({ temporaryFolder, onEvent: () => expect.fail('no frames, no events') })
    await empty.end()
    const left = await SuricataStream.open({ temporaryFolder, onEvent: () => undefined })
    for (const frame of framesOf(capture('http-simple'))) await left.push(frame)
    await left.close()
  })

  it('says so when Suricata ends while frames come', async () => {
    const children: ReturnType<SpawnSuricata>[] = []
    const inspector = await SuricataStream.open({
      temporaryFolder,
      onEvent: () => undefined,
      spawn: (...call) => {
        const child = spawn(...call)
        children.push(child)
        return child
      },
    })
    const [frame] = framesOf(capture('http-simple'))
    if (!frame) return expect.fail('the capture is empty')
    await inspector.push(frame)
    // Not by the handle, from which it would look as if time was up.
    process.kill(children.at(-1)?.pid ?? 0, 'SIGKILL')
    const pushAgain = async (): Promise<void> => {
      for (let tries = 0; tries < 100; tries += 1) {
        await inspector.push(frame)
        await delay(20)
      }
    }
    await expect(pushAgain()).rejects.toMatchObject({ code: 'failed', message: /by signal SIGKILL/ })
    await inspector.close()
  })

  const isRoot = process.getuid?.() === 0
  it.skipIf(!isRoot)('listens to loopback by a filter (root alone may)', async () => {
    const folder = await SuricataFolder.make({ temporaryFolder })
    const port = 40_000 + (process.pid % 10_000)
    const args = suricataLiveArguments({
      configuration: folder.configuration,
      folder: folder.path,
      interface: 'lo',
      filter: `udp port ${port}`,
    })
    const suricata = spawn('suricata', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [suricata.stdout, suricata.stderr]) stream.on('data', (text) => (said += String(text)))
    const ended = new Promise((resolve) => suricata.on('close', resolve))
    try {
      for (let tries = 0; tries < 400 && !said.includes('Engine started'); tries += 1) await delay(25)
      const { createSocket } = await import('node:dgram')
      const client = createSocket('udp4')
      // The second one is not in the filter.
      for (const to of [port, port + 1]) {
        await new Promise((resolve) => client.send('hello', to, '127.0.0.1', resolve))
      }
      client.close()
      await delay(1000)
      suricata.kill('SIGTERM')
      expect(await ended).toBe(0)
      const events = readFileSync(join(folder.path, 'eve.json'), 'utf8').trimEnd().split('\n')
      const flows = events.map((line) => JSON.parse(line)).filter(({ event_type: type }) => type === 'flow')
      expect(flows.map(({ dest_ip: to, dest_port: at }) => [to, at])).toEqual([['127.0.0.1', port]])
    } finally {
      suricata.kill('SIGKILL')
      await ended
      await folder.remove()
    }
  })

  it.skipIf(!isRoot)('needs no rights for a batch (root alone can try)', async () => {
    const nobody = 65_534
    const folder = mkdtempSync(join(tmpdir(), 'flowtap-nobody-'))
    chmodSync(folder, 0o777)
    const path = join(folder, 'capture.pcap')
    writeFileSync(path, capture('http-simple'))
    const ids: (number | undefined)[] = []
    const mask = process.umask(0)
    try {
      const batch = await SuricataBatch.start({
        rules: RULES,
        temporaryFolder: folder,
        spawn: (command, args, options) => {
          // What a run of this test as nobody would own.
          const own = args[args.indexOf('-l') + 1]
          if (own !== undefined && args.includes('-l')) chmodSync(own, 0o777)
          ids.push(nobody)
          return spawn(command, args, { ...options, uid: nobody, gid: nobody })
        },
      })
      const events: EveEvent[] = []
      await batch.inspectFile(path, (event) => void events.push(event))
      await batch.close()
      expect(comparable(events)).toEqual(comparable(await eventsOf('http-simple', SuricataInspector.open)))
    } finally {
      process.umask(mask)
      rmSync(folder, { recursive: true })
    }
    expect(ids.length).toBe(3)
  })

  it('ends what passes the capture on, where Suricata is stopped before it reads', async () => {
    const command = join(temporaryFolder, 'slow-suricata')
    writeFileSync(command, '#!/bin/sh\ncase "$*" in *" -r "*) exec sleep 60 ;; esac\nexec suricata "$@"\n', {
      mode: 0o755,
    })
    const controller = new AbortController()
    const { signal } = controller
    const inspector = await SuricataStream.open({ temporaryFolder, command, signal, onEvent: () => undefined })
    const [frame] = framesOf(capture('http-simple'))
    if (frame) await inspector.push(frame)
    await delay(200)
    controller.abort()
    await expect(inspector.end()).rejects.toMatchObject({ code: 'aborted' })
    rmSync(command)
  })

  describe('in a container', () => {
    let bin = ''
    const path = process.env.PATH
    /** The stand-in for Docker's client keeps its arguments and runs the local Suricata with those of the image. */
    const DOCKER = `#!/bin/sh
printf '%s\\n' "$*" >>"$0.log"
[ "$1" = run ] || exit 0
while [ "$1" != --entrypoint ]; do shift; done
[ "$3" = absent ] && { echo "No such image: absent" >&2; exit 125; }
command=$2; shift 3
exec "$command" "$@"
`
    beforeAll(() => {
      bin = mkdtempSync(join(tmpdir(), 'flowtap-docker-'))
      writeFileSync(join(bin, 'docker'), DOCKER, { mode: 0o755 })
      process.env.PATH = `${bin}${delimiter}${path}`
    })
    afterAll(() => {
      process.env.PATH = path
      rmSync(bin, { recursive: true, force: true })
    })

    it('runs the image without a network, with the folder alone', async () => {
      expect(spawnSync('docker', ['kill', 'x']).status).toBe(0)
      const container = { image: 'registry.example/suricata:7' }
      const installed = await eventsOf('http-simple', SuricataInspector.open)
      expect(comparable(await eventsOf('http-simple', SuricataInspector.open, { container }))).toEqual(
        comparable(installed),
      )
      expect(comparable(await eventsOf('http-simple', SuricataStream.open, { container }))).toEqual(
        comparable(installed),
      )
      const runs = readFileSync(join(bin, 'docker.log'), 'utf8').trimEnd().split('\n').slice(1)
      expect(runs.length).toBe(5)
      for (const run of runs) {
        expect(run).toMatch(/^run --rm --pull never --network none /)
        expect(run).toContain(' --entrypoint suricata registry.example/suricata:7 ')
        const folder = / -l (\S+)/.exec(run)?.[1]
        if (folder !== undefined) expect(run).toContain(` --volume ${folder}:${folder} `)
        else expect(run).toMatch(/ -V$/)
      }
    })

    it('ends the container with Docker’s client', async () => {
      writeFileSync(join(bin, 'docker.log'), '')
      const controller = new AbortController()
      const options = { container: {}, signal: controller.signal }
      const inspector = await SuricataStream.open({ temporaryFolder, onEvent: () => undefined, ...options })
      const [frame] = framesOf(capture('http-simple'))
      if (frame) await inspector.push(frame)
      controller.abort()
      await expect(inspector.end()).rejects.toMatchObject({ code: 'aborted' })
      const log = (): string => readFileSync(join(bin, 'docker.log'), 'utf8')
      for (let tries = 0; tries < 100 && !log().includes('\nkill '); tries += 1) await delay(20)
      const name = / --name (\S+) /.exec(log())?.[1]
      expect(log()).toContain(`\nkill ${name}\n`)
    })

    it('says what is missing: Docker, or the image', async () => {
      const absent = findSuricata({ container: { image: 'absent' } })
      await expect(absent).rejects.toMatchObject({ code: 'not-installed', message: /docker pull absent/ })
      const noDocker = findSuricata({ container: { command: join(bin, 'nothing') } })
      await expect(noDocker).rejects.toMatchObject({ code: 'not-installed', message: /needs Docker/ })
    })
  })
})
