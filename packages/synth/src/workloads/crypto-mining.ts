import { seconds } from '../duration.ts'
import type { Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Mines for a pool. */
export interface CryptoMiningOptions extends RoundOptions {
  /** Name or address of the pool. */
  readonly to: string
  /** 3333 unless given. */
  readonly port?: number
}

export const CRYPTO_MINING: ActivityLabel = {
  kind: 'crypto-mining',
  intent: 'malicious',
  description: 'Mines crypto-currency for a pool',
  technique: 'T1496',
  findingType: 'CryptoCurrency:EC2/BitcoinTool.B!DNS',
}

/** A connection that speaks the Stratum protocol (JSON lines): subscribes, and sends a share now and then; every 25 s on average unless given. */
export function cryptoMining(options: CryptoMiningOptions): ProcessBody {
  return (host) =>
    host.during(
      CRYPTO_MINING,
      inRounds(host, { meanGapMicroseconds: seconds(60) }, () => mine(host, options)),
    )
}

function* mine(host: Host, options: CryptoMiningOptions): Process {
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
  // A connection that breaks ends this loop; the next round opens another.
  const { rounds = Number.POSITIVE_INFINITY, meanGapMicroseconds = seconds(25) } = options
  for (let share = 0; share < rounds; share += 1) {
    yield* host.sleep(Math.round(host.random.exponential(meanGapMicroseconds)))
    const nonce = host.random.uint32().toString(16).padStart(8, '0')
    yield* connection.exchange({
      send: line(3 + share, 'mining.submit', ['wallet.worker', 'bf', '00000001', '504e86ed', nonce]),
      receive: `${JSON.stringify({ id: 3 + share, result: true, error: null })}\n`,
    })
  }
  yield* connection.close()
}
