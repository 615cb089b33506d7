import * as aws from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

describe('VPCs and what belongs to them', () => {
  let emulator: Emulator
  let ec2: aws.EC2Client
  let vpcId: string
  let subnetId: string

  beforeAll(async () => {
    emulator = await startEmulator({ start: new Date('2026-03-01T00:00:00Z') })
    ec2 = emulator.client(aws.EC2Client)
    vpcId = (await ec2.send(new aws.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId ?? ''
    const made = await ec2.send(new aws.CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.1.0/24' }))
    subnetId = made.Subnet?.SubnetId ?? ''
  })
  afterAll(() => emulator.close())

  it('a new account has a default VPC as AWS makes it', async () => {
    const { Vpcs } = await ec2.send(
      new aws.DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
    )
    const [vpc] = Vpcs ?? []
    expect(vpc).toMatchObject({ CidrBlock: '172.31.0.0/16', IsDefault: true, State: 'available' })
    const Filters = [{ Name: 'vpc-id', Values: [vpc?.VpcId ?? ''] }]
    const { Subnets } = await ec2.send(new aws.DescribeSubnetsCommand({ Filters }))
    const zones = await ec2.send(new aws.DescribeAvailabilityZonesCommand({}))
    expect(Subnets?.map((subnet) => subnet.AvailabilityZone)).toEqual(
      zones.AvailabilityZones?.map((zone) => zone.ZoneName),
    )
    for (const subnet of Subnets ?? []) {
      expect(subnet).toMatchObject({ DefaultForAz: true, MapPublicIpOnLaunch: true, AvailableIpAddressCount: 4091 })
    }
    const { RouteTables } = await ec2.send(new aws.DescribeRouteTablesCommand({ Filters }))
    expect(RouteTables).toHaveLength(1)
    expect(RouteTables?.[0]?.Associations?.[0]?.Main).toBe(true)
    expect(RouteTables?.[0]?.Routes?.map((route) => [route.DestinationCidrBlock, route.State])).toEqual([
      ['172.31.0.0/16', 'active'],
      ['0.0.0.0/0', 'active'],
    ])
    const { SecurityGroups } = await ec2.send(new aws.DescribeSecurityGroupsCommand({ Filters }))
    const [group] = SecurityGroups ?? []
    expect(group?.GroupName).toBe('default')
    expect(group?.IpPermissions?.[0]?.UserIdGroupPairs?.[0]?.GroupId).toBe(group?.GroupId)
    expect(group?.IpPermissionsEgress?.[0]?.IpRanges).toEqual([{ CidrIp: '0.0.0.0/0' }])
    const { NetworkAcls } = await ec2.send(new aws.DescribeNetworkAclsCommand({ Filters }))
    expect(NetworkAcls?.[0]?.Entries?.map((entry) => [entry.Egress, entry.RuleNumber, entry.RuleAction])).toEqual([
      [true, 100, 'allow'],
      [true, 32767, 'deny'],
      [false, 100, 'allow'],
      [false, 32767, 'deny'],
    ])
    expect(NetworkAcls?.[0]?.Associations).toHaveLength(Subnets?.length ?? 0)
    const attributes = await ec2.send(new aws.DescribeAccountAttributesCommand({ AttributeNames: ['default-vpc'] }))
    expect(attributes.AccountAttributes?.[0]?.AttributeValues?.[0]?.AttributeValue).toBe(vpc?.VpcId)
  })

  it('the default VPC can be deleted piece by piece, and made anew', async () => {
    await using other = await startEmulator({ region: 'us-east-1' })
    const client = other.client(aws.EC2Client)
    const [vpc] = (await client.send(new aws.DescribeVpcsCommand({}))).Vpcs ?? []
    const { Subnets } = await client.send(new aws.DescribeSubnetsCommand({}))
    expect(Subnets).toHaveLength(6)
    for (const { SubnetId } of Subnets ?? []) await client.send(new aws.DeleteSubnetCommand({ SubnetId }))
    const [gateway] = (await client.send(new aws.DescribeInternetGatewaysCommand({}))).InternetGateways ?? []
    const InternetGatewayId = gateway?.InternetGatewayId
    await client.send(new aws.DetachInternetGatewayCommand({ InternetGatewayId, VpcId: vpc?.VpcId }))
    await client.send(new aws.DeleteInternetGatewayCommand({ InternetGatewayId }))
    await client.send(new aws.DeleteVpcCommand({ VpcId: vpc?.VpcId }))
    expect(other.network.topology.vpcs).toEqual([])
    const made = await client.send(new aws.CreateDefaultVpcCommand({}))
    expect(made.Vpc?.VpcId).not.toBe(vpc?.VpcId)
    const [one] = (await client.send(new aws.DescribeSubnetsCommand({}))).Subnets ?? []
    await client.send(new aws.DeleteSubnetCommand({ SubnetId: one?.SubnetId }))
    const again = await client.send(new aws.CreateDefaultSubnetCommand({ AvailabilityZone: 'us-east-1a' }))
    expect(again.Subnet?.CidrBlock).toBe(one?.CidrBlock)
  })

  it('attributes and blocks of a VPC change', async () => {
    await ec2.send(new aws.ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }))
    const attribute = await ec2.send(
      new aws.DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsHostnames' }),
    )
    expect(attribute.EnableDnsHostnames).toEqual({ Value: true })
    await ec2.send(new aws.ModifyVpcTenancyCommand({ VpcId: vpcId, InstanceTenancy: 'default' }))
    const ipv4 = await ec2.send(new aws.AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock: '10.77.0.0/16' }))
    const ipv6 = await ec2.send(
      new aws.AssociateVpcCidrBlockCommand({ VpcId: vpcId, AmazonProvidedIpv6CidrBlock: true }),
    )
    const block = ipv6.Ipv6CidrBlockAssociation?.Ipv6CidrBlock ?? ''
    expect(block).toMatch(/\/56$/)
    const subnet = { SubnetId: subnetId, Ipv6CidrBlock: block.replace('/56', '/64') }
    const associated = await ec2.send(new aws.AssociateSubnetCidrBlockCommand(subnet))
    await ec2.send(
      new aws.ModifySubnetAttributeCommand({ SubnetId: subnetId, AssignIpv6AddressOnCreation: { Value: true } }),
    )
    const topology = emulator.network.topology.vpcs.find(({ id }) => id === vpcId)
    expect(topology?.cidrBlocks.map(String)).toEqual(['10.0.0.0/16', '10.77.0.0/16'])
    expect(topology?.ipv6CidrBlocks.map(String)).toEqual([block])
    const gateway = await ec2.send(new aws.CreateEgressOnlyInternetGatewayCommand({ VpcId: vpcId }))
    const id = gateway.EgressOnlyInternetGateway?.EgressOnlyInternetGatewayId ?? ''
    const listed = await ec2.send(
      new aws.DescribeEgressOnlyInternetGatewaysCommand({ EgressOnlyInternetGatewayIds: [id] }),
    )
    expect(listed.EgressOnlyInternetGateways?.[0]?.Attachments).toEqual([{ VpcId: vpcId, State: 'attached' }])
    await ec2.send(new aws.DeleteEgressOnlyInternetGatewayCommand({ EgressOnlyInternetGatewayId: id }))
    await ec2.send(
      new aws.DisassociateSubnetCidrBlockCommand({
        AssociationId: associated.Ipv6CidrBlockAssociation?.AssociationId,
      }),
    )
    for (const AssociationId of [
      ipv4.CidrBlockAssociation?.AssociationId,
      ipv6.Ipv6CidrBlockAssociation?.AssociationId,
    ]) {
      await ec2.send(new aws.DisassociateVpcCidrBlockCommand({ AssociationId }))
    }
    expect((await ec2.send(new aws.DescribeDhcpOptionsCommand({}))).DhcpOptions).toHaveLength(1)
  })

  it('routes lead to a NAT gateway, and are blackholes when it is gone', async () => {
    const gateway = await ec2.send(new aws.CreateInternetGatewayCommand({}))
    const InternetGatewayId = gateway.InternetGateway?.InternetGatewayId
    const address = await ec2.send(new aws.AllocateAddressCommand({ Domain: 'vpc' }))
    const failed = await ec2.send(
      new aws.CreateNatGatewayCommand({ SubnetId: subnetId, AllocationId: address.AllocationId }),
    )
    const failedId = failed.NatGateway?.NatGatewayId ?? ''
    const described = await ec2.send(new aws.DescribeNatGatewaysCommand({ NatGatewayIds: [failedId] }))
    expect(described.NatGateways?.[0]).toMatchObject({ State: 'failed', FailureCode: 'Gateway.NotAttached' })
    await ec2.send(new aws.AttachInternetGatewayCommand({ InternetGatewayId, VpcId: vpcId }))
    const made = await ec2.send(
      new aws.CreateNatGatewayCommand({ SubnetId: subnetId, AllocationId: address.AllocationId }),
    )
    expect(made.NatGateway?.State).toBe('pending')
    const NatGatewayId = made.NatGateway?.NatGatewayId ?? ''
    await aws.waitUntilNatGatewayAvailable({ client: ec2, maxWaitTime: 30 }, { NatGatewayIds: [NatGatewayId] })
    expect(emulator.network.topology.natGateways.map(({ id }) => id)).toEqual([NatGatewayId])
    const { Addresses } = await ec2.send(
      new aws.DescribeAddressesCommand({ AllocationIds: [address.AllocationId ?? ''] }),
    )
    const eni = Addresses?.[0]?.NetworkInterfaceId ?? ''
    expect(made.NatGateway?.NatGatewayAddresses?.[0]?.NetworkInterfaceId).toBe(eni)
    const interfaces = await ec2.send(new aws.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [eni] }))
    expect(interfaces.NetworkInterfaces?.[0]).toMatchObject({ InterfaceType: 'nat_gateway', RequesterManaged: true })

    const table = await ec2.send(new aws.CreateRouteTableCommand({ VpcId: vpcId }))
    const RouteTableId = table.RouteTable?.RouteTableId ?? ''
    const association = await ec2.send(new aws.AssociateRouteTableCommand({ RouteTableId, SubnetId: subnetId }))
    const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }
    await ec2.send(new aws.CreateRouteCommand({ ...route, GatewayId: InternetGatewayId }))
    await ec2.send(new aws.ReplaceRouteCommand({ ...route, NatGatewayId }))
    const routes = async (): Promise<readonly (string | undefined)[][]> => {
      const found = await ec2.send(new aws.DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }))
      return (found.RouteTables?.[0]?.Routes ?? []).map((each) => [each.NatGatewayId ?? each.GatewayId, each.State])
    }
    expect(await routes()).toEqual([
      ['local', 'active'],
      [NatGatewayId, 'active'],
    ])
    await ec2.send(new aws.DeleteNatGatewayCommand({ NatGatewayId }))
    expect((await routes())[1]).toEqual([NatGatewayId, 'blackhole'])
    expect(emulator.network.topology.natGateways).toEqual([])
    await ec2.send(new aws.DeleteRouteCommand(route))
    const other = await ec2.send(new aws.CreateRouteTableCommand({ VpcId: vpcId }))
    const replaced = await ec2.send(
      new aws.ReplaceRouteTableAssociationCommand({
        AssociationId: association.AssociationId,
        RouteTableId: other.RouteTable?.RouteTableId,
      }),
    )
    await ec2.send(new aws.DeleteRouteTableCommand({ RouteTableId }))
    await ec2.send(new aws.DisassociateRouteTableCommand({ AssociationId: replaced.NewAssociationId }))
    await ec2.send(new aws.ReleaseAddressCommand({ AllocationId: address.AllocationId }))
    expect((await ec2.send(new aws.DescribeAddressesAttributeCommand({ Attribute: 'domain-name' }))).Addresses).toEqual(
      [],
    )
    await emulator.clock.advance('61m')
    const gone = await ec2.send(new aws.DescribeNatGatewaysCommand({}))
    expect(gone.NatGateways).toEqual([])
  })

  it('a gateway leads what comes in to an appliance for as long as that can take it', async () => {
    const { Vpc } = await ec2.send(new aws.CreateVpcCommand({ CidrBlock: '10.60.0.0/16' }))
    const VpcId = Vpc?.VpcId
    const subnet = await ec2.send(new aws.CreateSubnetCommand({ VpcId, CidrBlock: '10.60.1.0/24' }))
    const gateway = await ec2.send(new aws.CreateInternetGatewayCommand({}))
    const InternetGatewayId = gateway.InternetGateway?.InternetGatewayId
    await ec2.send(new aws.AttachInternetGatewayCommand({ InternetGatewayId, VpcId }))
    const SubnetId = subnet.Subnet?.SubnetId
    const run = await ec2.send(
      new aws.RunInstancesCommand({
        ImageId: 'ami-0f10a7a1000002023',
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: true }],
      }),
    )
    const InstanceIds = [run.Instances?.[0]?.InstanceId ?? '']
    const table = await ec2.send(new aws.CreateRouteTableCommand({ VpcId }))
    const RouteTableId = table.RouteTable?.RouteTableId
    await ec2.send(
      new aws.CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '10.60.1.0/24', InstanceId: InstanceIds[0] }),
    )
    await ec2.send(new aws.AssociateRouteTableCommand({ RouteTableId, GatewayId: InternetGatewayId }))
    const target = (): string | undefined =>
      emulator.network.topology.internetGateways
        .find(({ id }) => id === InternetGatewayId)
        ?.routeTable?.routes.find(({ destination }) => destination.toString() === '10.60.1.0/24')?.target.kind
    expect(target()).toBe('network-interface')
    await ec2.send(new aws.StopInstancesCommand({ InstanceIds }))
    expect(target()).toBe('blackhole')
    await ec2.send(new aws.StartInstancesCommand({ InstanceIds }))
    expect(target()).toBe('network-interface')
    await ec2.send(new aws.TerminateInstancesCommand({ InstanceIds }))
    expect(target()).toBe('blackhole')
  })

  it('groups have rules with ids, which change', async () => {
    const { GroupId } = await ec2.send(
      new aws.CreateSecurityGroupCommand({ GroupName: 'rules', Description: 'rules', VpcId: vpcId }),
    )
    const added = await ec2.send(
      new aws.AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.1/8', Description: 'in' }] },
          { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, UserIdGroupPairs: [{ GroupId }] },
        ],
      }),
    )
    expect(added.SecurityGroupRules?.map((rule) => rule.CidrIpv4 ?? rule.ReferencedGroupInfo?.GroupId)).toEqual([
      '10.0.0.0/8',
      GroupId,
    ])
    const [first, second] = added.SecurityGroupRules ?? []
    await ec2.send(
      new aws.ModifySecurityGroupRulesCommand({
        GroupId,
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: first?.SecurityGroupRuleId,
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443, CidrIpv4: '10.0.0.0/8' },
          },
        ],
      }),
    )
    await ec2.send(
      new aws.UpdateSecurityGroupRuleDescriptionsIngressCommand({
        GroupId,
        SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: second?.SecurityGroupRuleId, Description: 'ping' }],
      }),
    )
    const { SecurityGroupRules } = await ec2.send(
      new aws.DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId ?? ''] }] }),
    )
    expect(
      SecurityGroupRules?.map((rule) => [rule.IsEgress, rule.IpProtocol, rule.FromPort, rule.ToPort, rule.Description]),
    ).toEqual([
      [true, '-1', -1, -1, undefined],
      [false, 'tcp', 8443, 8443, undefined],
      [false, 'icmp', 8, -1, 'ping'],
    ])
    const resolved = emulator.network.topology.securityGroups.find(({ id }) => id === GroupId)
    expect(resolved?.ingress.map(({ id, fromPort }) => [id, fromPort])).toEqual([
      [first?.SecurityGroupRuleId, 8443],
      [second?.SecurityGroupRuleId, 8],
    ])
    const egress = SecurityGroupRules?.find((rule) => rule.IsEgress)?.SecurityGroupRuleId ?? ''
    await ec2.send(
      new aws.UpdateSecurityGroupRuleDescriptionsEgressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'all' }] }],
      }),
    )
    await ec2.send(new aws.RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: [egress] }))
    await ec2.send(new aws.DeleteSecurityGroupCommand({ GroupId }))
    expect(emulator.network.topology.securityGroups.some(({ id }) => id === GroupId)).toBe(false)
  })

  it('network ACLs have entries and subnets', async () => {
    const { NetworkAcl } = await ec2.send(new aws.CreateNetworkAclCommand({ VpcId: vpcId }))
    const NetworkAclId = NetworkAcl?.NetworkAclId ?? ''
    const entry = { NetworkAclId, RuleNumber: 10, Egress: false, Protocol: '6', CidrBlock: '0.0.0.0/0' } as const
    const PortRange = { From: 22, To: 22 }
    await ec2.send(new aws.CreateNetworkAclEntryCommand({ ...entry, RuleAction: 'allow', PortRange }))
    await ec2.send(new aws.ReplaceNetworkAclEntryCommand({ ...entry, RuleAction: 'deny', PortRange }))
    const Filters = [{ Name: 'association.subnet-id', Values: [subnetId] }]
    const old = (await ec2.send(new aws.DescribeNetworkAclsCommand({ Filters }))).NetworkAcls?.[0]
    const AssociationId = old?.Associations?.find((each) => each.SubnetId === subnetId)?.NetworkAclAssociationId
    const moved = await ec2.send(new aws.ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }))
    const subnet = emulator.network.topology.subnets.find(({ id }) => id === subnetId)
    expect(subnet?.networkAcl.id).toBe(NetworkAclId)
    expect(subnet?.networkAcl.ingress.map(({ action, fromPort }) => [action, fromPort])).toEqual([['deny', 22]])
    await ec2.send(new aws.DeleteNetworkAclEntryCommand({ NetworkAclId, RuleNumber: 10, Egress: false }))
    await ec2.send(
      new aws.ReplaceNetworkAclAssociationCommand({
        AssociationId: moved.NewAssociationId,
        NetworkAclId: old?.NetworkAclId,
      }),
    )
    await ec2.send(new aws.DeleteNetworkAclCommand({ NetworkAclId }))
  })

  it('prefix lists have versions, and AWS has some of its own', async () => {
    const { PrefixList } = await ec2.send(
      new aws.CreateManagedPrefixListCommand({
        PrefixListName: 'offices',
        AddressFamily: 'IPv4',
        MaxEntries: 5,
        Entries: [{ Cidr: '10.8.0.0/16', Description: 'one' }],
      }),
    )
    const PrefixListId = PrefixList?.PrefixListId
    await ec2.send(
      new aws.ModifyManagedPrefixListCommand({
        PrefixListId,
        CurrentVersion: 1,
        AddEntries: [{ Cidr: '10.7.0.0/16' }],
        RemoveEntries: [{ Cidr: '10.8.0.0/16' }],
      }),
    )
    const entries = await ec2.send(new aws.GetManagedPrefixListEntriesCommand({ PrefixListId }))
    expect(entries.Entries?.map((each) => each.Cidr)).toEqual(['10.7.0.0/16'])
    const before = await ec2.send(new aws.GetManagedPrefixListEntriesCommand({ PrefixListId, TargetVersion: 1 }))
    expect(before.Entries).toEqual([{ Cidr: '10.8.0.0/16', Description: 'one' }])
    const { PrefixLists } = await ec2.send(
      new aws.DescribeManagedPrefixListsCommand({ Filters: [{ Name: 'owner-id', Values: ['AWS'] }] }),
    )
    expect(PrefixLists?.map((list) => list.PrefixListName)).toContain('com.amazonaws.eu-west-1.s3')
    const services = await ec2.send(new aws.DescribePrefixListsCommand({}))
    expect(services.PrefixLists?.find((list) => list.PrefixListName?.endsWith('.s3'))?.Cidrs).not.toEqual([])
    await ec2.send(new aws.DeleteManagedPrefixListCommand({ PrefixListId }))
  })
})
