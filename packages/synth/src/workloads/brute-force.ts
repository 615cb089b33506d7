import { seconds } from '../duration.ts'
import type { Destination, Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { rdpHandshake, sshHandshake } from './remote-sessions.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Guesses passwords. */
export interface BruteForceOptions extends RoundOptions {
  readonly to: Destination
  readonly port?: number
  /** Guesses on one connection; 3 for SSH and 1 for RDP unless given. */
  readonly guessesPerConnection?: number
}

export const SSH_BRUTE_FORCE: ActivityLabel = {
  kind: 'ssh-brute-force',
  intent: 'malicious',
  description: 'Guesses passwords over SSH',
  technique: 'T1110.001',
  findingType: 'UnauthorizedAccess:EC2/SSHBruteForce',
}
export const RDP_BRUTE_FORCE: ActivityLabel = {
  kind: 'rdp-brute-force',
  intent: 'malicious',
  description: 'Guesses passwords over RDP',
  technique: 'T1110.001',
  findingType: 'UnauthorizedAccess:EC2/RDPBruteForce',
}

/** A connection with a few guesses in every round, every 2 s and 200 rounds unless given. */
export function sshBruteForce(options: BruteForceOptions): ProcessBody {
  const { to, port = 22, guessesPerConnection = 3 } = options
  return (host) =>
    host.during(
      SSH_BRUTE_FORCE,
      inRounds(host, { rounds: 200, meanGapMicroseconds: seconds(2), gaps: 0.3, ...options }, () =>
        guessSsh(host, to, port, guessesPerConnection),
      ),
    )
}

function* guessSsh(host: Host, to: Destination, port: number, guesses: number): Process {
  const connection = yield* host.connect({ to, port, timeoutMicroseconds: seconds(10) })
  yield* sshHandshake(connection)
  yield* connection.exchange({ send: 52, receive: 52, serverDelayMicroseconds: 1_000 })
  for (let guess = 0; guess < guesses; guess += 1) {
    // The server waits before it says that the password is wrong.
    yield* connection.exchange({
      send: 148,
      receive: 52,
      serverDelayMicroseconds: seconds(host.random.uniform(1.5, 2.5)),
    })
  }
  yield* connection.close()
}

/** A connection with a guess in every round, every second and 256 rounds unless given. */
export function rdpBruteForce(options: BruteForceOptions): ProcessBody {
  const { to, port = 3389, guessesPerConnection = 1 } = options
  return (host) =>
    host.during(
      RDP_BRUTE_FORCE,
      inRounds(host, { rounds: 256, meanGapMicroseconds: seconds(1), gaps: 0.3, ...options }, function* () {
        const connection = yield* host.connect({ to, port, timeoutMicroseconds: seconds(10) })
        yield* rdpHandshake(connection)
        for (let guess = 0; guess < guessesPerConnection; guess += 1) {
          yield* connection.exchange({ send: 720, receive: 110, serverDelayMicroseconds: 60_000 })
        }
        yield* connection.close()
      }),
    )
}
