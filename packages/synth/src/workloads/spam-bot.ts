import { seconds } from '../duration.ts'
import type { Destination, Host } from '../host/host.ts'
import type { Process, ProcessBody } from '../host/process.ts'
import type { ActivityLabel } from '../labels.ts'
import { inRounds, type RoundOptions } from './rounds.ts'

/** Sends unwanted mail. */
export interface SpamBotOptions extends RoundOptions {
  /** Mail servers, of which one is chosen for each mail. */
  readonly servers: readonly Destination[]
  /** Bytes of a mail; 4,000 unless given. */
  readonly medianBytes?: number
}

export const SPAM_BOT: ActivityLabel = {
  kind: 'spam-bot',
  intent: 'malicious',
  description: 'Sends mail to many servers on port 25',
  technique: 'T1584.005',
  findingType: 'Backdoor:EC2/Spambot',
}

/** One mail in every round (RFC 5321), every 2 s on average unless given. */
export function spamBot(options: SpamBotOptions): ProcessBody {
  return (host) =>
    host.during(
      SPAM_BOT,
      inRounds(host, { meanGapMicroseconds: seconds(2), ...options }, () => sendMail(host, options)),
    )
}

function* sendMail(host: Host, { servers, medianBytes = 4_000 }: SpamBotOptions): Process {
  const { random } = host
  const connection = yield* host.connect({ to: random.choice(servers), port: 25, timeoutMicroseconds: seconds(30) })
  yield* connection.exchange({ send: 0, receive: '220 mx.example.net ESMTP\r\n', serverDelayMicroseconds: 20_000 })
  const recipient = `user${random.integer(1, 99_999)}@example.net`
  for (const [send, receive] of [
    ['EHLO localhost\r\n', '250-mx.example.net\r\n250 8BITMIME\r\n'],
    ['MAIL FROM:<offers@example.org>\r\n', '250 2.1.0 Ok\r\n'],
    [`RCPT TO:<${recipient}>\r\n`, '250 2.1.5 Ok\r\n'],
    ['DATA\r\n', '354 End data with <CR><LF>.<CR><LF>\r\n'],
  ] as const) {
    yield* connection.exchange({ send, receive, serverDelayMicroseconds: 5_000 })
  }
  yield* connection.exchange({
    send: Math.ceil(random.logNormal(medianBytes, 0.7)),
    receive: '250 2.0.0 Ok: queued\r\n',
    serverDelayMicroseconds: 30_000,
  })
  yield* connection.exchange({ send: 'QUIT\r\n', receive: '221 2.0.0 Bye\r\n' })
  yield* connection.close()
}
