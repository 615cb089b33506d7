import { IP_PROTOCOL } from '../packet/ip-protocol.ts'
import type { Packet } from '../packet/packet.ts'
import type { FlowDirection, NetworkInterface, SecurityGroup, Topology } from '../topology/topology.ts'
import type { AddressSet } from './address-matcher.ts'
import { isAutomaticallyTracked, loadBalancerOf } from './automatic-tracking.ts'
import { ExpiryWheel } from './expiry-wheel.ts'
import { FiveTupleTable } from './five-tuple-table.ts'
import { FragmentTable } from './fragment-table.ts'
import { DIRECT_PATH, type GroupPath } from './group-path.ts'
import { packetInError } from './icmp-message.ts'
import { memberAddresses, SecurityGroupRules } from './security-group-verdict.ts'
import { isClosed, opensConnection } from './tcp-connection-state.ts'
import { TrackedFlowKey } from './tracked-flow-key.ts'
import { nextTrackedState, TRACKED_FLOW } from './tracked-flow-state.ts'
import { judgeByRules, TRACK_TCP_FROM_MIDSTREAM } from './tracking-decision.ts'
import { TrackingTimers } from './tracking-timers.ts'
import { lacksSelector } from './transport-selector.ts'
import type { Verdict } from './verdict.ts'

const TRACKED_CONNECTION: Verdict = { action: 'ACCEPT', reason: { kind: 'tracked-connection' } }
const NO_SECURITY_GROUP: Verdict = { action: 'ACCEPT', reason: { kind: 'no-security-group' } }

const NO_ROOM: Verdict = { action: 'REJECT', reason: { kind: 'connection-tracking-allowance' } }

/**
 * Connections that the groups of an instance can track at a time. AWS has a limit by instance type, counts what it drops
 * (`conntrack_allowance_exceeded`), and publishes no numbers: none is taken unless given.
 * Source: EC2 user guide, "Monitor network performance for ENA settings".
 */
export const TRACKED_CONNECTIONS_PER_INSTANCE: number = Number.POSITIVE_INFINITY

/** What differs from AWS's behaviour on purpose, and what AWS does not publish. */
export interface ConnectionTrackerOptions {
  /**
   * Whether a TCP connection whose SYN was not seen is tracked from the first packet that a rule allows. false unless given
   * ({@link TRACK_TCP_FROM_MIDSTREAM}); true is for captures that begin amid connections.
   */
  readonly trackTcpFromMidstream?: boolean
  /** Connections that all ENIs of an instance track together; {@link TRACKED_CONNECTIONS_PER_INSTANCE} unless given. */
  readonly trackedConnectionsPerInstance?: number
}

/** What the tracker keeps for an ENI. */
interface TrackingPoint {
  readonly networkInterface: NetworkInterface
  /** Place of the ENI in the tables; it stays when the topology changes. */
  readonly scope: number
  readonly rules: SecurityGroupRules
  readonly timers: TrackingTimers
  readonly refused: Verdict
  /** Connections with the ENI are tracked whatever the rules and paths, and those of a balancer have its timers. */
  readonly automaticTracking: boolean
  readonly isLoadBalancer: boolean
  /** Places in the tables of the instance's ENIs, this one's among them; undefined where no limit is shared. */
  readonly instanceScopes: readonly number[] | undefined
}

/**
 * Security groups with connection tracking, for all ENIs of a topology: which packets pass, by which rule or by the state of a tracked
 * connection (EC2 user guide, "Security group connection tracking"). Each ENI has its own state: a packet of a flow that came by another
 * ENI is unknown here. Flow entries are dropped within a second of simulated time after their idle timer has run out.
 *
 * Whether a flow is tracked, and by which rule it passes: {@link judgeByRules}; how long: {@link TrackingTimers}.
 */
export class ConnectionTracker {
  readonly #trackTcpFromMidstream: boolean
  readonly #table = new FiveTupleTable()
  readonly #wheel = new ExpiryWheel(this.#table, (entry) => this.#remove(entry))
  /** Live flows by place of the ENI. */
  readonly #counts: number[] = []
  readonly #trackedConnectionsPerInstance: number
  readonly #fragments = new FragmentTable<Verdict>()
  readonly #key = new TrackedFlowKey()
  readonly #scopes: Map<string, number> = new Map()
  readonly #freeScopes: number[] = []
  #points: readonly TrackingPoint[] = []

