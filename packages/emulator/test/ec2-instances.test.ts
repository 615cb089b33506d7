import * as aws from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'

const IMAGE = 'ami-0f10a7a1000002023'

describe('instances and what they need', () => {
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

  it('run from a launch template, in the default VPC, with a public address that a stop takes away', async () => {
    const template = await ec2.send(
      new aws.CreateLaunchTemplateCommand({
        LaunchTemplateName: 'web',
        LaunchTemplateData: {
          ImageId: IMAGE,
          InstanceType: 't3.nano',
          UserData: Buffer.from('#!/bin/sh').toString('base64'),
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'role', Value: 'web' }] }],
        },
      }),
    )
    const of = { LaunchTemplateId: template.LaunchTemplate?.LaunchTemplateId }
    await ec2.send(
      new aws.CreateLaunchTemplateVersionCommand({
        ...of,
        SourceVersion: '1',
        LaunchTemplateData: { InstanceType: 't3.small' },
      }),
    )
    await ec2.send(new aws.ModifyLaunchTemplateCommand({ ...of, DefaultVersion: '2' }))
    const versions = await ec2.send(new aws.DescribeLaunchTemplateVersionsCommand({ ...of, Versions: ['$Default'] }))
    expect(versions.LaunchTemplateVersions?.[0]?.LaunchTemplateData).toMatchObject({
      ImageId: IMAGE,
      InstanceType: 't3.small',
    })
    const listed = await ec2.send(new aws.DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ['web'] }))
    expect(listed.LaunchTemplates?.[0]).toMatchObject({ DefaultVersionNumber: 2, LatestVersionNumber: 2 })

    const run = await ec2.send(new aws.RunInstancesCommand({ MinCount: 2, MaxCount: 2, LaunchTemplate: of }))
    const InstanceIds = (run.Instances ?? []).map(({ InstanceId = '' }) => InstanceId)
    await aws.waitUntilInstanceRunning({ client: ec2, maxWaitTime: 30 }, { InstanceIds })
    await aws.waitUntilInstanceStatusOk({ client: ec2, maxWaitTime: 30 }, { InstanceIds })
    const Filters = [
      { Name: 'tag:role', Values: ['w?b'] },
      { Name: 'instance-state-name', Values: ['running'] },
    ]
    const one = async (): Promise<aws.Instance | undefined> =>
      (await ec2.send(new aws.DescribeInstancesCommand({ Filters }))).Reservations?.[0]?.Instances?.[0]
    const before = await one()
    expect(before).toMatchObject({ InstanceType: 't3.small', PublicIpAddress: expect.stringMatching(/\./) })
    const attribute = await ec2.send(
      new aws.DescribeInstanceAttributeCommand({ InstanceId: InstanceIds[0], Attribute: 'userData' }),
    )
    expect(Buffer.from(attribute.UserData?.Value ?? '', 'base64').toString()).toBe('#!/bin/sh')
    const volumes = await ec2.send(
      new aws.DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: InstanceIds }] }),
    )
    expect(volumes.Volumes?.map((volume) => [volume.Size, volume.State])).toEqual([
      [8, 'in-use'],
      [8, 'in-use'],
    ])

    await ec2.send(new aws.RebootInstancesCommand({ InstanceIds }))
    const stopping = await ec2.send(new aws.StopInstancesCommand({ InstanceIds }))
    expect(stopping.StoppingInstances?.[0]).toMatchObject({
      PreviousState: { Name: 'running' },
      CurrentState: { Name: 'stopping' },
    })
    await aws.waitUntilInstanceStopped({ client: ec2, maxWaitTime: 30 }, { InstanceIds })
    const stopped = await ec2.send(new aws.DescribeInstancesCommand({ InstanceIds }))
    expect(stopped.Reservations?.[0]?.Instances?.[0]?.PublicIpAddress).toBeUndefined()
    await ec2.send(new aws.StartInstancesCommand({ InstanceIds }))
    expect((await one())?.PublicIpAddress).not.toBe(before?.PublicIpAddress)
    await ec2.send(new aws.TerminateInstancesCommand({ InstanceIds }))
    await aws.waitUntilInstanceTerminated({ client: ec2, maxWaitTime: 30 }, { InstanceIds })
    await emulator.clock.advance('61m')
    await expect(ec2.send(new aws.DescribeInstancesCommand({ InstanceIds }))).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    })
    expect((await ec2.send(new aws.DescribeVolumesCommand({}))).Volumes).toEqual([])
    await ec2.send(new aws.DeleteLaunchTemplateCommand(of))
  })

  it('have ENIs that come and go', async () => {
    const { NetworkInterface } = await ec2.send(
      new aws.CreateNetworkInterfaceCommand({
        SubnetId: subnetId,
        PrivateIpAddress: '10.0.1.50',
        SecondaryPrivateIpAddressCount: 1,
        Description: 'spare',
        TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'Name', Value: 'spare' }] }],
      }),
    )
    const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? ''
    const inNetwork = () => emulator.network.topology.interfaces.find(({ id }) => id === NetworkInterfaceId)
    expect(inNetwork()).toBeUndefined()
    const run = await ec2.send(
      new aws.RunInstancesCommand({
        ImageId: IMAGE,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        SubnetId: subnetId,
        CreditSpecification: { CpuCredits: 'standard' },
        IamInstanceProfile: { Name: 'web' },
      }),
    )
    const InstanceId = run.Instances?.[0]?.InstanceId ?? ''
    const attached = await ec2.send(
      new aws.AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex: 1 }),
    )
    expect(inNetwork()?.addresses[0]?.address.toString()).toBe('10.0.1.50')
    await ec2.send(new aws.AssignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: ['10.0.1.60'] }))
    expect(inNetwork()?.addresses.map(({ address }) => address.toString())).toContain('10.0.1.60')
    await ec2.send(new aws.UnassignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: ['10.0.1.60'] }))
    await ec2.send(
      new aws.ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, SourceDestCheck: { Value: false } }),
    )
    expect(inNetwork()?.sourceDestinationCheck).toBe(false)
    expect(inNetwork()?.macAddress).toBe(NetworkInterface?.MacAddress)
    const attribute = await ec2.send(
      new aws.DescribeNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Attribute: 'sourceDestCheck' }),
    )
    expect(attribute.SourceDestCheck).toEqual({ Value: false })
    const { NetworkInterfaces } = await ec2.send(
      new aws.DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [InstanceId] }] }),
    )
    expect(NetworkInterfaces?.map((each) => each.Attachment?.DeviceIndex).sort()).toEqual([0, 1])
    await ec2.send(new aws.DetachNetworkInterfaceCommand({ AttachmentId: attached.AttachmentId }))
    expect(inNetwork()).toBeUndefined()
    await ec2.send(new aws.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))

    const metadata = await ec2.send(
      new aws.ModifyInstanceMetadataOptionsCommand({ InstanceId, HttpTokens: 'optional' }),
    )
    expect(metadata.InstanceMetadataOptions?.HttpTokens).toBe('optional')
    await ec2.send(new aws.ModifyInstanceAttributeCommand({ InstanceId, SourceDestCheck: { Value: false } }))
    await ec2.send(new aws.MonitorInstancesCommand({ InstanceIds: [InstanceId] }))
    await ec2.send(new aws.UnmonitorInstancesCommand({ InstanceIds: [InstanceId] }))
    const credits = await ec2.send(new aws.DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [InstanceId] }))
    expect(credits.InstanceCreditSpecifications?.[0]?.CpuCredits).toBe('standard')
    const profiles = await ec2.send(
      new aws.DescribeIamInstanceProfileAssociationsCommand({
        Filters: [{ Name: 'instance-id', Values: [InstanceId] }],
      }),
    )
    expect(profiles.IamInstanceProfileAssociations?.[0]?.IamInstanceProfile?.Arn).toContain('instance-profile/web')
    const status = await ec2.send(new aws.DescribeInstanceStatusCommand({ InstanceIds: [InstanceId] }))
    expect(status.InstanceStatuses?.[0]?.InstanceStatus?.Status).toBe('ok')
    await ec2.send(new aws.TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
  })

  it('have elastic addresses and IPv6 ones', async () => {
    const gateway = await ec2.send(new aws.CreateInternetGatewayCommand({}))
    const InternetGatewayId = gateway.InternetGateway?.InternetGatewayId
    await ec2.send(new aws.AttachInternetGatewayCommand({ InternetGatewayId, VpcId: vpcId }))
    const vpc = await ec2.send(
      new aws.AssociateVpcCidrBlockCommand({ VpcId: vpcId, AmazonProvidedIpv6CidrBlock: true }),
    )
    const Ipv6CidrBlock = vpc.Ipv6CidrBlockAssociation?.Ipv6CidrBlock?.replace('/56', '/64')
    await ec2.send(new aws.AssociateSubnetCidrBlockCommand({ SubnetId: subnetId, Ipv6CidrBlock }))
    const run = await ec2.send(
      new aws.RunInstancesCommand({
        ImageId: IMAGE,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        SubnetId: subnetId,
        Ipv6AddressCount: 1,
      }),
    )
    const InstanceId = run.Instances?.[0]?.InstanceId
    const NetworkInterfaceId = run.Instances?.[0]?.NetworkInterfaces?.[0]?.NetworkInterfaceId
    const assigned = await ec2.send(new aws.AssignIpv6AddressesCommand({ NetworkInterfaceId, Ipv6AddressCount: 1 }))
    const eni = () => emulator.network.topology.interfaces.find(({ id }) => id === NetworkInterfaceId)
    expect(eni()?.ipv6Addresses).toHaveLength(2)
    await ec2.send(
      new aws.UnassignIpv6AddressesCommand({ NetworkInterfaceId, Ipv6Addresses: assigned.AssignedIpv6Addresses }),
    )
    expect(eni()?.ipv6Addresses).toHaveLength(1)
    const address = await ec2.send(new aws.AllocateAddressCommand({}))
    const { AssociationId } = await ec2.send(
      new aws.AssociateAddressCommand({ AllocationId: address.AllocationId, InstanceId }),
    )
    expect(eni()?.addresses[0]?.publicAddress?.toString()).toBe(address.PublicIp)
    await ec2.send(new aws.DisassociateAddressCommand({ AssociationId }))
    expect(eni()?.addresses[0]?.publicAddress).toBeUndefined()
  })

  it('have images, types, keys and tags to choose from', async () => {
    const images = await ec2.send(
      new aws.DescribeImagesCommand({
        Owners: ['amazon'],
        Filters: [{ Name: 'name', Values: ['al2023-ami-*-x86_64'] }],
      }),
    )
    expect(images.Images?.map((image) => image.ImageId)).toEqual([IMAGE])
    const types = await ec2.send(new aws.DescribeInstanceTypesCommand({ InstanceTypes: ['t3.micro', 'm7g.large'] }))
    expect(types.InstanceTypes?.map((type) => [type.VCpuInfo?.DefaultVCpus, type.MemoryInfo?.SizeInMiB])).toEqual([
      [2, 1024],
      [2, 8192],
    ])
    const offerings = await ec2.send(
      new aws.DescribeInstanceTypeOfferingsCommand({
        LocationType: 'availability-zone',
        Filters: [{ Name: 'instance-type', Values: ['t3.micro'] }],
      }),
    )
    expect(offerings.InstanceTypeOfferings?.map((each) => each.Location)).toEqual([
      'eu-west-1a',
      'eu-west-1b',
      'eu-west-1c',
    ])
    const regions = await ec2.send(new aws.DescribeRegionsCommand({ RegionNames: ['eu-west-1'] }))
    expect(regions.Regions?.[0]?.Endpoint).toBe('ec2.eu-west-1.amazonaws.com')
    const key = await ec2.send(new aws.CreateKeyPairCommand({ KeyName: 'mine', KeyType: 'ed25519' }))
    expect(key.KeyMaterial).toContain('PRIVATE KEY')
    const keys = await ec2.send(new aws.DescribeKeyPairsCommand({ KeyNames: ['mine'], IncludePublicKey: true }))
    expect(keys.KeyPairs?.[0]).toMatchObject({ KeyFingerprint: key.KeyFingerprint, KeyType: 'ed25519' })
    const imported = await ec2.send(
      new aws.ImportKeyPairCommand({
        KeyName: 'same',
        PublicKeyMaterial: Buffer.from(keys.KeyPairs?.[0]?.PublicKey ?? ''),
      }),
    )
    expect(imported.KeyFingerprint).toBe(key.KeyFingerprint)
    for (const KeyName of ['mine', 'same']) await ec2.send(new aws.DeleteKeyPairCommand({ KeyName }))
    expect((await ec2.send(new aws.DescribeKeyPairsCommand({}))).KeyPairs).toEqual([])

    const Tags = [
      { Key: 'Name', Value: 'a <b> & c' },
      { Key: 'team', Value: 'net' },
    ]
    await ec2.send(new aws.CreateTagsCommand({ Resources: [vpcId, subnetId], Tags }))
    await ec2.send(new aws.DeleteTagsCommand({ Resources: [subnetId], Tags: [{ Key: 'team' }] }))
    const tags = await ec2.send(
      new aws.DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [vpcId, subnetId] }] }),
    )
    expect(tags.Tags?.map((tag) => [tag.ResourceType, tag.Key, tag.Value])).toEqual([
      ['vpc', 'Name', 'a <b> & c'],
      ['vpc', 'team', 'net'],
      ['subnet', 'Name', 'a <b> & c'],
    ])
    expect(emulator.network.topology.vpcs.find(({ id }) => id === vpcId)?.tags).toEqual({
      Name: 'a <b> & c',
      team: 'net',
    })
  })

  it('are told of page by page, each once, in a large network too', async () => {
    const started = performance.now()
    for (let count = 0; count < 6; count++) {
      await ec2.send(
        new aws.RunInstancesCommand({
          ImageId: IMAGE,
          InstanceType: 't3.micro',
          MinCount: 30,
          MaxCount: 30,
          SubnetId: subnetId,
        }),
      )
    }
    expect(performance.now() - started).toBeLessThan(10_000)
    const running = [{ Name: 'instance-state-name', Values: ['running'] }]
    const seen: (string | undefined)[] = []
    for await (const { Reservations } of aws.paginateDescribeInstances(
      { client: ec2, pageSize: 50 },
      { Filters: running },
    )) {
      for (const { Instances } of Reservations ?? [])
        for (const { InstanceId } of Instances ?? []) seen.push(InstanceId)
    }
    expect(seen.length).toBeGreaterThan(180)
    expect(new Set(seen).size).toBe(seen.length)
    const known = new Set<string | undefined>(emulator.network.topology.instances.map(({ id }) => id))
    expect(seen.filter((id) => !known.has(id))).toEqual([])
    const { host } = await emulator.network.context()
    expect(host(seen.at(-1) ?? '').kind).toBe('instance')
  })
})
