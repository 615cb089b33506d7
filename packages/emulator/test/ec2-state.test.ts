import * as aws from '@aws-sdk/client-ec2'
import { resolveDesign, type Topology } from '@flowtap/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EmulatedAccount } from '../src/account.ts'
import { startEmulator } from '../src/index.ts'
import { designOfState } from '../src/network/design-of-state.ts'
import { ec2Service } from '../src/services/ec2/ec2-service.ts'
import type { Persistence, RowChange } from '../src/state/persistence.ts'
import { ServiceError } from '../src/wire/service-error.ts'

const PLACE = { region: 'eu-west-1', accountId: '111122223333' } as const
const IMAGE = 'ami-0f10a7a1000002023'

class KeptRows implements Persistence {
  readonly rows = new Map<string, readonly [string, string, object]>()

  load(): Iterable<readonly [string, string, object]> {
    return [...this.rows.values()]
  }

  async write(changes: readonly RowChange[]): Promise<void> {
    for (const { table, key, row } of changes) {
      if (row) this.rows.set(`${table} ${key}`, [table, key, JSON.parse(JSON.stringify(row))])
      else this.rows.delete(`${table} ${key}`)
    }
  }
  async close(): Promise<void> {}
}

function account(persistence?: Persistence): EmulatedAccount {
  return new EmulatedAccount({ ...PLACE, seed: 1, startMilliseconds: 1.7e12, ...(persistence && { persistence }) })
}

/** What packets see of a network. */
function facts(topology: Topology): unknown {
  return {
    vpcs: topology.vpcs.map(({ id, cidrBlocks }) => [id, ...cidrBlocks.map(String)]),
    interfaces: topology.interfaces.map((eni) => [
      eni.id,
      eni.macAddress,
      eni.addresses.map(({ address, publicAddress }) => `${address} ${publicAddress}`),
      eni.securityGroups.map(({ id }) => id),
    ]),
    instances: topology.instances.map(({ id, running, interfaces }) => [id, running, interfaces.map((eni) => eni.id)]),
    routes: topology.routeTables.map(({ id, routes }) => [
      id,
      routes.map(({ destination, target }) => `${destination} ${target.kind}`),
    ]),
    rules: topology.securityGroups.map(({ id, ingress, egress }) => [id, ingress.length, egress.length]),
  }
}

describe('the state and its network', () => {
  it('are there again after a restart', async () => {
    const kept = new KeptRows()
    const first = account(kept)
    const operations = ec2Service(first.ec2)
    call(first, operations, 'RunInstances', { ImageId: IMAGE, InstanceType: 't3.micro', MinCount: 3, MaxCount: 3 })
    await first.store.durable()
    const second = account(kept)
    expect(facts(second.network.topology)).toEqual(facts(first.network.topology))
    expect(second.network.topology.instances).toHaveLength(3)
    call(second, ec2Service(second.ec2), 'RunInstances', {
      ImageId: IMAGE,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    })
    expect(second.network.topology.instances).toHaveLength(4)
  })

  it('go back to a snapshot together', () => {
    const own = account()
    const before = facts(own.network.topology)
    const snapshot = own.store.snapshot()
    call(own, ec2Service(own.ec2), 'RunInstances', {
      ImageId: IMAGE,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    })
    expect(facts(own.network.topology)).not.toEqual(before)
    own.store.restore(snapshot)
    expect(facts(own.network.topology)).toEqual(before)
  })

  it('stay as they were where no network would come of a change', async () => {
    await using emulator = await startEmulator()
    const ec2 = emulator.client(aws.EC2Client)
    const { Vpc } = await ec2.send(new aws.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
    const before = facts(emulator.network.topology)
    await expect(
      ec2.send(new aws.AssociateVpcCidrBlockCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.64.0/20' })),
    ).rejects.toMatchObject({ name: 'CidrConflict' })
    const { Vpcs } = await ec2.send(new aws.DescribeVpcsCommand({ VpcIds: [Vpc?.VpcId ?? ''] }))
    expect(Vpcs?.[0]?.CidrBlockAssociationSet).toHaveLength(1)
    expect(facts(emulator.network.topology)).toEqual(before)
  })

  it('agree after any calls, each of which is done or refused with an error of EC2', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(ACTIONS.length - 1), fc.nat(), fc.nat()), { maxLength: 40 }), (steps) => {
        const own = account()
        const operations = ec2Service(own.ec2)
        for (const [action, one, other] of steps) {
          const [name, input] = (ACTIONS[action] as Action)(own, one, other)
          try {
            call(own, operations, name, input)
          } catch (error) {
            if (!(error instanceof ServiceError)) throw error
          }
        }
        const fresh = resolveDesign(designOfState(own.ec2.tables, PLACE))
        expect(facts(own.network.topology)).toEqual(facts(fresh))
        const running = [...own.ec2.tables.instances.values()].filter(({ state }) => state === 'running')
        expect(own.network.topology.instances.filter((each) => each.running)).toHaveLength(running.length)
      }),
      { numRuns: 25 },
    )
  })
})

type Action = (own: EmulatedAccount, one: number, other: number) => readonly [string, object]

/** One of a table's ids; one that is not there where it is empty. */
function pick(table: { entries(): Iterable<[string, object]> }, number: number): string {
  const ids = [...table.entries()].map(([id]) => id)
  return ids[number % Math.max(1, ids.length)] ?? 'none'
}