  constructor(topology: Topology, options: ConnectionTrackerOptions = {}) {
    this.#trackTcpFromMidstream = options.trackTcpFromMidstream ?? TRACK_TCP_FROM_MIDSTREAM
    this.#trackedConnectionsPerInstance = options.trackedConnectionsPerInstance ?? TRACKED_CONNECTIONS_PER_INSTANCE
    this.update(topology)
  }

  /** Live flows of all ENIs. */
  get size(): number {
    return this.#table.size
  }

  /**
   * The verdict of an ENI's groups on a packet that comes in (`ingress`) or leaves (`egress`); the state follows the packet. Verdicts are
   * shared objects: one for each rule, one for all tracked connections, one refusal for each ENI. Times do not fall. Throws a RangeError
   * for an ENI that is not of the current topology.
   *
   * @param path The way behind or before the packet; straight from another ENI or to it unless given.
   */
  judge(
    networkInterface: NetworkInterface,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    path: GroupPath = DIRECT_PATH,
  ): Verdict {
    if (!networkInterface.hasSecurityGroups) return NO_SECURITY_GROUP
    const point = this.#points[networkInterface.index]
    if (point?.networkInterface !== networkInterface) {
      throw new RangeError(`${networkInterface.id} is not an ENI of the tracker's topology: update the tracker first`)
    }
    this.#wheel.advance(timeMicroseconds)
    const isEgress = direction === 'egress'
    const fragmentScope = point.scope * 2 + (isEgress ? 1 : 0)
    if (lacksSelector(packet)) {
      const asFirst = this.#fragments.find(fragmentScope, packet, timeMicroseconds)
      if (asFirst) return asFirst
    }
    const isBalanced = path.throughLoadBalancer !== false || point.isLoadBalancer
    const verdict =
      this.#judgeKnown(point, isEgress, packet, timeMicroseconds, isBalanced) ??
      this.#judgeUnknown(point, direction, packet, timeMicroseconds, path, isBalanced)
    if (packet.moreFragments && packet.fragmentOffset === 0)
      this.#fragments.remember(fragmentScope, packet, verdict, timeMicroseconds)
    return verdict
  }

