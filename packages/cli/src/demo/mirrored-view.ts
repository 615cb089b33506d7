import { articleDesign, type Design, demoDesign } from '@flowtap/core'
import { defineScenario, minutes, openShell, simulate } from '@flowtap/synth'
import { DemoSensor, type SensorView } from './sensor-view.ts'

/** What the sensor sees of a request: packets of the demo instance's ENI that are mirrored, of all. */
export interface MirroredRequest {
  /** `http` or `https`. */
  readonly request: string
  readonly sent: number
  readonly sentMirrored: number
  readonly received: number
  readonly receivedMirrored: number
}

/** A mirror filter and what it lets the sensor see. */
export interface MirroredView {
  readonly filter: string
  readonly requests: readonly MirroredRequest[]
  readonly sensor: SensorView
}

const PORTS: Readonly<Record<number, string>> = { 80: 'http', 443: 'https' }

/**
 * The same two requests of the demo instance, `curl google.com` and `curl https://google.com`, mirrored by the article's filter, which
 * takes outgoing TCP to port 443 alone, and by the one of the reference design, which takes everything.
 */
export async function mirroredViews(seed: number): Promise<readonly MirroredView[]> {
  const article = await viewOf('the article’s filter', articleDesign(), seed)
  return [article, await viewOf('the repaired filter', demoDesign(), seed)]
}

async function viewOf(filter: string, design: Design, seed: number): Promise<MirroredView> {
  const counts = new Map<string, { sent: number; sentMirrored: number; received: number; receivedMirrored: number }>()
  const sensor = new DemoSensor()
  const scenario = defineScenario({
    name: 'two requests',
    durationMicroseconds: minutes(2),
    setup: (context) => void openShell(context, 'demo').run('curl -s google.com; curl -sk https://google.com'),
  })
  await simulate({ ...design, flowLogs: {} }, scenario, {
    seed,
    observers: [
      {
        mirror: (_networkInterface, direction, packet, _time, outcome) => {
          const isSent = direction === 'egress'
          const request = packet.protocol === 6 && PORTS[isSent ? packet.destinationPort : packet.sourcePort]
          if (!request) return
          const count = counts.get(request) ?? { sent: 0, sentMirrored: 0, received: 0, receivedMirrored: 0 }
          counts.set(request, count)
          count[isSent ? 'sent' : 'received'] += 1
          if (outcome.kind === 'mirrored') count[isSent ? 'sentMirrored' : 'receivedMirrored'] += 1
        },
      },
    ],
  }).run({ onMirroredPacket: ({ packet, timeMicroseconds }) => sensor.push(packet, timeMicroseconds) })
  const requests = Object.values(PORTS).flatMap((request) => requestOf(request, counts.get(request)))
  return { filter, requests, sensor: sensor.end() }
}

function requestOf(request: string, count: Omit<MirroredRequest, 'request'> | undefined): readonly MirroredRequest[] {
  return count ? [{ request, ...count }] : []
}
