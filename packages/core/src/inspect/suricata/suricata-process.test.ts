import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EveEvent } from '../eve-event.ts'
import type { InspectedFrame } from '../inspector.ts'
import { findSuricata } from './find-suricata.ts'
import { SuricataBatch } from './suricata-batch.ts'
import { SuricataInspector, type SuricataInspectorOptions } from './suricata-inspector.ts'
import type { SpawnSuricata } from './suricata-process.ts'

// Failures of a Suricata that is played by Node: it says its version, then does what a test wants. `folder` is where eve.json belongs.

const FRAME: InspectedFrame = {
  number: 1,
  linkType: 1,
  timeSeconds: 1_700_000_000,
  timeNanoseconds: 0,
  data: new Uint8Array(60),
  originalLength: 60,
}

function playing(script: string, version = 'This is Suricata version 7.0.10 RELEASE'): SpawnSuricata {
  return (_command, args, options) => {
    const folder = args[args.indexOf('-l') + 1] ?? ''
    const play = args.includes('-V') ? `console.log(${JSON.stringify(version)})` : script
    const start = `const folder = ${JSON.stringify(folder)}; const { writeFileSync } = require('node:fs');`
    return spawn(process.execPath, ['-e', start + play], options)
  }
}

/** A line as Suricata writes it to its console. */
const says = (level: string, message: string): string =>
  `console.error(JSON.stringify({ log_level: '${level}', engine: { message: ${JSON.stringify(message)} } }));`

let temporaryFolder = ''
beforeEach(() => {
  temporaryFolder = mkdtempSync(join(tmpdir(), 'flowtap-test-'))
})
afterEach(() => {
  const left = readdirSync(temporaryFolder)
  rmSync(temporaryFolder, { recursive: true, force: true })
  expect(left).toEqual([])
})

async function inspect(
  spawnSuricata: SpawnSuricata,
  options: Partial<SuricataInspectorOptions> = {},
): Promise<readonly string[]> {
  const types: string[] = []
  const onEvent = ({ event_type }: EveEvent): void => void types.push(event_type)
  const inspector = await SuricataInspector.open({ spawn: spawnSuricata, temporaryFolder, ...options, onEvent })
  inspector.push(FRAME)
  await inspector.end()
  return types
}

describe('the command', () => {
  it('is missing', async () => {
    const missing = findSuricata({ command: '/nowhere/suricata' })
    await expect(missing).rejects.toMatchObject({ code: 'not-installed' })
    await expect(missing).rejects.toThrow(/"\/nowhere\/suricata" was not found; install Suricata 7 or newer/)
  })

  it('is no program', async () => {
    const command = join(temporaryFolder, 'suricata')
    writeFileSync(command, 'text', { mode: 0o600 })
    await expect(findSuricata({ command })).rejects.toThrow('may not be executed')
    rmSync(command)
  })

  it('has a version', async () => {
    const found = await findSuricata({ spawn: playing('', 'This is Suricata version 8.0.1-dev (abc 2025)') })
    expect(found).toEqual({ command: 'suricata', version: '8.0.1-dev' })
    const old = findSuricata({ spawn: playing('', 'This is Suricata version 6.0.10 RELEASE') })
    await expect(old).rejects.toThrow('is Suricata 6.0.10, and 7 or newer is needed')
    const other = findSuricata({ spawn: playing('', 'GNU bash') })
    await expect(other).rejects.toThrow('"suricata -V" gave "GNU bash"')
  })
})

