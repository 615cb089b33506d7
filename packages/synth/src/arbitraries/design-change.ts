import type { Design, FlowLogDesign, SecurityGroupRuleDesign } from '@flowtap/core'
import fc from 'fast-check'
import { flowLog } from './flow-log.ts'
import { instance } from './instance.ts'
import { pick } from './scenario-cast.ts'
import { changedDesign, type DesignChange, rulesOf } from './scenario-plan.ts'
import { networkAclEntry, ruleKey, securityGroupRule } from './security-rules.ts'

/** A change once it is known what the design is at its time; undefined where the design has nothing that it could change. */
export type ChangeOfDesign = (design: Design, number: number) => DesignChange | undefined

const NUMBER = { max: 999 }
const DIRECTIONS = ['ingress', 'egress'] as const
/** Addresses that the design arbitrary leaves free in each subnet, one for each change. */
const FIRST_FREE_ADDRESS = 200

/** A change of the design: rules, ACL entries, flow logs added and removed, instances and ENIs added. */
export function designChange(logFields?: readonly string[]): fc.Arbitrary<ChangeOfDesign> {
  const where = fc.record({ vpc: fc.nat(NUMBER), part: fc.nat(NUMBER), direction: fc.constantFrom(...DIRECTIONS) })
  return fc.oneof(
    { withCrossShrink: true },
    fc.tuple(where, fc.nat(NUMBER)).map(([place, number]) => removedRule(place, number)),
    fc.tuple(where, securityGroupRule([], '10.0.0.0/8')).map(([place, rule]) => addedRule(place, rule)),
    fc.tuple(where, fc.nat(NUMBER)).map(([place, number]) => removedEntry(place, number)),
    fc.tuple(where, networkAclEntry('10.0.0.0/8')).map(
      ([place, entry]): ChangeOfDesign =>
        (design, number) => {
          const acl = aclAt(design, place)
          if (!acl) return undefined
          // Before all the others, so that it acts.
          return { ...acl, kind: 'add-network-acl-entry', entry: { ruleNumber: 99 - number, ...entry } }
        },
    ),
    fc.nat(NUMBER).map(
      (number): ChangeOfDesign =>
        (design) => {
          const name = pick(Object.keys(design.flowLogs ?? {}), number, '')
          return name === '' ? undefined : { kind: 'remove-flow-log', name }
        },
    ),
    fc.tuple(fc.nat(NUMBER), flowLog(logFields)).map(([place, made]) => addedFlowLog(place, made)),
    fc.tuple(fc.nat(NUMBER), instance([])).map(
      ([place, { place: _, securityGroups: __, secondaryPrivateIpAddresses: ___, ...made }]): ChangeOfDesign =>
        (design, number) => {
          const subnet = subnetAt(design, place)
          if (!subnet) return undefined
          const settings = { subnet: subnet.name, privateIpAddress: freeAddress(subnet.cidrBlock, number) }
          return { kind: 'add-instance', name: `added-instance-${number}`, instance: { ...made, ...settings } }
        },
    ),
    fc.nat(NUMBER).map(
      (place): ChangeOfDesign =>
        (design, number) => {
          const subnet = subnetAt(design, place)
          if (!subnet) return undefined
          return {
            kind: 'add-network-interface',
            name: `added-interface-${number}`,
            networkInterface: {
              subnet: subnet.name,
              privateIpAddress: freeAddress(subnet.cidrBlock, number),
              requesterManaged: true,
              requesterId: 'amazon-elasticache',
            },
          }
        },
    ),
  )
}

/** The changes that fit a design one after another, and the design after all of them. */
export function fittingChanges(
  design: Design,
  changes: readonly ChangeOfDesign[],
): readonly (DesignChange | undefined)[] {
  let state = design
  return changes.map((change, number) => {
    const fitting = change(state, number)
    if (fitting) state = changedDesign(state, fitting)
    return fitting
  })
}

