import * as aws from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

const IMAGE = { ImageId: 'ami-0f10a7a1000002023', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 } as const
const GONE = '0123456789abcdef0'

/** Sources: facts of the project, "EC2 error codes that clients meet"; EC2 API reference, "Error codes". */
describe('EC2 refuses with the code that clients wait for', () => {
  let emulator: Emulator
  let ec2: aws.EC2Client
  const has = {
    vpc: '',
    subnet: '',
    group: '',
    table: '',
    gateway: '',
    otherVpc: '',
    acl: '',
    list: '',
    address: '',
    instance: '',
    eni: '',
    attachment: '',
    freeEni: '',
    mainTable: '',
    defaultGroup: '',
    otherGroup: '',
    loneGateway: '',
    template: '',
  }

  beforeAll(async () => {
    emulator = await startEmulator({ start: new Date('2026-03-01T00:00:00Z') })
    ec2 = emulator.client(aws.EC2Client)
    const vpc = await ec2.send(new aws.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
    has.vpc = vpc.Vpc?.VpcId ?? ''
    has.otherVpc = (await ec2.send(new aws.CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }))).Vpc?.VpcId ?? ''
    const subnet = await ec2.send(new aws.CreateSubnetCommand({ VpcId: has.vpc, CidrBlock: '10.0.1.0/28' }))
    has.subnet = subnet.Subnet?.SubnetId ?? ''
    const group = { GroupName: 'web', Description: 'web', VpcId: has.vpc }
    has.group = (await ec2.send(new aws.CreateSecurityGroupCommand(group))).GroupId ?? ''
    await ec2.send(
      new aws.AuthorizeSecurityGroupIngressCommand({
        GroupId: has.group,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
      }),
    )
    has.gateway = (await ec2.send(new aws.CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId ?? ''
    await ec2.send(new aws.AttachInternetGatewayCommand({ InternetGatewayId: has.gateway, VpcId: has.vpc }))
    has.loneGateway =
      (await ec2.send(new aws.CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId ?? ''
    has.table = (await ec2.send(new aws.CreateRouteTableCommand({ VpcId: has.vpc }))).RouteTable?.RouteTableId ?? ''
    await ec2.send(
      new aws.CreateRouteCommand({
        RouteTableId: has.table,
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: has.gateway,
      }),
    )
    await ec2.send(new aws.AssociateRouteTableCommand({ RouteTableId: has.table, SubnetId: has.subnet }))
    has.acl = (await ec2.send(new aws.CreateNetworkAclCommand({ VpcId: has.vpc }))).NetworkAcl?.NetworkAclId ?? ''
    await ec2.send(new aws.CreateNetworkAclEntryCommand(entry(has.acl)))
    const list = { PrefixListName: 'offices', AddressFamily: 'IPv4', MaxEntries: 2, Entries: [{ Cidr: '10.8.0.0/16' }] }
    has.list = (await ec2.send(new aws.CreateManagedPrefixListCommand(list))).PrefixList?.PrefixListId ?? ''
    await ec2.send(
      new aws.AuthorizeSecurityGroupEgressCommand({
        GroupId: has.group,
        IpPermissions: [{ IpProtocol: '47', PrefixListIds: [{ PrefixListId: has.list }] }],
      }),
    )
    const run = await ec2.send(
      new aws.RunInstancesCommand({ ...IMAGE, SubnetId: has.subnet, PrivateIpAddress: '10.0.1.5' }),
    )
    has.instance = run.Instances?.[0]?.InstanceId ?? ''
    has.eni = run.Instances?.[0]?.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? ''
    has.attachment = run.Instances?.[0]?.NetworkInterfaces?.[0]?.Attachment?.AttachmentId ?? ''
    const free = await ec2.send(new aws.CreateNetworkInterfaceCommand({ SubnetId: has.subnet }))
    has.freeEni = free.NetworkInterface?.NetworkInterfaceId ?? ''
    has.address = (await ec2.send(new aws.AllocateAddressCommand({}))).AllocationId ?? ''
    await ec2.send(new aws.AssociateAddressCommand({ AllocationId: has.address, InstanceId: has.instance }))
    const tables = await ec2.send(
      new aws.DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [has.vpc] }] }),
    )
    has.mainTable = tables.RouteTables?.find((row) => row.Associations?.[0]?.Main)?.RouteTableId ?? ''
    const groups = await ec2.send(
      new aws.DescribeSecurityGroupsCommand({
        Filters: [
          { Name: 'vpc-id', Values: [has.vpc] },
          { Name: 'group-name', Values: ['default'] },
        ],
      }),
    )
    has.defaultGroup = groups.SecurityGroups?.[0]?.GroupId ?? ''
    const other = { GroupName: 'web', Description: 'web', VpcId: has.otherVpc }
    has.otherGroup = (await ec2.send(new aws.CreateSecurityGroupCommand(other))).GroupId ?? ''
    const template = { LaunchTemplateName: 'web', LaunchTemplateData: { InstanceType: 't3.nano' } } as const
    has.template =
      (await ec2.send(new aws.CreateLaunchTemplateCommand(template))).LaunchTemplate?.LaunchTemplateId ?? ''
    await ec2.send(new aws.ImportKeyPairCommand({ KeyName: 'mine', PublicKeyMaterial: Buffer.from(PUBLIC_KEY) }))
  })
  afterAll(() => emulator.close())

  const entry = (NetworkAclId: string): aws.CreateNetworkAclEntryCommandInput => ({
    NetworkAclId,
    RuleNumber: 100,
    Egress: false,
    Protocol: '-1',
    RuleAction: 'allow',
    CidrBlock: '0.0.0.0/0',
  })

  /** What is called, the code, and a part of the text. */
  const refusals: readonly (readonly [code: string, text: RegExp, call: () => Promise<object>])[] = [
    [
      'InvalidVpcID.NotFound',
      /vpc ID 'vpc-0/,
      () => ec2.send(new aws.DescribeVpcsCommand({ VpcIds: [`vpc-${GONE}`] })),
    ],
    [
      'InvalidVpcID.NotFound',
      /do not exist/,
      () => ec2.send(new aws.DescribeVpcsCommand({ VpcIds: [`vpc-${GONE}`, 'vpc-0'] })),
    ],
    ['InvalidVpcID.Malformed', /expecting "vpc-/, () => ec2.send(new aws.DescribeVpcsCommand({ VpcIds: ['network'] }))],
    ['InvalidVpcID.NotFound', /./, () => ec2.send(new aws.DeleteVpcCommand({ VpcId: `vpc-${GONE}` }))],
    ['InvalidVpc.Range', /10\.0\.0\.0\/8/, () => ec2.send(new aws.CreateVpcCommand({ CidrBlock: '10.0.0.0/8' }))],
    ['InvalidParameterValue', /CIDR block/, () => ec2.send(new aws.CreateVpcCommand({ CidrBlock: '10.0.0' }))],
    ['MissingParameter', /cidrBlock/, () => ec2.send(new aws.CreateVpcCommand({}))],
    ['DefaultVpcAlreadyExists', /Default VPC/, () => ec2.send(new aws.CreateDefaultVpcCommand({}))],
    ['DependencyViolation', /has dependencies/, () => ec2.send(new aws.DeleteVpcCommand({ VpcId: has.vpc }))],
    [
      'CidrConflict',
      /overlaps/,
      () => ec2.send(new aws.AssociateVpcCidrBlockCommand({ VpcId: has.vpc, CidrBlock: '10.0.128.0/20' })),
    ],
    [
      'InvalidVpc.Range',
      /cannot/,
      () => ec2.send(new aws.AssociateVpcCidrBlockCommand({ VpcId: has.vpc, CidrBlock: '192.168.0.0/16' })),
    ],
    ['InvalidSubnetID.NotFound', /./, () => ec2.send(new aws.DeleteSubnetCommand({ SubnetId: `subnet-${GONE}` }))],
    ['DependencyViolation', /subnet/, () => ec2.send(new aws.DeleteSubnetCommand({ SubnetId: has.subnet }))],
    [
      'InvalidSubnet.Conflict',
      /conflicts with another subnet/,
      () => ec2.send(new aws.CreateSubnetCommand({ VpcId: has.vpc, CidrBlock: '10.0.1.0/24' })),
    ],
    [
      'InvalidSubnet.Range',
      /invalid/,
      () => ec2.send(new aws.CreateSubnetCommand({ VpcId: has.vpc, CidrBlock: '10.1.1.0/24' })),
    ],
    [
      'InvalidParameterValue',
      /availability zones: eu-west-1a/,
      () =>
        ec2.send(
          new aws.CreateSubnetCommand({ VpcId: has.vpc, CidrBlock: '10.0.2.0/24', AvailabilityZone: 'eu-west-1z' }),
        ),
    ],
    [
      'InvalidRouteTableID.NotFound',
      /./,
      () => ec2.send(new aws.DeleteRouteTableCommand({ RouteTableId: `rtb-${GONE}` })),
    ],
    ['DependencyViolation', /routeTable/, () => ec2.send(new aws.DeleteRouteTableCommand({ RouteTableId: has.table }))],
    [
      'DependencyViolation',
      /routeTable/,
      () => ec2.send(new aws.DeleteRouteTableCommand({ RouteTableId: has.mainTable })),
    ],
    [
      'RouteAlreadyExists',
      /0\.0\.0\.0\/0/,
      () =>
        ec2.send(
          new aws.CreateRouteCommand({
            RouteTableId: has.table,
            DestinationCidrBlock: '0.0.0.0/0',
            NetworkInterfaceId: has.eni,
          }),
        ),
    ],
    [
      'InvalidRoute.NotFound',
      /10\.5\.0\.0\/16/,
      () => ec2.send(new aws.DeleteRouteCommand({ RouteTableId: has.table, DestinationCidrBlock: '10.5.0.0/16' })),
    ],
    [
      'InvalidNatGatewayID.NotFound',
      /natGateway/,
      () =>
        ec2.send(
          new aws.CreateRouteCommand({
            RouteTableId: has.table,
            DestinationCidrBlock: '10.5.0.0/16',
            NatGatewayId: `nat-${GONE}`,
          }),
        ),
    ],
    [
      'InvalidGatewayID.NotFound',
      /gateway/,
      () =>
        ec2.send(
          new aws.CreateRouteCommand({
            RouteTableId: has.table,
            DestinationCidrBlock: '10.5.0.0/16',
            GatewayId: `igw-${GONE}`,
          }),
        ),
    ],
    [
      'InvalidParameterValue',
      /different networks/,
      () =>
        ec2.send(
          new aws.CreateRouteCommand({
            RouteTableId: has.table,
            DestinationCidrBlock: '10.5.0.0/16',
            GatewayId: has.loneGateway,
          }),
        ),
    ],
    [
      'InvalidVpcPeeringConnectionID.NotFound',
      /./,
      () =>
        ec2.send(
          new aws.CreateRouteCommand({
            RouteTableId: has.table,
            DestinationCidrBlock: '10.5.0.0/16',
            VpcPeeringConnectionId: `pcx-${GONE}`,
          }),
        ),
    ],
    [
      'InvalidParameterValue',
      /169\.254\.168\.0\/22/,
      () =>
        ec2.send(
          new aws.CreateRouteCommand({
            RouteTableId: has.table,
            DestinationCidrBlock: '169.254.169.0/24',
            GatewayId: has.gateway,
          }),
        ),
    ],
    [
      'InvalidInternetGatewayID.NotFound',
      /./,
      () => ec2.send(new aws.DeleteInternetGatewayCommand({ InternetGatewayId: `igw-${GONE}` })),
    ],
    [
      'DependencyViolation',
      /internetGateway/,
      () => ec2.send(new aws.DeleteInternetGatewayCommand({ InternetGatewayId: has.gateway })),
    ],
    [
      'Resource.AlreadyAssociated',
      /already attached/,
      () => ec2.send(new aws.AttachInternetGatewayCommand({ InternetGatewayId: has.gateway, VpcId: has.otherVpc })),
    ],
    [
      'Gateway.NotAttached',
      /not attached/,
      () => ec2.send(new aws.DetachInternetGatewayCommand({ InternetGatewayId: has.loneGateway, VpcId: has.vpc })),
    ],
    [
      'DependencyViolation',
      /mapped public address/,
      () => ec2.send(new aws.DetachInternetGatewayCommand({ InternetGatewayId: has.gateway, VpcId: has.vpc })),
    ],
    [
      'NatGatewayNotFound',
      /nat-/,
      () => ec2.send(new aws.DescribeNatGatewaysCommand({ NatGatewayIds: [`nat-${GONE}`] })),
    ],
    ['NatGatewayMalformed', /nat-/, () => ec2.send(new aws.DeleteNatGatewayCommand({ NatGatewayId: 'nut' }))],
    [
      'Resource.AlreadyAssociated',
      /already associated/,
      () => ec2.send(new aws.CreateNatGatewayCommand({ SubnetId: has.subnet, AllocationId: has.address })),
    ],
    [
      'InvalidAllocationID.NotFound',
      /./,
      () => ec2.send(new aws.ReleaseAddressCommand({ AllocationId: `eipalloc-${GONE}` })),
    ],
    ['InvalidIPAddress.InUse', /in use/, () => ec2.send(new aws.ReleaseAddressCommand({ AllocationId: has.address }))],
    [
      'InvalidAssociationID.NotFound',
      /./,
      () => ec2.send(new aws.DisassociateAddressCommand({ AssociationId: `eipassoc-${GONE}` })),
    ],
    [
      'InvalidGroup.NotFound',
      /security group/,
      () => ec2.send(new aws.DescribeSecurityGroupsCommand({ GroupIds: [`sg-${GONE}`] })),
    ],
    ['InvalidGroupId.Malformed', /sg-/, () => ec2.send(new aws.DescribeSecurityGroupsCommand({ GroupIds: ['web'] }))],
    [
      'InvalidGroup.Duplicate',
      /already exists/,
      () => ec2.send(new aws.CreateSecurityGroupCommand({ GroupName: 'WEB', Description: 'x', VpcId: has.vpc })),
    ],
    [
      'InvalidGroup.Reserved',
      /reserved/,
      () => ec2.send(new aws.CreateSecurityGroupCommand({ GroupName: 'default', Description: 'x', VpcId: has.vpc })),
    ],
    ['CannotDelete', /default/, () => ec2.send(new aws.DeleteSecurityGroupCommand({ GroupId: has.defaultGroup }))],
    [
      'InvalidPermission.Duplicate',
      /already exists/,
      () =>
        ec2.send(
          new aws.AuthorizeSecurityGroupIngressCommand({
            GroupId: has.group,
            IpPermissions: [{ IpProtocol: '6', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.1.2.3/8' }] }],
          }),
        ),
    ],
    [
      'InvalidPermission.NotFound',
      /does not exist/,
      () =>
        ec2.send(
          new aws.RevokeSecurityGroupIngressCommand({
            GroupId: has.group,
            IpProtocol: 'udp',
            FromPort: 53,
            ToPort: 53,
            CidrIp: '10.0.0.0/8',
          }),
        ),
    ],
    [
      'InvalidParameterValue',
      /port range/,
      () =>
        ec2.send(
          new aws.AuthorizeSecurityGroupIngressCommand({
            GroupId: has.group,
            IpProtocol: 'tcp',
            FromPort: 90,
            ToPort: 80,
            CidrIp: '10.0.0.0/8',
          }),
        ),
    ],
    [
      'InvalidNetworkAclID.NotFound',
      /./,
      () => ec2.send(new aws.DeleteNetworkAclCommand({ NetworkAclId: `acl-${GONE}` })),
    ],
    ['NetworkAclEntryAlreadyExists', /100/, () => ec2.send(new aws.CreateNetworkAclEntryCommand(entry(has.acl)))],
    [
      'InvalidNetworkAclEntry.NotFound',
      /rule number 7/,
      () => ec2.send(new aws.DeleteNetworkAclEntryCommand({ NetworkAclId: has.acl, RuleNumber: 7, Egress: true })),
    ],
    [
      'InvalidPrefixListID.NotFound',
      /./,
      () => ec2.send(new aws.DescribeManagedPrefixListsCommand({ PrefixListIds: [`pl-${GONE}`] })),
    ],
    [
      'DependencyViolation',
      /prefix list/,
      () => ec2.send(new aws.DeleteManagedPrefixListCommand({ PrefixListId: has.list })),
    ],
    [
      'PrefixListVersionMismatch',
      /version/,
      () => ec2.send(new aws.ModifyManagedPrefixListCommand({ PrefixListId: has.list, CurrentVersion: 9 })),
    ],
    [
      'PrefixListMaxEntriesExceeded',
      /room for 1/,
      () =>
        ec2.send(
          new aws.ModifyManagedPrefixListCommand({
            PrefixListId: has.list,
            CurrentVersion: 1,
            MaxEntries: 1,
            AddEntries: [{ Cidr: '10.7.0.0/16' }],
          }),
        ),
    ],
    [
      'InvalidNetworkInterfaceID.NotFound',
      /./,
      () => ec2.send(new aws.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [`eni-${GONE}`] })),
    ],
    [
      'InvalidNetworkInterfaceId.Malformed',
      /eni-/,
      () => ec2.send(new aws.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['x'] })),
    ],
    [
      'InvalidNetworkInterface.InUse',
      /in use/,
      () => ec2.send(new aws.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: has.eni })),
    ],
    [
      'InvalidIPAddress.InUse',
      /already in use/,
      () => ec2.send(new aws.CreateNetworkInterfaceCommand({ SubnetId: has.subnet, PrivateIpAddress: '10.0.1.5' })),
    ],
    [
      'InvalidParameterValue',
      /reserved/,
      () => ec2.send(new aws.CreateNetworkInterfaceCommand({ SubnetId: has.subnet, PrivateIpAddress: '10.0.1.1' })),
    ],
    [
      'InsufficientFreeAddressesInSubnet',
      /not enough free addresses/,
      () =>
        ec2.send(
          new aws.AssignPrivateIpAddressesCommand({
            NetworkInterfaceId: has.freeEni,
            SecondaryPrivateIpAddressCount: 20,
          }),
        ),
    ],
    [
      'OperationNotPermitted',
      /cannot be detached/,
      () => ec2.send(new aws.DetachNetworkInterfaceCommand({ AttachmentId: has.attachment })),
    ],
    [
      'InvalidInstanceID.NotFound',
      /i-0/,
      () => ec2.send(new aws.DescribeInstancesCommand({ InstanceIds: [`i-${GONE}`] })),
    ],
    ['InvalidInstanceID.Malformed', /i-/, () => ec2.send(new aws.TerminateInstancesCommand({ InstanceIds: ['me'] }))],
    ['MissingParameter', /ImageId/, () => ec2.send(new aws.RunInstancesCommand({ MinCount: 1, MaxCount: 1 }))],
    ['InvalidAMIID.NotFound', /ami/, () => ec2.send(new aws.RunInstancesCommand({ ...IMAGE, ImageId: 'ami-nothing' }))],
    ['InvalidKeyPair.NotFound', /nobody/, () => ec2.send(new aws.RunInstancesCommand({ ...IMAGE, KeyName: 'nobody' }))],
    [
      'InvalidParameterValue',
      /t9\.huge/,
      () => ec2.send(new aws.RunInstancesCommand({ ...IMAGE, InstanceType: 't9.huge' as aws._InstanceType })),
    ],
    [
      'InvalidParameterValue',
      /arm64/,
      () => ec2.send(new aws.RunInstancesCommand({ ...IMAGE, InstanceType: 't4g.micro' })),
    ],
    [
      'InvalidParameterCombination',
      /may not be specified on the same request/,
      () =>
        ec2.send(
          new aws.RunInstancesCommand({
            ...IMAGE,
            SubnetId: has.subnet,
            NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: has.freeEni }],
          }),
        ),
    ],
    [
      'IncorrectInstanceState',
      /stopped/,
      () =>
        ec2.send(
          new aws.ModifyInstanceAttributeCommand({ InstanceId: has.instance, InstanceType: { Value: 't3.nano' } }),
        ),
    ],
    [
      'UnsupportedOperation',
      /prefixes/,
      () =>
        ec2.send(
          new aws.RunInstancesCommand({
            ...IMAGE,
            NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: has.subnet, Ipv4PrefixCount: 1 }],
          }),
        ),
    ],
    [
      'InvalidGroup.NotFound',
      /different networks/,
      () =>
        ec2.send(
          new aws.AuthorizeSecurityGroupIngressCommand({
            GroupId: has.group,
            IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: has.otherGroup }] }],
          }),
        ),
    ],
    ['UnsupportedOperation', /KernelId/, () => ec2.send(new aws.RunInstancesCommand({ ...IMAGE, KernelId: 'aki-1' }))],
    [
      'InvalidLaunchTemplateName.AlreadyExistsException',
      /in use/,
      () =>
        ec2.send(
          new aws.CreateLaunchTemplateCommand({
            LaunchTemplateName: 'web',
            LaunchTemplateData: { EbsOptimized: true },
          }),
        ),
    ],
    [
      'InvalidLaunchTemplateId.VersionNotFound',
      /version 4/,
      () =>
        ec2.send(
          new aws.RunInstancesCommand({
            ...IMAGE,
            LaunchTemplate: { LaunchTemplateId: has.template, Version: '4' },
          }),
        ),
    ],
    [
      'InvalidKeyPair.Duplicate',
      /mine/,
      () => ec2.send(new aws.ImportKeyPairCommand({ KeyName: 'mine', PublicKeyMaterial: Buffer.from(PUBLIC_KEY) })),
    ],
    [
      'InvalidKey.Format',
      /OpenSSH/,
      () => ec2.send(new aws.ImportKeyPairCommand({ KeyName: 'x', PublicKeyMaterial: Buffer.from('key') })),
    ],
    [
      'InvalidID',
      /not valid/,
      () => ec2.send(new aws.CreateTagsCommand({ Resources: ['thing'], Tags: [{ Key: 'a', Value: 'b' }] })),
    ],
    [
      'InvalidParameterValue',
      /reserved/,
      () => ec2.send(new aws.CreateTagsCommand({ Resources: [has.vpc], Tags: [{ Key: 'aws:x', Value: 'b' }] })),
    ],
    [
      'InvalidParameterValue',
      /taggable/,
      () =>
        ec2.send(
          new aws.CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'subnet' }] }),
        ),
    ],
    [
      'InvalidParameterValue',
      /filter 'colour'/,
      () => ec2.send(new aws.DescribeVpcsCommand({ Filters: [{ Name: 'colour', Values: ['x'] }] })),
    ],
    ['InvalidMaxResults', /5/, () => ec2.send(new aws.DescribeVpcsCommand({ MaxResults: 2 }))],
    ['InvalidNextToken', /token/, () => ec2.send(new aws.DescribeVpcsCommand({ NextToken: 'abc' }))],
    [
      'FilterLimitExceeded',
      /200/,
      () =>
        ec2.send(
          new aws.DescribeVpcsCommand({ Filters: [{ Name: 'vpc-id', Values: Array.from({ length: 201 }, String) }] }),
        ),
    ],
    [
      'UnauthorizedOperation',
      /AWS-managed/,
      () => ec2.send(new aws.DeleteManagedPrefixListCommand({ PrefixListId: 'pl-6da54004' })),
    ],
  ]

  it('in every case, and changes nothing', async () => {
    const before = JSON.stringify(emulator.network.topology.interfaces.map(({ id }) => id))
    const answers: unknown[] = []
    const wanted: unknown[] = []
    for (const [code, , call] of refusals) {
      const error = await call().then(
        () => ({ name: 'no error', $metadata: { httpStatusCode: 200 }, message: '' }),
        (reason: { name: string; message: string; $metadata: { httpStatusCode?: number } }) => reason,
      )
      const status = code === 'UnauthorizedOperation' ? 403 : 400
      wanted.push([`${call}`, code, status])
      answers.push([`${call}`, error.name, error.$metadata.httpStatusCode])
    }
    expect(answers).toEqual(wanted)
    expect(JSON.stringify(emulator.network.topology.interfaces.map(({ id }) => id))).toBe(before)
  })

  it('with a text that says what was wrong', async () => {
    for (const [code, text, call] of refusals) {
      await expect(call(), code).rejects.toThrow(text)
    }
  })

  it('answers a rehearsal, and forgets it', async () => {
    const count = async (): Promise<number> => (await ec2.send(new aws.DescribeVpcsCommand({}))).Vpcs?.length ?? 0
    const before = await count()
    await expect(ec2.send(new aws.CreateVpcCommand({ CidrBlock: '10.4.0.0/16', DryRun: true }))).rejects.toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    })
    await expect(ec2.send(new aws.DeleteVpcCommand({ VpcId: has.vpc, DryRun: true }))).rejects.toMatchObject({
      name: 'DependencyViolation',
    })
    expect(await count()).toBe(before)
  })

  it('answers a repeated token by what was made before, and refuses it with other parameters', async () => {
    const run = { ...IMAGE, SubnetId: has.subnet, ClientToken: 'once' }
    const first = await ec2.send(new aws.RunInstancesCommand(run))
    const again = await ec2.send(new aws.RunInstancesCommand(run))
    expect(again.Instances?.[0]?.InstanceId).toBe(first.Instances?.[0]?.InstanceId)
    await expect(ec2.send(new aws.RunInstancesCommand({ ...run, MaxCount: 2 }))).rejects.toMatchObject({
      name: 'IdempotentParameterMismatch',
    })
  })

  it('protects instances from being ended, where that is wanted', async () => {
    const of = { InstanceId: has.instance }
    await ec2.send(new aws.ModifyInstanceAttributeCommand({ ...of, DisableApiTermination: { Value: true } }))
    const attribute = await ec2.send(
      new aws.DescribeInstanceAttributeCommand({ ...of, Attribute: 'disableApiTermination' }),
    )
    expect(attribute.DisableApiTermination).toEqual({ Value: true })
    await expect(ec2.send(new aws.TerminateInstancesCommand({ InstanceIds: [has.instance] }))).rejects.toMatchObject({
      name: 'OperationNotPermitted',
    })
  })
})

/** Made for this test with ssh-keygen. */
const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFrJFZPxPNxZJRXtr8j2HlCWHrwhPY0zvYQvF4eDzcLm test'
