import { CidrBlock } from '../net/cidr-block.ts'
import { type PlannedAddresses, planAddresses } from './address-plan.ts'
import { isLeftOut } from './declared-names.ts'
import type { SecurityGroupEntry } from './design-entry.ts'
import { type Entry, type EntryKind, type EntryMap, type Keys, KIND_WORDS, type VpcEntry } from './design-entry.ts'
import type { DesignIndex } from './design-index.ts'
import { type DesignIssue, type DesignIssueCode, formatPath, quoteValue } from './design-issue.ts'
import { type InterfacePlan, instanceInterfaceName, planInterfaces } from './interface-plan.ts'
import { nearestName } from './nearest-name.ts'

type EntryOf<K extends EntryKind> = DesignIndex[K] extends EntryMap<infer E> ? E : never

/** What the checks of a design share: the index, the ENIs, references by name, and the list of issues. */
export class CheckContext {
  readonly index: DesignIndex
  readonly interfaces: readonly InterfacePlan[]
  readonly addresses: ReadonlyMap<InterfacePlan, PlannedAddresses>
  readonly issues: DesignIssue[] = []
  readonly #data: unknown
  readonly #interfacesByName: ReadonlyMap<string, InterfacePlan>
  readonly #blocks = new Map<string, CidrBlock>()

  /** `data` is all of the input, the parts with wrong shapes included. */
  constructor(index: DesignIndex, data: unknown) {
    this.index = index
    this.#data = data
    this.interfaces = planInterfaces(index)
    this.#interfacesByName = new Map(this.interfaces.map((plan) => [plan.name, plan]))
    this.addresses = planAddresses(index, this.interfaces, (code, keys, message, awsErrorCode) =>
      this.error(code, keys, message, awsErrorCode),
    )
  }

  error(code: DesignIssueCode, keys: Keys, message: string, awsErrorCode?: string): void {
    this.#add('error', code, keys, message, awsErrorCode)
  }

  warn(code: DesignIssueCode, keys: Keys, message: string): void {
    this.#add('warning', code, keys, message, undefined)
  }

  /** The resource that a name means; an issue and undefined where there is none. */
  find<K extends EntryKind>(kind: K, name: string, keys: Keys): EntryOf<K> | undefined {
    const map: ReadonlyMap<string, Entry<unknown>> = this.index[kind]
    const found = map.get(name)
    if (!found) this.#unknown(kind, name, keys, map.keys())
    return found as EntryOf<K> | undefined
  }

  /** A group by its name in a VPC, where `default` is the VPC's default group. */
  findSecurityGroup(name: string, vpc: VpcEntry, keys: Keys): SecurityGroupEntry | undefined {
    const found = this.index.securityGroup(name, vpc)
    if (!found) this.#unknown('securityGroups', name, keys, this.index.securityGroups.keys())
    return found
  }

  /** An ENI by its own name, or an instance's primary ENI by the instance's. */
  findInterface(name: string, keys: Keys): InterfacePlan | undefined {
    const found = this.interfaceNamed(name)
    if (!found && !this.index.instances.has(name) && !isLeftOut(this.#data, this.index, 'instances', name)) {
      this.#unknown('networkInterfaces', name, keys, [...this.#interfacesByName.keys(), ...this.index.instances.keys()])
    }
    return found
  }

  /** Like {@link CheckContext.findInterface} without an issue. */
  interfaceNamed(name: string): InterfacePlan | undefined {
    const own = this.#interfacesByName.get(name)
    if (own) return own
    const instance = this.index.instances.get(name)
    if (!instance) return undefined
    const [first] = instance.value.networkInterfaces ?? [instanceInterfaceName(name)]
    return first === undefined ? undefined : this.#interfacesByName.get(first)
  }

  /** A block whose text the schema has checked. */
  block(text: string): CidrBlock {
    let block = this.#blocks.get(text)
    if (!block) {
      block = CidrBlock.of(text)
      this.#blocks.set(text, block)
    }
    return block
  }

  #unknown(kind: EntryKind, name: string, keys: Keys, candidates: Iterable<string>): void {
    if (isLeftOut(this.#data, this.index, kind, name)) return
    const names = [...candidates]
    const nearest = nearestName(name, names)
    const known = names.length === 0 ? 'The design has none.' : `Known: ${names.slice(0, 20).join(', ')}.`
    const advice = nearest === undefined ? known : `Did you mean ${nearest}?`
    this.error('unknown-reference', keys, `There is no ${KIND_WORDS[kind]} ${quoteValue(name)}. ${advice}`)
  }

  #add(
    severity: DesignIssue['severity'],
    code: DesignIssueCode,
    keys: Keys,
    message: string,
    awsErrorCode: string | undefined,
  ): void {
    const path = formatPath(keys)
    this.issues.push({ code, severity, path, keys, message, ...(awsErrorCode === undefined ? {} : { awsErrorCode }) })
  }
}
