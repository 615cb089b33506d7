import type { EveCounters } from '../eve-event.ts'

function zeroCounters() {
  return {
    packets: 0,
    bytes: 0,
    invalid: 0,
    largestPacket: 0,
    ethernet: 0,
    vlan: 0,
    arp: 0,
    unknownEtherType: 0,
    ipv4: 0,
    ipv6: 0,
    tcp: 0,
    udp: 0,
    icmpv4: 0,
    icmpv6: 0,
    vxlan: 0,
    geneve: 0,
    tooManyLayers: 0,
    fragments4: 0,
    reassembled4: 0,
    fragments6: 0,
    reassembled6: 0,
    syn: 0,
    synAck: 0,
    rst: 0,
    sessions: 0,
    midstreamPickups: 0,
    gaps: 0,
    overlaps: 0,
    differentOverlaps: 0,
    segmentsOutside: 0,
    segmentsDropped: 0,
    depthReached: 0,
    flows: 0,
    flowsTcp: 0,
    flowsUdp: 0,
    flowsIcmp4: 0,
    flowsIcmp6: 0,
    flowsForced: 0,
    tcpReuse: 0,
    alerts: 0,
  }
}

/** What the inspector counted, by the names of its code. */
export type CounterNames = ReturnType<typeof zeroCounters>

/** Counts what the inspector sees, for EVE's stats event. */
export class InspectionCounters {
  readonly counters: CounterNames = zeroCounters()
  readonly flowsByApplication: Map<string, number> = new Map()
  readonly transactionsByApplication: Map<string, number> = new Map()
  readonly anomaliesByEvent: Map<string, number> = new Map()

  /** The counters in Suricata's groups and names, as far as the builtin inspector has what they count. */
  toEve(uptimeSeconds: number, rulesLoaded: number): EveCounters {
    const c = this.counters
    return {
      uptime: uptimeSeconds,
      decoder: {
        pkts: c.packets,
        bytes: c.bytes,
        invalid: c.invalid,
        ipv4: c.ipv4,
        ipv6: c.ipv6,
        ethernet: c.ethernet,
        arp: c.arp,
        unknown_ethertype: c.unknownEtherType,
        tcp: c.tcp,
        udp: c.udp,
        icmpv4: c.icmpv4,
        icmpv6: c.icmpv6,
        geneve: c.geneve,
        vlan: c.vlan,
        vxlan: c.vxlan,
        avg_pkt_size: c.packets === 0 ? 0 : Math.floor(c.bytes / c.packets),
        max_pkt_size: c.largestPacket,
        event: this.#events(),
        too_many_layers: c.tooManyLayers,
      },
      tcp: {
        syn: c.syn,
        synack: c.synAck,
        rst: c.rst,
        sessions: c.sessions,
        midstream_pickups: c.midstreamPickups,
        segment_memcap_drop: c.segmentsDropped,
        stream_depth_reached: c.depthReached,
        reassembly_gap: c.gaps,
        overlap: c.overlaps,
        overlap_diff_data: c.differentOverlaps,
      },
      flow: {
        total: c.flows,
        tcp: c.flowsTcp,
        udp: c.flowsUdp,
        icmpv4: c.flowsIcmp4,
        icmpv6: c.flowsIcmp6,
        tcp_reuse: c.tcpReuse,
        memcap: c.flowsForced,
      },
      defrag: {
        ipv4: { fragments: c.fragments4, reassembled: c.reassembled4 },
        ipv6: { fragments: c.fragments6, reassembled: c.reassembled6 },
      },
      detect: { engines: [{ id: 0, rules_loaded: rulesLoaded }] as unknown as EveCounters, alert: c.alerts },
      app_layer: {
        flow: Object.fromEntries(this.flowsByApplication),
        tx: Object.fromEntries(this.transactionsByApplication),
      },
    }
  }

  #events(): EveCounters {
    const groups: Record<string, Record<string, number>> = {}
    for (const [event, count] of this.anomaliesByEvent) {
      const [, group, name] = /^decoder\.(?:(\w+)\.)?(\w+)$/.exec(event) ?? []
      if (name === undefined || group === undefined) continue
      groups[group] ??= {}
      groups[group][name] = count
    }
    return groups
  }
}

/** Adds one to a counter that may be new. */
export function countOne(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
