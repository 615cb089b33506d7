import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNetworkAclsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

const SECOND = 1_000_000

describe('a network that clients set up carries traffic', () => {
  let emulator: Emulator
  let ec2: EC2Client
  /** `eni-… ingress ACCEPT 22` for each packet that is judged. */
  const judged: string[] = []
  const named = { vpc: '', group: '', server: '', serverEni: '', client: '', acl: '', subnet: '' }

  beforeAll(async () => {
    emulator = await startEmulator({ start: new Date('2026-03-01T00:00:00Z') })
    ec2 = emulator.client(EC2Client)
    emulator.network.observe({
      capture: (eni, direction, packet, _time, { action }) => {
        judged.push(`${eni.id} ${direction} ${action} ${packet.sourcePort}>${packet.destinationPort}`)
      },
    })
  })
  afterAll(() => emulator.close())

  /** What the server's ENI said of packets to its port 8080 since the last question. */
  function verdicts(): ReadonlySet<string> {
    const pattern = new RegExp(`^${named.serverEni} ingress (\\w+) \\d+>8080$`)
    const found = judged.flatMap((line) => pattern.exec(line)?.[1] ?? [])
    judged.length = 0
    return new Set(found)
  }

  it('is made by the SDK alone', async () => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }))
    named.vpc = Vpc?.VpcId ?? ''
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: named.vpc, CidrBlock: '10.7.1.0/24' }))
    named.subnet = Subnet?.SubnetId ?? ''
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}))
    const gateway = { InternetGatewayId: InternetGateway?.InternetGatewayId }
    await ec2.send(new AttachInternetGatewayCommand({ ...gateway, VpcId: named.vpc }))
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: named.vpc }))
    const table = { RouteTableId: RouteTable?.RouteTableId }
    await ec2.send(
      new CreateRouteCommand({ ...table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway.InternetGatewayId }),
    )
    await ec2.send(new AssociateRouteTableCommand({ ...table, SubnetId: named.subnet }))
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: named.vpc }),
    )
    named.group = GroupId ?? ''
    // Without "all out" the inbound rule is tracked: a rule from everywhere and one to everywhere would not be.
    await ec2.send(
      new RevokeSecurityGroupEgressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      }),
    )
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      }),
    )
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ImageId: 'ami-0f10a7a1000002023',
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        NetworkInterfaces: [
          { DeviceIndex: 0, SubnetId: named.subnet, Groups: [named.group], AssociatePublicIpAddress: true },
        ],
      }),
    )
    const [instance] = Instances ?? []
    expect(instance?.State).toEqual({ Code: 0, Name: 'pending' })
    named.server = instance?.InstanceId ?? ''
    named.serverEni = instance?.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? ''
    const publicIp = instance?.NetworkInterfaces?.[0]?.Association?.PublicIp
    expect(publicIp).toMatch(/^(198|203|192)\./)
    await emulator.clock.advance('1m')
    const context = await emulator.network.context()
    expect(context.host(named.server).publicAddresses.map(String)).toEqual([publicIp])
    context.host(named.server).listen({ port: 8080 })
  })

  it('lets through what the groups allow, and refuses new connections alone when the rule goes', async () => {
    const { host, addInternetHost } = await emulator.network.context()
    const client = addInternetHost({ name: 'visitor', addresses: ['203.0.113.250'] })
    const [to] = host(named.server).publicAddresses
    if (!to) throw new Error('the server has no public address')
    let exchanges = 0
    client.spawn('tracked', function* (own) {
      const connection = yield* own.connect({ to, port: 8080 })
      for (;;) {
        yield* connection.exchange({ send: 100, receive: 1000, timeoutMicroseconds: 20 * SECOND })
        exchanges++
        yield* own.sleep(10 * SECOND)
      }
    })
    await emulator.clock.advance('30s')
    expect(exchanges).toBeGreaterThan(1)
    expect(verdicts()).toEqual(new Set(['ACCEPT']))

    await ec2.send(
      new RevokeSecurityGroupIngressCommand({
        GroupId: named.group,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      }),
    )
    const before = exchanges
    await emulator.clock.advance('30s')
    expect(exchanges).toBeGreaterThan(before + 1)
    expect(verdicts()).toEqual(new Set(['ACCEPT']))

    const outcomes: string[] = []
    client.spawn('new', function* (own) {
      const { kind } = yield* own.probe({ to, protocol: 'tcp', port: 8080 })
      outcomes.push(kind)
    })
    await emulator.clock.advance('5s')
    expect(outcomes).toEqual(['timeout'])
    expect(verdicts()).toContain('REJECT')
    const later = exchanges
    await emulator.clock.advance('30s')
    expect(exchanges).toBeGreaterThan(later + 1)

    const { NetworkAcls } = await ec2.send(
      new DescribeNetworkAclsCommand({ Filters: [{ Name: 'association.subnet-id', Values: [named.subnet] }] }),
    )
    await ec2.send(
      new CreateNetworkAclEntryCommand({
        NetworkAclId: NetworkAcls?.[0]?.NetworkAclId,
        RuleNumber: 1,
        Egress: false,
        RuleAction: 'deny',
        Protocol: '6',
        PortRange: { From: 8080, To: 8080 },
        CidrBlock: '0.0.0.0/0',
      }),
    )
    await emulator.clock.advance('1m')
    judged.length = 0
    const cut = exchanges
    await emulator.clock.advance('2m')
    expect(exchanges).toBe(cut)
    expect(verdicts()).toEqual(new Set(['REJECT']))
  })

  it('stops with its instance', async () => {
    const { host } = await emulator.network.context()
    await ec2.send(new StopInstancesCommand({ InstanceIds: [named.server] }))
    expect(emulator.network.topology.instances.find(({ id }) => id === named.server)?.running).toBe(false)
    expect(host(named.server).publicAddresses).toEqual([])
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [named.server] }))
    expect(emulator.network.topology.instances.some(({ id }) => id === named.server)).toBe(false)
    expect(emulator.network.topology.interfaces.some(({ id }) => id === named.serverEni)).toBe(false)
  })
})