const ACTIONS: readonly Action[] = [
  (_, one) => ['CreateVpc', { CidrBlock: `10.${one % 4}.0.0/16`, AmazonProvidedIpv6CidrBlock: one % 3 === 0 }],
  ({ ec2: { tables } }, one, other) => [
    'CreateSubnet',
    { VpcId: pick(tables.vpcs, one), CidrBlock: `10.${other % 4}.${one % 3}.0/26` },
  ],
  ({ ec2: { tables } }, one) => [
    'RunInstances',
    {
      ImageId: IMAGE,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1 + (one % 3),
      SubnetId: pick(tables.subnets, one),
    },
  ],
  ({ ec2: { tables } }, one) => ['TerminateInstances', { InstanceIds: [pick(tables.instances, one)] }],
  ({ ec2: { tables } }, one) => ['StopInstances', { InstanceIds: [pick(tables.instances, one)] }],
  ({ ec2: { tables } }, one) => ['StartInstances', { InstanceIds: [pick(tables.instances, one)] }],
  ({ ec2: { tables } }, one) => ['DeleteSubnet', { SubnetId: pick(tables.subnets, one) }],
  ({ ec2: { tables } }, one) => ['DeleteVpc', { VpcId: pick(tables.vpcs, one) }],
  () => ['CreateInternetGateway', {}],
  ({ ec2: { tables } }, one, other) => [
    'AttachInternetGateway',
    { InternetGatewayId: pick(tables.internetGateways, one), VpcId: pick(tables.vpcs, other) },
  ],
  ({ ec2: { tables } }, one, other) => [
    'DetachInternetGateway',
    { InternetGatewayId: pick(tables.internetGateways, one), VpcId: pick(tables.vpcs, other) },
  ],
  ({ ec2: { tables } }, one, other) => [
    'CreateRoute',
    {
      RouteTableId: pick(tables.routeTables, one),
      DestinationCidrBlock: ['0.0.0.0/0', '10.1.0.0/16', '10.2.1.0/26', '192.168.0.0/16'][other % 4],
      ...[
        { GatewayId: pick(tables.internetGateways, other) },
        { NetworkInterfaceId: pick(tables.networkInterfaces, other) },
        { InstanceId: pick(tables.instances, other) },
        { NatGatewayId: pick(tables.natGateways, other) },
      ][one % 4],
    },
  ],
  ({ ec2: { tables } }, one) => [
    'DeleteRoute',
    { RouteTableId: pick(tables.routeTables, one), DestinationCidrBlock: '0.0.0.0/0' },
  ],
  ({ ec2: { tables } }, one, other) => [
    'AssociateRouteTable',
    {
      RouteTableId: pick(tables.routeTables, one),
      ...(other % 2 ? { SubnetId: pick(tables.subnets, other) } : { GatewayId: pick(tables.internetGateways, other) }),
    },
  ],
  ({ ec2: { tables } }, one) => ['CreateRouteTable', { VpcId: pick(tables.vpcs, one) }],
  () => ['AllocateAddress', {}],
  ({ ec2: { tables } }, one, other) => [
    'AssociateAddress',
    { AllocationId: pick(tables.addresses, one), NetworkInterfaceId: pick(tables.networkInterfaces, other) },
  ],
  ({ ec2: { tables } }, one, other) => [
    'CreateNatGateway',
    { SubnetId: pick(tables.subnets, one), AllocationId: pick(tables.addresses, other) },
  ],
  ({ ec2: { tables } }, one) => ['DeleteNatGateway', { NatGatewayId: pick(tables.natGateways, one) }],
  ({ ec2: { tables } }, one) => ['CreateNetworkInterface', { SubnetId: pick(tables.subnets, one) }],
  ({ ec2: { tables } }, one, other) => [
    'AttachNetworkInterface',
    {
      NetworkInterfaceId: pick(tables.networkInterfaces, one),
      InstanceId: pick(tables.instances, other),
      DeviceIndex: 1 + (one % 2),
    },
  ],
  ({ ec2: { tables } }, one) => ['DeleteNetworkInterface', { NetworkInterfaceId: pick(tables.networkInterfaces, one) }],
  ({ ec2: { tables } }, one, other) => [
    'AuthorizeSecurityGroupIngress',
    {
      GroupId: pick(tables.securityGroups, one),
      IpPermissions: [
        {
          IpProtocol: ['tcp', 'udp', 'icmp', '-1', '47'][other % 5],
          FromPort: 8,
          ToPort: 8 + (one % 2),
          UserIdGroupPairs: [{ GroupId: pick(tables.securityGroups, other) }],
        },
      ],
    },
  ],
  ({ ec2: { tables } }, one) => ['DeleteSecurityGroup', { GroupId: pick(tables.securityGroups, one) }],
  ({ ec2: { tables } }, one, other) => [
    'CreateSecurityGroup',
    { GroupName: `group ${other % 5}`, Description: 'x', VpcId: pick(tables.vpcs, one) },
  ],
  ({ ec2: { tables } }, one, other) => [
    'ModifyNetworkInterfaceAttribute',
    { NetworkInterfaceId: pick(tables.networkInterfaces, one), Groups: [pick(tables.securityGroups, other)] },
  ],
]

function call(own: EmulatedAccount, operations: ReturnType<typeof ec2Service>, name: string, input: object): void {
  const operation = operations[name]
  if (!operation || !('handle' in operation)) throw new Error(`there is no ${name}`)
  own.store.transact(() =>
    operation.handle(input as never, {
      ...PLACE,
      requestId: 'x',
      accessKeyId: undefined,
      nowMilliseconds: own.clock.nowMilliseconds,
      endpoint: 'http://localhost',
    }),
  )
}
