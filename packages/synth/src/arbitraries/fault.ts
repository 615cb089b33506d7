import type { DeliveryFault } from '@flowtap/core'
import fc from 'fast-check'
import { seconds } from '../duration.ts'
import { type OfCast, pick, type ScenarioCast } from './scenario-cast.ts'
import type { PlannedFault } from './scenario-plan.ts'

/** A fault once it is known whom it can hit and how long the scenario is. */
export type FaultOfCast = (cast: ScenarioCast, durationMicroseconds: number) => PlannedFault | undefined

const NUMBER = { max: 999 }
const REFUSALS = ['no-such-destination', 'access-denied', 'rate-limited', 'unknown'] as const

/** A part of the scenario's time, in thousandths. */
interface Part {
  readonly from: number
  readonly length: number
}

/** A fault of one of these kinds. */
export function fault(kinds: readonly PlannedFault['kind'][]): fc.Arbitrary<FaultOfCast> {
  return fc.oneof({ withCrossShrink: true }, ...kinds.map((kind) => FAULTS[kind]))
}

const part: fc.Arbitrary<Part> = fc.record({ from: fc.nat(NUMBER), length: fc.integer({ min: 1, max: 1_000 }) })
const networkInterface: fc.Arbitrary<OfCast<string>> = fc.nat(NUMBER).map(
  (number) =>
    ({ networkInterfaces }) =>
      pick(networkInterfaces, number, ''),
)
const deliveryFault: fc.Arbitrary<DeliveryFault> = fc.oneof(
  fc.integer({ min: 1, max: 3_600 }).map((late) => ({ kind: 'late' as const, byMicroseconds: seconds(late) })),
  fc.constantFrom({ kind: 'duplicate' as const }, { kind: 'missing' as const }),
  fc.constantFrom(...REFUSALS).map((code) => ({ kind: 'refused' as const, code })),
)

const FAULTS: { readonly [Kind in PlannedFault['kind']]: fc.Arbitrary<FaultOfCast> } = {
  losePackets: fc
    .record({
      probability: fc.constantFrom(0.05, 0.5, 1),
      part,
      where: fc.oneof(
        fc.constant(() => ({})),
        fc.nat(NUMBER).map((number) => ({ hosts }: ScenarioCast) => ({ hosts: [pick(hosts, number, '')] })),
        fc.tuple(networkInterface, networkInterface).map(([one, other]) => (cast: ScenarioCast) => ({
          between: [one(cast), other(cast)] as const,
        })),
      ),
    })
    .map(({ probability, part, where }) => (cast, duration) => ({
      kind: 'losePackets',
      options: { probability, ...where(cast), ...span(part, duration) },
    })),
  skipData: fc.tuple(networkInterface, part).map(([of, part]) => (cast, duration) => ({
    kind: 'skipData',
    options: { networkInterface: of(cast), ...span(part, duration) },
  })),
  disturbDeliveries: fc
    .record({
      fault: deliveryFault,
      probability: fc.constantFrom(0.5, 1),
      flowLog: fc.option(fc.nat(NUMBER), { nil: undefined }),
      part: fc.option(part, { nil: undefined }),
    })
    .map(({ fault, probability, flowLog, part }) => ({ flowLogs }, duration) => ({
      kind: 'disturbDeliveries',
      options: {
        fault,
        probability,
        ...(flowLog !== undefined && flowLogs.length > 0 && { flowLogs: [pick(flowLogs, flowLog, '')] }),
        ...(part && span(part, duration)),
      },
    })),
  skewClock: fc
    .tuple(fc.nat(NUMBER), fc.integer({ min: -120, max: 120 }).map(seconds))
    .map(([number, byMicroseconds]) => ({ hosts }) => ({
      kind: 'skewClock',
      options: { host: pick(hosts, number, ''), byMicroseconds },
    })),
  skewRecordClock: fc.tuple(networkInterface, fc.integer({ min: -90, max: 90 })).map(([of, bySeconds]) => (cast) => ({
    kind: 'skewRecordClock',
    options: { networkInterface: of(cast), bySeconds },
  })),
}

function span(
  { from, length }: Part,
  durationMicroseconds: number,
): { readonly afterMicroseconds: number; readonly untilMicroseconds: number } {
  const afterMicroseconds = Math.floor((durationMicroseconds * from) / 1_000)
  return {
    afterMicroseconds,
    untilMicroseconds: afterMicroseconds + Math.floor((durationMicroseconds * length) / 1_000),
  }
}
