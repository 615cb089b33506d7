import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdleFlows } from './idle-flows.ts'
import { answerTo, tcp, udp } from './network-fixture.ts'

const SECOND = 1_000_000
const IDLE_SECONDS = 10

/** A packet of one of a few flows, in either direction, after some time. */
const step = fc.record({
  flow: fc.integer({ min: 0, max: 3 }),
  isTcp: fc.boolean(),
  isAnswer: fc.boolean(),
  scope: fc.integer({ min: 0, max: 1 }),
  remembers: fc.boolean(),
  value: fc.integer({ min: 0, max: 9 }),
  pauseMicroseconds: fc.oneof(fc.integer({ min: 0, max: 30 * SECOND }), fc.constantFrom(IDLE_SECONDS * SECOND)),
})

describe('flows with idle timers', () => {
  it('are what a map of flows and times holds, whichever direction asks', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const flows = new IdleFlows(IDLE_SECONDS)
        const model = new Map<string, { value: number; until: number }>()
        let now = 0
        for (const { flow, isTcp, isAnswer, scope, remembers, value, pauseMicroseconds } of steps) {
          now += pauseMicroseconds
          const request = (isTcp ? tcp : udp)(`10.0.0.1:${1000 + flow}`, '203.0.113.9:443')
          const packet = isAnswer ? answerTo(request) : request
          const key = [scope, flow, isTcp].join()
          const known = model.get(key)
          const until = now + IDLE_SECONDS * SECOND
          if (remembers) {
            flows.remember(scope, packet, !isAnswer, value, now)
            model.set(key, { value, until })
          } else {
            const isLive = known !== undefined && now < known.until
            expect(flows.find(scope, packet, !isAnswer, now)).toBe(isLive ? known.value : -1)
            if (isLive) model.set(key, { value: known.value, until })
          }
        }
        flows.remember(9, tcp('10.0.0.9:1', '10.0.0.8:2'), true, 0, now + 100 * SECOND)
        expect(flows.size).toBe(1)
      }),
    )
  })

  it('know the flow that an ICMP error is about, which does not keep it alive', () => {
    const flows = new IdleFlows(IDLE_SECONDS)
    const sent = udp('10.0.0.1:1000', '203.0.113.9:53')
    flows.remember(0, sent, true, 5, 0)
    const error = sent.with({
      source: sent.destination,
      destination: sent.source,
      protocol: 1,
      icmpType: 3,
      icmpCode: 3,
      quoted: sent,
    })
    expect(flows.find(0, error, false, 9 * SECOND)).toBe(5)
    expect(flows.find(0, error, false, 10 * SECOND)).toBe(-1)
  })
})
