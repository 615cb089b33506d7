import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildEmulatorProgram, type EmulatorProgram, startEmulatorProcess } from './emulator-process.ts'

const CLIENTS = 64
const SECONDS = 10
const BODY = Buffer.alloc(1024, 'x')
/** Of moto server on the machine where it was measured, with 64 clients and objects of 1 KB: operations a second. */
const MOTO = { put: 180, get: 221 }

let program: EmulatorProgram
let folder: string
beforeAll(async () => {
  program = await buildEmulatorProgram()
  folder = await mkdtemp(join(tmpdir(), 'flowtap-load-'))
})
afterAll(async () => {
  await program.remove()
  await rm(folder, { recursive: true, force: true })
})

describe.each([['memory'], ['a data folder']])('64 clients of an emulator that keeps objects in %s', (place) => {
  it('are served without an error, and its memory does not grow', async () => {
    const emulator = await startEmulatorProcess(program, place === 'memory' ? undefined : folder)
    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
    const call = (method: string, path: string, body?: Uint8Array): Promise<void> =>
      new Promise((resolve, reject) => {
        const headers = body ? { 'content-length': body.length } : {}
        const sent = request(`${emulator.endpoint}${path}`, { method, agent, headers }, (response) => {
          response.resume()
          const { statusCode = 0 } = response
          response.on('end', () =>
            statusCode < 300 ? resolve() : reject(new Error(`${method} ${path}: ${statusCode}`)),
          )
        })
        sent.on('error', reject)
        sent.end(body)
      })
    const rate = async (one: (client: number, round: number) => Promise<void>): Promise<number> => {
      const start = performance.now()
      let done = 0
      await Promise.all(
        Array.from({ length: CLIENTS }, async (_, client) => {
          for (let round = 0; performance.now() - start < SECONDS * 1000; round += 1) {
            await one(client, round)
            done += 1
          }
        }),
      )
      return Math.round((done / (performance.now() - start)) * 1000)
    }
    const location =
      '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>'
    await call('PUT', '/load', Buffer.from(location))
    const key = (client: number, round: number): string => `/load/${client}/${round % 50}`
    const puts = await rate((client, round) => call('PUT', key(client, round), BODY))
    const before = await residentMegabytes(emulator.process.pid)
    const gets = await rate((client, round) => call('GET', key(client, round)))
    const lists = await rate((client) => call('GET', `/load?list-type=2&prefix=${client}/`))
    const again = await rate((client, round) => call('PUT', key(client, round), BODY))
    const after = await residentMegabytes(emulator.process.pid)
    await emulator.kill()
    agent.destroy()
    console.info(
      `objects in ${place}: ${puts} and ${again} puts, ${gets} gets, ${lists} lists of 50 a second; ${before} MB, later ${after} MB`,
    )
    expect(Math.min(puts, again)).toBeGreaterThan(5 * MOTO.put)
    expect(gets).toBeGreaterThan(5 * MOTO.get)
    expect(after).toBeLessThan(before * 1.5 + 50)
  })
})

/** Of a process, on Linux; 0 elsewhere. */
async function residentMegabytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}
