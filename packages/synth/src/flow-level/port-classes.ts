import { IP_PROTOCOL, type Topology } from '@flowtap/core'

/** What a rule or entry says of ports. */
interface PortRange {
  /** IANA number, or -1 for all. */
  readonly protocol: number
  readonly fromPort: number
  readonly toPort: number
}

const PORTS = 65_536

/**
 * Divides the ports into classes that no rule of a topology's security groups and network ACLs tells apart: a packet with another port of
 * the same class meets the same verdicts.
 */
export class PortClasses {
  /** How many classes there are. */
  readonly count: number
  readonly #classes = new Uint16Array(PORTS)

  constructor({ securityGroups, networkAcls }: Pick<Topology, 'securityGroups' | 'networkAcls'>) {
    const begins = new Uint8Array(PORTS + 1)
    const ranges: PortRange[] = [...securityGroups, ...networkAcls].flatMap(({ ingress, egress }) => [
      ...ingress,
      ...egress,
    ])
    for (const { protocol, fromPort, toPort } of ranges) {
      if (protocol !== IP_PROTOCOL.tcp && protocol !== IP_PROTOCOL.udp) continue
      begins[fromPort] = 1
      begins[toPort + 1] = 1
    }
    let place = 0
    for (let port = 0; port < PORTS; port += 1) {
      if (port > 0 && begins[port] === 1) place += 1
      this.#classes[port] = place
    }
    this.count = place + 1
  }

  /** The class of a port, from 0 on. */
  of(port: number): number {
    return this.#classes[port] as number
  }
}