/** Where in a design, by numbers that are counted round and round. */
interface Place {
  readonly vpc: number
  readonly part: number
  readonly direction: 'ingress' | 'egress'
}

function groupAt(
  design: Design,
  { vpc, part, direction }: Place,
): { vpc: string; securityGroup: string; direction: 'ingress' | 'egress' } | undefined {
  const vpcName = pick(Object.keys(design.vpcs), vpc, '')
  const securityGroup = pick(Object.keys(design.vpcs[vpcName]?.securityGroups ?? {}), part, '')
  return securityGroup === '' ? undefined : { vpc: vpcName, securityGroup, direction }
}

function aclAt(
  design: Design,
  { vpc, part, direction }: Place,
): { vpc: string; networkAcl: string; direction: 'ingress' | 'egress' } | undefined {
  const vpcName = pick(Object.keys(design.vpcs), vpc, '')
  const networkAcl = pick(Object.keys(design.vpcs[vpcName]?.networkAcls ?? {}), part, '')
  return networkAcl === '' ? undefined : { vpc: vpcName, networkAcl, direction }
}

function removedRule(place: Place, number: number): ChangeOfDesign {
  return (design) => {
    const at = groupAt(design, place)
    const group = at && design.vpcs[at.vpc]?.securityGroups?.[at.securityGroup]
    const rules = group ? rulesOf(group, at.direction) : []
    const rule = rules[number % Math.max(1, rules.length)]
    return at && rule && { ...at, kind: 'remove-security-group-rule', rule }
  }
}

function addedRule(place: Place, rule: SecurityGroupRuleDesign): ChangeOfDesign {
  return (design) => {
    const at = groupAt(design, place)
    const group = at && design.vpcs[at.vpc]?.securityGroups?.[at.securityGroup]
    // Lists that the design does not have are none to name.
    if (!group || (rule.prefixList !== undefined && !design.prefixLists?.[rule.prefixList])) return undefined
    const key = ruleKey(at.securityGroup, rule)
    const isThere = rulesOf(group, at.direction).some((other) => ruleKey(at.securityGroup, other) === key)
    return isThere ? undefined : { ...at, kind: 'add-security-group-rule', rule }
  }
}

function removedEntry(place: Place, number: number): ChangeOfDesign {
  return (design) => {
    const at = aclAt(design, place)
    const entries = (at && design.vpcs[at.vpc]?.networkAcls?.[at.networkAcl]?.[at.direction]) ?? []
    const entry = entries[number % Math.max(1, entries.length)]
    return at && entry && { ...at, kind: 'remove-network-acl-entry', entry }
  }
}

function addedFlowLog(place: number, made: FlowLogDesign): ChangeOfDesign {
  return (design, number) => {
    const vpcs = Object.keys(design.vpcs).map((vpc) => ({ vpc }))
    const interfaces = Object.keys(design.instances ?? {}).map((networkInterface) => ({ networkInterface }))
    const { logDestination, ...rest } = made
    return {
      kind: 'add-flow-log',
      name: `added-flow-log-${number}`,
      flowLog: {
        ...pick<FlowLogDesign>([...vpcs, ...interfaces], place, {}),
        ...rest,
        // A place of its own: the same flow log cannot be made twice.
        ...(logDestination === undefined
          ? { logGroupName: `/added/${number}` }
          : { logDestination: `arn:aws:s3:::flow-logs/added-${number}/` }),
      },
    }
  }
}

function subnetAt(design: Design, place: number): { name: string; cidrBlock: string } | undefined {
  const subnets = Object.values(design.vpcs).flatMap(({ subnets = {} }) =>
    Object.entries(subnets).flatMap(([name, { cidrBlock }]) => (cidrBlock === undefined ? [] : [{ name, cidrBlock }])),
  )
  return subnets[place % Math.max(1, subnets.length)]
}

function freeAddress(cidrBlock: string, number: number): string {
  return cidrBlock.replace(/\.\d+\/\d+$/u, `.${FIRST_FREE_ADDRESS + number}`)
}