describe('a Suricata that fails', () => {
  it('crashes: its whole events come first', async () => {
    const events: string[] = []
    const crash = `writeFileSync(folder + '/eve.json', '{"event_type":"flow"}\\n{"event_type":"al'); process.kill(process.pid, 'SIGSEGV')`
    const ended = inspect(playing(crash), { onEvent: () => {} })
    await expect(ended).rejects.toMatchObject({
      code: 'failed',
      message: 'Suricata ended by signal SIGSEGV and said nothing',
    })
    const inspector = await SuricataInspector.open({
      spawn: playing(crash),
      temporaryFolder,
      onEvent: ({ event_type }) => void events.push(event_type),
    })
    inspector.push(FRAME)
    await expect(inspector.end()).rejects.toThrow('SIGSEGV')
    expect(events).toEqual(['flow'])
    expect(() => inspector.push(FRAME)).toThrow('the inspector has ended')
  })

  it('ends with an exit code and its reason', async () => {
    const play = `${says('Notice', 'hello')}${says('Error', 'no memory left')}process.exitCode = 3`
    await expect(inspect(playing(play))).rejects.toThrow('Suricata ended with exit code 3: no memory left')
  })

  it('writes half a line and ends well', async () => {
    const play = `writeFileSync(folder + '/eve.json', '{"event_type":"flow"}\\n\\n{"event_type":"al')`
    await expect(inspect(playing(play))).rejects.toMatchObject({ code: 'broken-output' })
    await expect(inspect(playing(play))).rejects.toThrow(`line 3 of Suricata's eve.json is no event: {"event_type":"al`)
    await expect(inspect(playing(`writeFileSync(folder + '/eve.json', '7\\n')`))).rejects.toThrow('line 1')
  })

  it('writes nothing at all', async () => {
    await expect(inspect(playing(''))).rejects.toThrow('Suricata wrote no eve.json')
  })

  it('writes types of events that nobody knows', async () => {
    const play = `writeFileSync(folder + '/eve.json', '{"event_type":"new"}\\n{"event_type":"stats"}')`
    expect(await inspect(playing(play))).toEqual(['new', 'stats'])
  })

  it('hangs', async () => {
    const ended = inspect(playing('setInterval(() => {}, 1000)'), { timeoutMilliseconds: 1500 })
    await expect(ended).rejects.toMatchObject({ code: 'timed-out' })
  })

  it('waits for a capture that it cannot read, and is not waited for', async () => {
    const play =
      says('Error', 'datalink type 276 not (yet) supported in module PcapFile.') +
      `${says('Error', 'pcap file reader thread failed to initialize')}setInterval(() => {}, 1000)`
    await expect(inspect(playing(play))).rejects.toMatchObject({ code: 'bad-capture' })
  })

  it('is aborted', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const inspector = await SuricataInspector.open({
      spawn: playing('setInterval(() => {}, 1000)'),
      temporaryFolder,
      signal,
      onEvent: () => {},
    })
    inspector.push(FRAME)
    const ended = inspector.end()
    controller.abort()
    await expect(ended).rejects.toMatchObject({ code: 'aborted' })
    await expect(findSuricata({ signal })).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('a batch whose Suricata fails', () => {
  const SERVER = `
    const path = process.argv[1]
    require('node:net').createServer((socket) => socket.on('data', (data) => {
      const { command } = JSON.parse(data)
      if (command === DIES) process.exit(9)
      if (command === 'shutdown') process.exit(0)
      const message = command === 'pcap-file-list' ? { count: 1, files: [global.file] } : 'None'
      if (command === 'pcap-file') global.file = JSON.parse(data).arguments.filename
      socket.write(JSON.stringify({ return: command === REFUSES ? 'NOK' : 'OK', message }) + '\\n')
    })).listen(path)`

  function server(dies: string, refuses = ''): SpawnSuricata {
    const constants = `const DIES = '${dies}'; const REFUSES = '${refuses}';`
    return (command, args, options) => {
      const socket = args.find((arg) => arg.startsWith('--unix-socket='))
      if (socket === undefined) return playing('')(command, args, options)
      return spawn(process.execPath, ['-e', constants + SERVER, socket.slice('--unix-socket='.length)], options)
    }
  }

  it('does not start', async () => {
    const play = playing(`if (folder) process.exitCode = 1;${says('Error', 'no such thing')}`)
    await expect(SuricataBatch.start({ spawn: play, temporaryFolder })).rejects.toThrow('no such thing')
  })

  it('dies', async () => {
    const batch = await SuricataBatch.start({ spawn: server('pcap-file-list'), temporaryFolder })
    await expect(batch.inspectFile('a.pcap', () => {})).rejects.toThrow('Suricata ended with exit code 9')
    await expect(batch.inspectFile('a.pcap', () => {})).rejects.toThrow('Suricata ended with exit code 9')
    await batch.close()
  })

  it('refuses a command', async () => {
    const batch = await SuricataBatch.start({ spawn: server('', 'pcap-file'), temporaryFolder })
    await expect(batch.inspectFile('a.pcap', () => {})).rejects.toThrow('Suricata refused the command')
    await batch.close()
    await batch.close()
  })

  it('hangs with a capture', async () => {
    const options = { spawn: server(''), temporaryFolder, timeoutMilliseconds: 3000 }
    const batch = await SuricataBatch.start(options)
    await expect(batch.inspectFile('a.pcap', () => {})).rejects.toMatchObject({ code: 'timed-out' })
    await batch.close()
  })
})
