import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Inspector, VxlanReceiver } from '@flowtap/core/inspect'
import { UsageError } from '../exit-code.ts'
import type { EventOutput } from '../output/event-output.ts'
import type { Streams } from '../streams.ts'
import { isLoopback, type ListenAddress } from './listen-address.ts'
import { systemDrops } from './system-drops.ts'

/** When listening ends by itself. */
export interface LiveLimits {
  readonly packets?: number
  readonly seconds?: number
}

/** Packets between two looks at the socket. */
const BURST = 256
/** How often flows that are over are looked for, and events written. */
const IDLE_MILLISECONDS = 500

const nowMicroseconds = (): number => Math.floor((performance.timeOrigin + performance.now()) * 1000)

/** Listens for VXLAN. @throws UsageError where the system does not let it. */
export async function listenForVxlan({ address, port }: ListenAddress, { stderr }: Streams): Promise<VxlanReceiver> {
  try {
    const receiver = await VxlanReceiver.listen({ address, port, clock: nowMicroseconds })
    const reach = isLoopback(address) ? '' : ', where other machines may send to'
    const own = address.includes(':') ? `[${address}]` : address
    stderr.write(`listening for VXLAN on ${own}:${receiver.port}${reach}; Ctrl-C ends\n`)
    return receiver
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reason =
      (code === 'EADDRINUSE' && 'another process listens there; name another port') ||
      (code === 'EADDRNOTAVAIL' && 'this machine does not have that address') ||
      (code === 'EACCES' && 'ports below 1024 need the rights of root; name another port') ||
      String(error)
    throw new UsageError(`cannot listen on ${address} port ${port}: ${reason}`)
  }
}

/** What became of live traffic. */
export interface LiveOutcome {
  readonly packets: number
  /** Datagrams that the system dropped; undefined where it does not tell. */
  readonly systemDrops: number | undefined
}

/** Inspects what comes until the user wants the end or a limit is reached. */
export async function inspectLive(
  receiver: VxlanReceiver,
  inspector: Inspector,
  output: EventOutput,
  limits: LiveLimits,
  streams: Streams,
): Promise<LiveOutcome> {
  const most = limits.packets ?? Number.POSITIVE_INFINITY
  let drops: number | undefined
  const close = (): void => {
    // The system forgets it with the socket.
    if (!receiver.isClosed) drops = systemDrops(receiver)
    receiver.close()
  }
  const forget = streams.onInterrupt?.(close)
  const timer = limits.seconds === undefined ? undefined : setTimeout(close, limits.seconds * 1000)
  let packets = 0
  try {
    for (;;) {
      let burst = 0
      for (; burst < BURST && packets < most; burst += 1) {
        const frame = receiver.take()
        if (!frame) break
        packets += 1
        const pushed = inspector.push(frame)
        if (pushed) await pushed
        if (output.isFull) await output.flush()
      }
      if (packets >= most) break
      if (burst === BURST) {
        await nextTurn()
        continue
      }
      await inspector.advance?.(nowMicroseconds())
      await output.flush()
      if (receiver.isClosed) break
      await receiver.wait(AbortSignal.timeout(IDLE_MILLISECONDS))
    }
  } finally {
    clearTimeout(timer)
    forget?.()
    close()
  }
  return { packets, systemDrops: drops }
}