  /**
   * Another topology from now on. Tracked connections survive whatever became of their rules, with the new idle timers from their next
   * packet on; untracked flows are judged by the new rules; state follows the ENIs' ids, and that of ENIs that are gone is dropped.
   */
  update(topology: Topology): void {
    const members = new Map<SecurityGroup, AddressSet>()
    const membersOf = (group: SecurityGroup): AddressSet => {
      const known = members.get(group) ?? memberAddresses(group)
      members.set(group, known)
      return known
    }
    const rulesByGroups = new Map<string, SecurityGroupRules>()
    this.#dropInterfaces(new Set(topology.interfaces.map(({ id }) => id)))
    this.#points = topology.interfaces.map((networkInterface) => {
      const groups = networkInterface.securityGroups
      const groupIds = groups.map(({ id }) => id).join()
      const rules = rulesByGroups.get(groupIds) ?? new SecurityGroupRules(groups, membersOf)
      rulesByGroups.set(groupIds, rules)
      return {
        networkInterface,
        scope: this.#scopeOf(networkInterface.id),
        rules,
        timers: new TrackingTimers(networkInterface.connectionTracking),
        automaticTracking: isAutomaticallyTracked(networkInterface),
        isLoadBalancer: loadBalancerOf(networkInterface) !== false,
        instanceScopes: this.#instanceScopesOf(networkInterface),
        refused: { action: 'REJECT', reason: { kind: 'no-security-group-rule', groups } },
      }
    })
  }

  /** The verdict by state, and the state after the packet; undefined where no tracked connection has it. */
  #judgeKnown(
    point: TrackingPoint,
    isEgress: boolean,
    packet: Packet,
    timeMicroseconds: number,
    isBalanced: boolean,
  ): Verdict | undefined {
    if (lacksSelector(packet)) return undefined
    const key = this.#key
    if (!key.set(packet, isEgress)) return this.#judgeIcmpError(point, isEgress, packet, timeMicroseconds)
    const entry = this.#find(point, key)
    if (entry < 0) return undefined
    const state = this.#table.value(entry)
    const isOver =
      timeMicroseconds >= this.#table.deadline(entry) ||
      (packet.protocol === IP_PROTOCOL.tcp && isClosed(state) && opensConnection(packet.tcpFlags))
    if (isOver) {
      this.#wheel.cancel(entry)
      this.#remove(entry)
      return undefined
    }
    const next = nextTrackedState(isBalanced ? state | TRACKED_FLOW.throughLoadBalancer : state, packet, isEgress)
    if (next !== state) this.#table.setValue(entry, next)
    const deadline = timeMicroseconds + point.timers.idleMicroseconds(packet.protocol, next)
    const isNearer = deadline < this.#table.deadline(entry)
    this.#table.setDeadline(entry, deadline)
    if (isNearer) this.#wheel.shorten(entry)
    return TRACKED_CONNECTION
  }

  /** An ICMP error passes when the packet that it quotes belongs to a tracked connection; it keeps none alive. */
  #judgeIcmpError(
    point: TrackingPoint,
    isEgress: boolean,
    packet: Packet,
    timeMicroseconds: number,
  ): Verdict | undefined {
    const quoted = packetInError(packet)
    if (quoted === undefined || lacksSelector(quoted) || !this.#key.set(quoted, !isEgress)) return undefined
    const entry = this.#find(point, this.#key)
    return entry >= 0 && timeMicroseconds < this.#table.deadline(entry) ? TRACKED_CONNECTION : undefined
  }

  /** The verdict by rules, and a new entry where the flow is tracked. */
  #judgeUnknown(
    point: TrackingPoint,
    direction: FlowDirection,
    packet: Packet,
    timeMicroseconds: number,
    path: GroupPath,
    isBalanced: boolean,
  ): Verdict {
    const { rules, scope, timers, refused } = point
    const automaticTracking = isBalanced || path.automaticTracking || point.automaticTracking
    const verdict = judgeByRules(rules, direction, packet, path, automaticTracking, this.#trackTcpFromMidstream)
    if (verdict === undefined) return refused
    if (verdict.reason.kind === 'security-group-rule' && verdict.reason.tracked) {
      if (point.instanceScopes !== undefined && this.#isFull(point.instanceScopes)) return NO_ROOM
      const isEgress = direction === 'egress'
      const started =
        (isEgress ? TRACKED_FLOW.startedByEgress : 0) | (isBalanced ? TRACKED_FLOW.throughLoadBalancer : 0)
      const state = nextTrackedState(started, packet, isEgress)
      const key = this.#key
      const entry = this.#table.insert(scope, key.protocol, key.nearPort, key.farPort, key.near, key.far)
      this.#table.setValue(entry, state)
      this.#table.setDeadline(entry, timeMicroseconds + timers.idleMicroseconds(packet.protocol, state))
      this.#wheel.start(entry)
      this.#counts[scope] = (this.#counts[scope] ?? 0) + 1
    }
    return verdict
  }

  #isFull(instanceScopes: readonly number[]): boolean {
    let tracked = 0
    for (const scope of instanceScopes) tracked += this.#counts[scope] ?? 0
    return tracked >= this.#trackedConnectionsPerInstance
  }

  #remove(entry: number): void {
    const scope = this.#table.scope(entry)
    this.#counts[scope] = (this.#counts[scope] ?? 0) - 1
    this.#table.remove(entry)
  }

  #find(point: TrackingPoint, key: TrackedFlowKey): number {
    return this.#table.find(point.scope, key.protocol, key.nearPort, key.farPort, key.near, key.far)
  }

  #dropInterfaces(present: ReadonlySet<string>): void {
    const gone = new Set<number>()
    for (const [id, scope] of this.#scopes) {
      if (present.has(id)) continue
      this.#scopes.delete(id)
      gone.add(scope)
    }
    if (gone.size === 0) return
    for (let entry = 0; entry < this.#table.entryBound; entry++) {
      if (!this.#table.has(entry) || !gone.has(this.#table.scope(entry))) continue
      this.#wheel.cancel(entry)
      this.#remove(entry)
    }
    this.#fragments.dropScopes((scope) => gone.has(scope >>> 1))
    this.#freeScopes.push(...gone)
  }

  #instanceScopesOf({ attachment }: NetworkInterface): readonly number[] | undefined {
    if (attachment.kind !== 'instance' || this.#trackedConnectionsPerInstance === Number.POSITIVE_INFINITY) {
      return undefined
    }
    return attachment.instance.interfaces.map(({ id }) => this.#scopeOf(id))
  }

  #scopeOf(interfaceId: string): number {
    let scope = this.#scopes.get(interfaceId)
    if (scope === undefined) {
      scope = this.#freeScopes.pop() ?? this.#scopes.size
      this.#scopes.set(interfaceId, scope)
    }
    return scope
  }
}
