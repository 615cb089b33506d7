import { seconds } from '../duration.ts'
import type { Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { attempt, type RoundOptions } from './rounds.ts'

/** Mines for a pool. */
export interface CryptoMiningOptions extends RoundOptions {
  /** Name or address of the pool. */
  readonly to: string
  /** 3333 unless given. */
  readonly port?: number
}

/** Mean time to another connection where one broke. */
const RECONNECTION_GAP = seconds(60)

export const CRYPTO_MINING: ActivityLabel = {
  kind: 'crypto-mining',
  intent: 'malicious',
  description: 'Mines crypto-currency for a pool',
  technique: 'T1496',
  findingType: 'CryptoCurrency:EC2/BitcoinTool.B!DNS',
}

/**
 * A connection that speaks the Stratum protocol (JSON lines): subscribes, and sends a share in every round, every 25 s on average unless
 * given. Where it breaks or cannot be opened, the round is over, and another one is tried a minute later on average.
 */
export function cryptoMining(options: CryptoMiningOptions): ProcessBody {
  return (host) => host.during(CRYPTO_MINING, keepMining(host, options))
}

function* keepMining(host: Host, options: CryptoMiningOptions): Process {
  const left: RoundsLeft = { rounds: options.rounds ?? Number.POSITIVE_INFINITY }
  for (let isFirst = true; left.rounds > 0; isFirst = false) {
    if (!isFirst) yield* host.sleep(Math.round(host.random.exponential(RECONNECTION_GAP)))
    const { rounds } = left
    yield* attempt(mine(host, options, left))
    if (left.rounds === rounds) left.rounds -= 1
  }
}

/** Rounds that are still to come. */
interface RoundsLeft {
  rounds: number
}

function* mine(host: Host, options: CryptoMiningOptions, left: RoundsLeft): Process {
  const connection = yield* host.connect({ to: options.to, port: options.port ?? 3333 })
  const line = (id: number, method: string, parameters: readonly unknown[]): string =>
    `${JSON.stringify({ id, method, params: parameters })}\n`
  yield* connection.exchange({
    send: line(1, 'mining.subscribe', ['miner/2.1']),
    receive: `${JSON.stringify({ id: 1, result: [[['mining.notify', 'ae68']], '08000002', 4], error: null })}\n`,
  })
  yield* connection.exchange({
    send: line(2, 'mining.authorize', ['wallet.worker', 'x']),
    receive: `${JSON.stringify({ id: 2, result: true, error: null })}\n`,
  })
  // A connection that breaks ends this loop.
  const { meanGapMicroseconds = seconds(25) } = options
  for (let share = 0; left.rounds > 0; share += 1) {
    left.rounds -= 1
    yield* host.sleep(Math.round(host.random.exponential(meanGapMicroseconds)))
    const nonce = host.random.uint32().toString(16).padStart(8, '0')
    yield* connection.exchange({
      send: line(3 + share, 'mining.submit', ['wallet.worker', 'bf', '00000001', '504e86ed', nonce]),
      receive: `${JSON.stringify({ id: 3 + share, result: true, error: null })}\n`,
    })
  }
  yield* connection.close()
}
