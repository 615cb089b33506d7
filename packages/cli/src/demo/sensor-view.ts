import { encodePacket, frameLength, MacAddress, type Packet } from '@flowtap/core'
import { BuiltinInspector, compileSignatures, type EveEvent, parseRules } from '@flowtap/core/inspect'

/** What the sensor's intrusion detection makes of the mirrored packets. */
export interface SensorView {
  /** Hosts of HTTP requests. */
  readonly hosts: readonly string[]
  /** Names of TLS handshakes (SNI). */
  readonly serverNames: readonly string[]
  /** Messages of the rule that matched. */
  readonly alerts: readonly string[]
  /** Events of mirrored traffic by their type. */
  readonly events: Readonly<Record<string, number>>
}

const RULE =
  'alert http any any -> any any (msg:"curl without TLS"; http.user_agent; content:"curl/"; startswith; sid:1000001; rev:1;)'

const MACS = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
const ETHERNET = 1

/** The builtin inspector at the sensor, with one small rule. */
export class DemoSensor {
  readonly #hosts = new Set<string>()
  readonly #serverNames = new Set<string>()
  readonly #alerts = new Set<string>()
  readonly #counts = new Map<string, number>()
  readonly #inspector = new BuiltinInspector({
    rules: compileSignatures(parseRules(RULE, { file: 'demo.rules' }).signatures),
    onEvent: (event) => this.#take(event),
  })
  #packets = 0

  /** A packet as it comes to the sensor, in VXLAN. */
  push(packet: Packet, timeMicroseconds: number): void {
    this.#packets += 1
    const data = new Uint8Array(frameLength(packet))
    encodePacket(packet, data, 0, MACS)
    const timeSeconds = Math.floor(timeMicroseconds / 1e6)
    const timeNanoseconds = Math.round(timeMicroseconds - timeSeconds * 1e6) * 1000
    const time = { timeSeconds, timeNanoseconds }
    this.#inspector.push({ number: this.#packets, linkType: ETHERNET, data, originalLength: data.length, ...time })
  }

  end(): SensorView {
    this.#inspector.end()
    return {
      hosts: [...this.#hosts],
      serverNames: [...this.#serverNames],
      alerts: [...this.#alerts],
      events: Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    }
  }

  #take(event: EveEvent): void {
    // Those of the tunnel itself say nothing of the instance.
    if (event.event_type === 'stats' || event.tunnel === undefined) return
    this.#counts.set(event.event_type, (this.#counts.get(event.event_type) ?? 0) + 1)
    if (event.event_type === 'http' && event.http.hostname !== undefined) this.#hosts.add(event.http.hostname)
    if (event.event_type === 'tls' && event.tls.sni !== undefined) this.#serverNames.add(event.tls.sni)
    if (event.event_type === 'alert') this.#alerts.add(event.alert.signature)
  }
}
