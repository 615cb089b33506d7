import type { InspectedPacket } from '../decode/inspected-packet.ts'
import type { Direction, Flow } from '../flow/flow.ts'
import { countOne, type InspectionCounters } from '../inspection-counters.ts'
import { INSPECTION_LIMITS } from '../inspection-limits.ts'
import { BytePool } from '../stream/byte-pool.ts'
import type { TcpStream } from '../stream/tcp-stream.ts'
import { detectTcpApplication, detectUdpApplication } from './detect-application.ts'
import { DnsParser } from './dns/dns-parser.ts'
import { dnsMessageKind } from './dns/dns-probe.ts'
import type { FileHash } from './extracted-file.ts'
import { HttpParser } from './http/http-parser.ts'
import { NtpParser } from './ntp/ntp-parser.ts'
import { SshParser } from './ssh/ssh-parser.ts'
import { PARSE_FAILED, type StreamParser } from './stream-parser.ts'
import { TlsParser } from './tls/tls-parser.ts'

/** Bytes of a direction that nothing fits, kept until the other direction is known. */
const UNKNOWN_BYTES = 16_384

/** Recognises the applications of flows and feeds their parsers. */
export class ApplicationLayer {
  readonly #counters: InspectionCounters
  readonly #pool: BytePool
  /** Bodies that rules are still to see. */
  readonly #bodies = new BytePool(INSPECTION_LIMITS.streamBytes / 2)
  readonly #hashes: readonly FileHash[]

  constructor(counters: InspectionCounters, pool: BytePool, hashes: readonly FileHash[]) {
    this.#counters = counters
    this.#pool = pool
    this.#hashes = hashes
  }

  /** Bytes of a stream up to offset `end`, in order. */
  takeStream(flow: Flow, direction: Direction, stream: TcpStream, end: number): void {
    const layer = flow.applicationLayer
    while (!stream.isApplicationDone && stream.applicationProgress < end) {
      const { buffer } = stream
      if (!buffer) return
      const start = stream.applicationProgress - stream.bufferStart
      const stop = end - stream.bufferStart
      if (!layer.parser && !this.#detect(flow, direction, stream, buffer, start, stop)) return
      const { parser } = layer
      if (!parser) return
      layer.setKnown(direction)
      const taken = parser.parse(direction, buffer, start, stop)
      if (taken === PARSE_FAILED) {
        this.#break(flow)
        return
      }
      if (parser.isEncrypted) {
        this.#hide(flow)
        return
      }
      if (taken === 0) break
      stream.applicationProgress += taken
    }
    if (stream.isDepthReached && stream.applicationProgress >= stream.receivedEnd) stream.isApplicationDone = true
  }

  skipStream(flow: Flow, direction: Direction, length: number): void {
    const { parser, isBroken } = flow.applicationLayer
    if (parser && !isBroken && !parser.skip(direction, length)) this.#break(flow)
  }

  /** A datagram; returns its direction, which a response that comes first turns round. */
  takeDatagram(flow: Flow, packet: InspectedPacket, packetDirection: Direction, mayAnswerFirst: boolean): Direction {
    const layer = flow.applicationLayer
    const { bytes, payloadStart, payloadEnd } = packet
    let direction = packetDirection
    layer.setKnown(direction)
    // Suricata has decided with the first datagram of a direction, and says so of the next one once more.
    layer.isFirstAfterDetection = (direction === 0 ? flow.packetsToServer : flow.packetsToClient) <= 2
    if (layer.isBroken) return direction
    if (layer.name === undefined) {
      const { sourcePort, destinationPort } = packet
      const name = detectUdpApplication(bytes, payloadStart, payloadEnd, sourcePort, destinationPort, mayAnswerFirst)
      this.#name(flow, name ?? 'failed', 'udp')
      if (name === 'dns') {
        if (direction === 0 && dnsMessageKind(bytes, payloadStart, payloadEnd, false) === 'response') {
          flow.reverse()
          direction = 1
          layer.setKnown(1)
        }
        layer.parser = new DnsParser()
      } else if (name === 'ntp') layer.parser = new NtpParser()
    }
    if (layer.parser instanceof DnsParser) layer.parser.message(bytes, payloadStart, payloadEnd)
    return direction
  }

  /** The connection is closed. What SSH left open waits for the flow's end, as in Suricata. */
  close(flow: Flow): void {
    if (flow.applicationLayer.parser?.name !== 'ssh') this.finish(flow)
  }

  /** The flow is over: what is open ends. */
  finish(flow: Flow): void {
    const { parser } = flow.applicationLayer
    if (!parser) return
    parser.finish(0)
    parser.finish(1)
  }

  #detect(flow: Flow, direction: Direction, stream: TcpStream, bytes: Uint8Array, start: number, end: number): boolean {
    const layer = flow.applicationLayer
    if (direction === 0 ? layer.isFailedToServer : layer.isFailedToClient) {
      // The other direction may still tell what it is: then this one is read from its start.
      if (end - start > UNKNOWN_BYTES) stream.applicationProgress = stream.bufferStart + end
      return false
    }
    const ports = direction === 0 ? [flow.clientPort, flow.serverPort] : [flow.serverPort, flow.clientPort]
    const name = detectTcpApplication(bytes, start, end, ports[0] ?? 0, ports[1] ?? 0, direction === 0)
    if (name === undefined) return false
    if (name === 'failed') {
      if (direction === 0) layer.isFailedToServer = true
      else layer.isFailedToClient = true
      if (layer.isFailedToServer && layer.isFailedToClient) {
        layer.setKnown(0)
        layer.setKnown(1)
        this.#name(flow, 'failed', 'tcp')
        this.#stop(flow)
      }
      return false
    }
    layer.parser = this.#parser(name)
    this.#name(flow, name, 'tcp')
    const other = direction === 0 ? flow.tcp?.server : flow.tcp?.client
    if (other && (direction === 0 ? layer.isFailedToClient : layer.isFailedToServer)) {
      this.takeStream(flow, direction === 0 ? 1 : 0, other, Math.min(other.acknowledgedEnd, other.receivedEnd))
    }
    return !layer.isBroken
  }

  #parser(name: 'http' | 'tls' | 'ssh' | 'dns' | 'ntp'): StreamParser {
    switch (name) {
      case 'http':
        return new HttpParser(this.#bodies, this.#hashes)
      case 'tls':
        return new TlsParser()
      case 'ssh':
        return new SshParser()
      case 'dns':
        return new DnsParser()
      case 'ntp':
        return new NtpParser()
    }
  }

  #name(flow: Flow, name: string, transport: 'tcp' | 'udp'): void {
    flow.applicationLayer.name = name
    const counter = name === 'dns' || name === 'failed' ? `${name}_${transport}` : name
    countOne(this.#counters.flowsByApplication, counter)
  }

  #break(flow: Flow): void {
    flow.applicationLayer.isBroken = true
    flow.applicationLayer.parser?.finish(0)
    flow.applicationLayer.parser?.finish(1)
    this.#stop(flow)
  }

  #stop(flow: Flow): void {
    for (const stream of [flow.tcp?.client, flow.tcp?.server]) {
      if (!stream) continue
      stream.isApplicationDone = true
      stream.discard(this.#pool)
    }
  }

  /** From here on nothing can be seen: neither bytes nor payloads are looked at. */
  #hide(flow: Flow): void {
    flow.isPayloadHidden = true
    for (const stream of [flow.tcp?.client, flow.tcp?.server]) {
      if (!stream) continue
      stream.isApplicationDone = true
      stream.isRawTriggered = true
    }
  }
}
