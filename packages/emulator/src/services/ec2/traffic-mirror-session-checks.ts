import { ServiceError } from '../../wire/service-error.ts'
import { invalidValue } from './ec2-errors.ts'
import type { NetworkInterfaceRow, TrafficMirrorSessionRow } from './ec2-rows.ts'
import type { Ec2Tables } from './ec2-tables.ts'

/** Source: Traffic Mirroring guide, "Traffic Mirroring quotas"; not adjustable. */
const MOST_SESSIONS_PER_INTERFACE = 3

/** Refuses ENIs that cannot be a source. What their instances allow is checked with the network that follows from the session. */
export function checkMirrorSource(tables: Ec2Tables, { networkInterfaceId, interfaceType }: NetworkInterfaceRow): void {
  if (interfaceType !== 'interface') {
    throw new ServiceError(
      'NetworkInterfaceNotSupported',
      `${networkInterfaceId} of type ${interfaceType} cannot be a traffic mirror source`,
    )
  }
  for (const target of tables.trafficMirrorTargets.values()) {
    if (target.networkInterfaceId !== networkInterfaceId) continue
    throw new ServiceError(
      'InterfaceInUseByTrafficMirrorTarget',
      `${networkInterfaceId} is the traffic mirror target ${target.trafficMirrorTargetId}, and cannot be a source`,
    )
  }
}

/** Refuses sessions whose numbers are not allowed, beside the account's others. */
export function checkMirrorSession(tables: Ec2Tables, session: TrafficMirrorSessionRow): void {
  checkNumber(session.sessionNumber, 'SessionNumber', 1, 32766)
  checkNumber(session.virtualNetworkId, 'VirtualNetworkId', 0, 16_777_215)
  if (session.packetLength !== undefined) checkNumber(session.packetLength, 'PacketLength', 1, 65535)
  const others = [...tables.trafficMirrorSessions.values()].filter(
    (other) =>
      other.networkInterfaceId === session.networkInterfaceId &&
      other.trafficMirrorSessionId !== session.trafficMirrorSessionId,
  )
  if (others.length >= MOST_SESSIONS_PER_INTERFACE) {
    throw new ServiceError(
      'TrafficMirrorSessionsPerInterfaceLimitExceeded',
      `${session.networkInterfaceId} has ${MOST_SESSIONS_PER_INTERFACE} traffic mirror sessions, which is the most`,
    )
  }
  const same = others.find(({ sessionNumber }) => sessionNumber === session.sessionNumber)
  if (same) {
    throw invalidValue(
      `Session number ${session.sessionNumber} of ${session.networkInterfaceId} belongs to ${same.trafficMirrorSessionId}.`,
    )
  }
}

function checkNumber(value: number, name: string, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw invalidValue(`Value (${value}) for parameter ${name} is invalid. It is from ${least} to ${most}.`)
}
