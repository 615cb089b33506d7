import {
  AcceptVpcPeeringConnectionCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  EC2Client,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'
import { portRule, runInstance } from './ec2-web-server.ts'

interface Side {
  readonly vpc: string
  readonly table: string
  readonly cidr: string
  readonly instance: string
}

describe('peering connections', () => {
  let emulator: Emulator
  let ec2: EC2Client
  const sides: Side[] = []

  beforeAll(async () => {
    emulator = await startEmulator({ start: new Date('2026-03-01T00:00:00Z') })
    ec2 = emulator.client(EC2Client)
    for (const cidr of ['10.1.0.0/16', '10.2.0.0/16']) {
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: cidr }))
      const vpc = Vpc?.VpcId ?? ''
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: cidr.replace('/16', '/24') }))
      const { GroupId = '' } = await ec2.send(
        new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: vpc }),
      )
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [portRule(8080)] }))
      const { RouteTables } = await ec2.send(
        new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }),
      )
      const { instance } = await runInstance(ec2, Subnet?.SubnetId ?? '', GroupId)
      sides.push({ vpc, table: RouteTables?.[0]?.RouteTableId ?? '', cidr, instance })
    }
    await emulator.clock.advance('1m')
  })
  afterAll(() => emulator.close())

  async function peer(): Promise<string> {
    const { VpcPeeringConnection } = await ec2.send(
      new CreateVpcPeeringConnectionCommand({ VpcId: sides[0]?.vpc, PeerVpcId: sides[1]?.vpc }),
    )
    expect(VpcPeeringConnection?.Status?.Code).toBe('pending-acceptance')
    return VpcPeeringConnection?.VpcPeeringConnectionId ?? ''
  }

  async function probe(): Promise<string> {
    const { host } = await emulator.network.context()
    const from = host(sides[0]?.instance ?? '')
    const to = host(sides[1]?.instance ?? '')
    const [address] = to.addresses
    if (!address) throw new Error('the server has no address')
    let outcome = ''
    from.spawn('probe', function* (own) {
      outcome = (yield* own.probe({ to: address, protocol: 'tcp', port: 8080 })).kind
    })
    await emulator.clock.advance('1m')
    return outcome
  }

  it('carry traffic once they are accepted and routed to, and none when they are deleted', async () => {
    const { host } = await emulator.network.context()
    host(sides[1]?.instance ?? '').listen({ port: 8080 })
    const id = await peer()
    await expect(
      ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId: sides[1]?.vpc, PeerVpcId: sides[0]?.vpc })),
    ).rejects.toMatchObject({ name: 'VpcPeeringConnectionAlreadyExists' })
    await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }))
    for (const [at, { table }] of sides.entries()) {
      await ec2.send(
        new CreateRouteCommand({
          RouteTableId: table,
          DestinationCidrBlock: sides[1 - at]?.cidr,
          VpcPeeringConnectionId: id,
        }),
      )
    }
    expect(await probe()).toBe('open')
    await ec2.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }))
    expect(await probe()).not.toBe('open')
    await expect(ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }))).rejects.toMatchObject(
      { name: 'InvalidStateTransition' },
    )
  })

  it('are rejected, expire and fail, and are told of for two hours more', async () => {
    const rejected = await peer()
    await ec2.send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: rejected }))
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/20' }))
    const failed = await ec2.send(
      new CreateVpcPeeringConnectionCommand({ VpcId: sides[0]?.vpc, PeerVpcId: Vpc?.VpcId }),
    )
    expect(failed.VpcPeeringConnection?.Status?.Code).toBe('failed')
    const codes = async (): Promise<(string | undefined)[]> => {
      const { VpcPeeringConnections = [] } = await ec2.send(
        new DescribeVpcPeeringConnectionsCommand({
          Filters: [{ Name: 'requester-vpc-info.vpc-id', Values: [sides[0]?.vpc ?? ''] }],
        }),
      )
      return VpcPeeringConnections.map(({ Status }) => Status?.Code)
    }
    expect(await codes()).toEqual(['deleted', 'rejected', 'failed'])
    const pending = await peer()
    await emulator.clock.advance('7d')
    expect(await codes()).toEqual(['expired'])
    await emulator.clock.advance('2h')
    await expect(
      ec2.send(new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [pending] })),
    ).rejects.toMatchObject({ name: 'InvalidVpcPeeringConnectionID.NotFound' })
  })
})
