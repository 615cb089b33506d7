import { describe, expect, it } from 'vitest'
import type { DeliveryFault } from './delivery-fault.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import { LogDeliveryError } from './log-sinks.ts'

const planned = (flowLogId: string) => ({ flowLogId, kind: 's3', windowSeconds: 0, sequence: 0 }) as const

/** A queue whose deliveries write their names down. */
function queueOf(faults: Readonly<Record<string, DeliveryFault>> = {}): {
  queue: DeliveryQueue
  arrived: string[]
  plan: (id: string, due: number) => void
} {
  const arrived: string[] = []
  const queue = new DeliveryQueue(({ flowLogId }) => faults[flowLogId])
  const plan = (id: string, due: number): void =>
    queue.plan(planned(id), due, (at, copy) => void arrived.push(`${id} at ${at}${copy === 0 ? '' : ' again'}`))
  return { queue, arrived, plan }
}

describe('DeliveryQueue', () => {
  it('hands over what is due, in order of time and then of planning', async () => {
    const { queue, arrived, plan } = queueOf()
    plan('fl-b', 20)
    plan('fl-a', 10)
    plan('fl-c', 20)
    plan('fl-d', 30)
    await queue.deliverThrough(5)
    expect(arrived).toEqual([])
    await queue.deliverThrough(20)
    expect(arrived).toEqual(['fl-a at 10', 'fl-b at 20', 'fl-c at 20'])
    expect(queue.size).toBe(1)
    await queue.deliverThrough(Number.POSITIVE_INFINITY)
    expect(arrived.at(-1)).toBe('fl-d at 30')
  })

  it('makes deliveries late, twice, missing or refused, as the faults say', async () => {
    const { queue, arrived, plan } = queueOf({
      'fl-late': { kind: 'late', byMicroseconds: 100 },
      'fl-twice': { kind: 'duplicate' },
      'fl-missing': { kind: 'missing' },
      'fl-refused': { kind: 'refused', code: 'rate-limited' },
    })
    for (const id of ['fl-late', 'fl-twice', 'fl-missing', 'fl-refused', 'fl-well']) plan(id, 10)
    await queue.deliverThrough(50)
    expect(arrived).toEqual(['fl-twice at 10', 'fl-twice at 10 again', 'fl-well at 10'])
    await queue.deliverThrough(110)
    expect(arrived.at(-1)).toBe('fl-late at 110')
    expect(queue.status('fl-refused')).toEqual({
      flowLogStatus: 'ACTIVE',
      deliverLogsStatus: 'FAILED',
      deliverLogsErrorMessage: 'Rate limited',
    })
    expect(queue.status('fl-well')).toEqual({ flowLogStatus: 'ACTIVE', deliverLogsStatus: 'SUCCESS' })
  })

  it('keeps the status of the last delivery, and loses what was refused', async () => {
    const queue = new DeliveryQueue()
    const codes = ['no-such-destination', 'access-denied', 'rate-limited', 'unknown'] as const
    const messages: unknown[] = []
    for (const code of codes) {
      queue.plan(planned('fl-a'), 1, () => {
        throw new LogDeliveryError(code, 'no')
      })
      await queue.deliverThrough(1)
      messages.push(queue.status('fl-a').deliverLogsErrorMessage)
    }
    expect(messages).toEqual(['Access error', 'Access error', 'Rate limited', 'Unknown error'])
    expect(queue.size).toBe(0)
    queue.plan(planned('fl-a'), 2, () => undefined)
    await queue.deliverThrough(2)
    expect(queue.status('fl-a').deliverLogsStatus).toBe('SUCCESS')
  })

  it('gives other errors to the caller, and keeps the delivery for the next time', async () => {
    const queue = new DeliveryQueue()
    let calls = 0
    queue.plan(planned('fl-a'), 1, () => {
      calls += 1
      if (calls === 1) throw new Error('disk full')
    })
    await expect(queue.deliverThrough(1)).rejects.toThrow('disk full')
    expect(queue.size).toBe(1)
    await queue.deliverThrough(1)
    expect([queue.size, calls]).toEqual([0, 2])
  })

  it('hands over one after another, also when it is asked again meanwhile', async () => {
    const queue = new DeliveryQueue()
    const log: string[] = []
    const slow = (id: string) => async (): Promise<void> => {
      log.push(`${id} begins`)
      await Promise.resolve()
      log.push(`${id} ends`)
    }
    queue.plan(planned('fl-a'), 1, slow('a'))
    queue.plan(planned('fl-b'), 2, slow('b'))
    await Promise.all([queue.deliverThrough(1), queue.deliverThrough(2), queue.deliverThrough(2)])
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })
})
