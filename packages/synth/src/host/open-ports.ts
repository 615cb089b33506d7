import { decodeNtp, encodeNtp, type IpAddress, ntpTimestamp, type Packet } from '@flowtap/core'
import type { TcpApplication } from './connection.ts'
import type { ContentLike } from './content.ts'
import { Content } from './content.ts'
import type { Conversation } from './conversation.ts'
import { answerDatagram } from './dns-server.ts'
import type { Host } from './host.ts'
import type { Process, ProcessBody } from './process.ts'
import { ProcessConnection } from './process-connection.ts'
import { datagramOf } from './process-udp-socket.ts'
import { ScriptedResponder } from './scripted-responder.ts'
import { wellKnownService } from './services.ts'
import type { SimulatedHost } from './simulated-host.ts'
import type { Task } from './task.ts'
import type { TcpEndpoint, TcpUser } from './tcp-endpoint.ts'
import { NOBODY, type TcpPort } from './tcp-stack.ts'
import type { UdpApplication } from './udp.ts'
import type { UdpPort, UdpUser } from './udp-stack.ts'
import type { DatagramScript } from './world.ts'

/** Starts a process of a host for something that came from outside; gives its task. */
export type Serve = (name: string, body: ProcessBody, prepare: (task: Task) => void) => void

/** A TCP port that a host has open. */
export class OpenTcpPort implements TcpPort {
  readonly port: number
  readonly address: IpAddress | undefined
  readonly #host: SimulatedHost
  readonly #application: TcpApplication | undefined
  readonly #serve: Serve

  constructor(
    host: SimulatedHost,
    port: number,
    address: IpAddress | undefined,
    application: TcpApplication | undefined,
    serve: Serve,
  ) {
    this.#host = host
    this.port = port
    this.address = address
    this.#application = application
    this.#serve = serve
  }

  accept(endpoint: TcpEndpoint, conversation: Conversation | undefined): TcpUser {
    const { world, nameServer } = this.#host
    if (!this.#application && conversation && !conversation.isWithService) {
      return new ScriptedResponder(world.clock, endpoint, conversation)
    }
    const application = this.#application ?? wellKnownService(this.port, nameServer)
    if (!application) return NOBODY
    let user: ProcessConnection | undefined
    const body = (view: Host): Process => application(view, user as ProcessConnection)
    this.#serve(`tcp/${this.port}/${endpoint.remoteAddress}:${endpoint.remotePort}`, body, (task) => {
      user = new ProcessConnection(world.clock, task, undefined)
      user.attach(endpoint)
    })
    return user ?? NOBODY
  }
}

/** A UDP port that a host has open. */
export class OpenUdpPort implements UdpUser {
  readonly #host: SimulatedHost
  readonly #application: UdpApplication | undefined
  readonly #serve: Serve
  #port: UdpPort | undefined

  constructor(host: SimulatedHost, application: UdpApplication | undefined, serve: Serve) {
    this.#host = host
    this.#application = application
    this.#serve = serve
  }

  /** The port that the answers leave from. */
  bind(port: UdpPort): void {
    this.#port = port
  }

  onDatagram(packet: Packet): void {
    const application = this.#application
    if (application) this.#apply(application, packet)
    else {
      const script = packet.payload && this.#host.world.datagramScripts.get(packet.payload)
      if (script) this.#play(script, packet)
      else this.#answerAsService(packet)
    }
  }

  onError(): void {}

  #apply(application: UdpApplication, packet: Packet): void {
    const datagram = datagramOf(packet, this.#host.world.clock.nowMicroseconds)
    const reply = (content: ContentLike): void => this.#reply(packet, content)
    this.#serve(
      `udp/${packet.destinationPort}/${packet.source}:${packet.sourcePort}`,
      function* serve(view: Host): Process {
        const answer = application(view, datagram, reply)
        if (isProcess(answer)) yield* answer
        else if (answer !== undefined) reply(answer)
      },
      () => {},
    )
  }

  #play(script: DatagramScript, packet: Packet): void {
    const { clock } = this.#host.world
    clock.schedule(
      clock.nowMicroseconds + script.delayMicroseconds,
      () => {
        for (const answer of script.answers) this.#reply(packet, answer)
      },
      undefined,
      undefined,
    )
  }

  #answerAsService(packet: Packet): void {
    const answer = wellKnownAnswer(this.#host, packet)
    if (!answer) return
    const { clock } = this.#host.world
    clock.schedule(
      clock.nowMicroseconds + answer.delayMicroseconds,
      () => this.#reply(packet, answer.bytes),
      undefined,
      undefined,
    )
  }

  #reply(packet: Packet, content: ContentLike): void {
    if (this.#port) {
      this.#host.stack.udp.send(this.#port, packet.destination, packet.source, packet.sourcePort, content)
    }
  }
}

function isProcess(answer: ContentLike | undefined | Process): answer is Process {
  return typeof answer === 'object' && !(answer instanceof Uint8Array) && !(answer instanceof Content)
}

const DNS_DELAY_MICROSECONDS = 900
const NTP_DELAY_MICROSECONDS = 40

/** What the well-known service of a UDP port answers: DNS, NTP, echo. */
function wellKnownAnswer(
  host: SimulatedHost,
  packet: Packet,
): { readonly bytes: Uint8Array; readonly delayMicroseconds: number } | undefined {
  const { payload, payloadOffset, payloadLength } = packet
  if (!payload) return undefined
  const now = host.world.clock.nowMicroseconds
  switch (packet.destinationPort) {
    case 7:
      return { bytes: payload.slice(payloadOffset, payloadOffset + payloadLength), delayMicroseconds: 0 }
    case 53: {
      const bytes = answerDatagram(host.nameServer, packet, now)
      return bytes && { bytes, delayMicroseconds: DNS_DELAY_MICROSECONDS }
    }
    case 123: {
      const bytes = answerNtp(payload.subarray(payloadOffset, payloadOffset + payloadLength), now)
      return bytes && { bytes, delayMicroseconds: NTP_DELAY_MICROSECONDS }
    }
    default:
      return undefined
  }
}

/** A time server's answer (RFC 5905, 9.2): stratum 1 by GPS. */
function answerNtp(request: Uint8Array, nowMicroseconds: number): Uint8Array | undefined {
  const message = decodeNtp(request)
  if (message.kind === 'issue' || message.mode !== 3) return undefined
  return encodeNtp({
    ...message,
    mode: 4,
    leapIndicator: 0,
    stratum: 1,
    precision: -20,
    rootDelay: 0,
    rootDispersion: 16,
    referenceId: 0x47505300,
    reference: ntpTimestamp(nowMicroseconds - (nowMicroseconds % 16_000_000)),
    origin: message.transmit,
    receive: ntpTimestamp(nowMicroseconds),
    transmit: ntpTimestamp(nowMicroseconds + NTP_DELAY_MICROSECONDS),
    extension: new Uint8Array(0),
  })
}
