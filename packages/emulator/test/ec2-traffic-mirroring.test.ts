import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTrafficMirrorFilterCommand,
  CreateTrafficMirrorFilterRuleCommand,
  type CreateTrafficMirrorFilterRuleCommandInput,
  CreateTrafficMirrorSessionCommand,
  type CreateTrafficMirrorSessionCommandInput,
  CreateTrafficMirrorTargetCommand,
  DeleteTrafficMirrorFilterCommand,
  DeleteTrafficMirrorFilterRuleCommand,
  DeleteTrafficMirrorSessionCommand,
  DeleteTrafficMirrorTargetCommand,
  DescribeTrafficMirrorFilterRulesCommand,
  DescribeTrafficMirrorFiltersCommand,
  DescribeTrafficMirrorSessionsCommand,
  DescribeTrafficMirrorTargetsCommand,
  EC2Client,
  ModifyTrafficMirrorFilterNetworkServicesCommand,
  ModifyTrafficMirrorFilterRuleCommand,
  ModifyTrafficMirrorSessionCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'
import { createWebServer, portRule, runInstance, type WebServer } from './ec2-web-server.ts'

const VXLAN_PORT = 4789

describe('traffic mirroring', () => {
  let emulator: Emulator
  let ec2: EC2Client
  let server: WebServer
  let sensor: Pick<WebServer, 'instance' | 'eni' | 'privateIp'>
  /** `ACCEPT source>destination` of what came to the sensor's ENI over VXLAN. */
  const arrived: string[] = []
  const named = { target: '', filter: '', rule: '', session: '' }

  beforeAll(async () => {
    emulator = await startEmulator({ start: new Date('2026-03-01T00:00:00Z') })
    ec2 = emulator.client(EC2Client)
    server = await createWebServer(ec2)
    sensor = await runInstance(ec2, server.subnet, server.group)
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: server.group,
        IpPermissions: [portRule(VXLAN_PORT, 'udp')],
      }),
    )
    emulator.network.observe({
      capture: (eni, direction, packet, _time, { action }) => {
        if (eni.id !== sensor.eni || direction !== 'ingress' || packet.destinationPort !== VXLAN_PORT) return
        arrived.push(`${action} ${packet.source}>${packet.destination}`)
      },
    })
    await emulator.clock.advance('1m')
    const { host, addInternetHost } = await emulator.network.context()
    host(server.instance).listen({ port: 8080 })
    addInternetHost({ name: 'visitor', addresses: ['203.0.113.250'] })
  })
  afterAll(() => emulator.close())

  /** Lets a visitor call, and tells what has come to the sensor. */
  async function visit(): Promise<ReadonlySet<string>> {
    arrived.length = 0
    const { host } = await emulator.network.context()
    const [to] = host(server.instance).publicAddresses
    if (!to) throw new Error('the server has no public address')
    host('visitor').spawn('visit', function* (own) {
      yield* own.probe({ to, protocol: 'tcp', port: 8080 })
    })
    await emulator.clock.advance('1m')
    return new Set(arrived)
  }

  const rule = (more: Partial<CreateTrafficMirrorFilterRuleCommandInput> = {}): CreateTrafficMirrorFilterRuleCommand =>
    new CreateTrafficMirrorFilterRuleCommand({
      TrafficMirrorFilterId: named.filter,
      TrafficDirection: 'ingress',
      RuleNumber: 10,
      RuleAction: 'accept',
      Protocol: 6,
      SourceCidrBlock: '0.0.0.0/0',
      DestinationCidrBlock: '0.0.0.0/0',
      DestinationPortRange: { FromPort: 8080, ToPort: 8080 },
      ...more,
    })
  const session = (more: Partial<CreateTrafficMirrorSessionCommandInput> = {}): CreateTrafficMirrorSessionCommand =>
    new CreateTrafficMirrorSessionCommand({
      NetworkInterfaceId: server.eni,
      TrafficMirrorTargetId: named.target,
      TrafficMirrorFilterId: named.filter,
      SessionNumber: 1,
      ...more,
    })
  const refusal = (name: string): object => expect.objectContaining({ name })

  it('copies what the filter accepts to the target, and stops with the session', async () => {
    const { TrafficMirrorTarget } = await ec2.send(
      new CreateTrafficMirrorTargetCommand({ NetworkInterfaceId: sensor.eni, Description: 'sensor' }),
    )
    expect(TrafficMirrorTarget).toMatchObject({ NetworkInterfaceId: sensor.eni, Type: 'network-interface' })
    named.target = TrafficMirrorTarget?.TrafficMirrorTargetId ?? ''
    const { TrafficMirrorFilter } = await ec2.send(new CreateTrafficMirrorFilterCommand({ Description: 'web' }))
    named.filter = TrafficMirrorFilter?.TrafficMirrorFilterId ?? ''
    const { TrafficMirrorSession } = await ec2.send(session())
    named.session = TrafficMirrorSession?.TrafficMirrorSessionId ?? ''
    expect([named.target, named.filter, named.session].map((id) => id.slice(0, 5))).toEqual(['tmt-0', 'tmf-0', 'tms-0'])
    expect(TrafficMirrorSession?.VirtualNetworkId).toBeGreaterThan(0)
    expect(await visit()).toEqual(new Set())
    const { TrafficMirrorFilterRule } = await ec2.send(rule())
    named.rule = TrafficMirrorFilterRule?.TrafficMirrorFilterRuleId ?? ''
    expect(await visit()).toEqual(new Set([`ACCEPT ${server.privateIp}>${sensor.privateIp}`]))
    await ec2.send(new DeleteTrafficMirrorSessionCommand({ TrafficMirrorSessionId: named.session }))
    expect(await visit()).toEqual(new Set())
    const again = await ec2.send(session({ VirtualNetworkId: 4242 }))
    named.session = again.TrafficMirrorSession?.TrafficMirrorSessionId ?? ''
    expect((await visit()).size).toBe(1)
  })

  it('obeys what is modified', async () => {
    const modified = await ec2.send(
      new ModifyTrafficMirrorFilterRuleCommand({
        TrafficMirrorFilterRuleId: named.rule,
        RuleAction: 'reject',
        RemoveFields: ['destination-port-range'],
      }),
    )
    expect(modified.TrafficMirrorFilterRule).toMatchObject({ RuleAction: 'reject', Protocol: 6 })
    expect(modified.TrafficMirrorFilterRule?.DestinationPortRange).toBeUndefined()
    expect(await visit()).toEqual(new Set())
    await ec2.send(
      new ModifyTrafficMirrorFilterRuleCommand({ TrafficMirrorFilterRuleId: named.rule, RuleAction: 'accept' }),
    )
    const services = await ec2.send(
      new ModifyTrafficMirrorFilterNetworkServicesCommand({
        TrafficMirrorFilterId: named.filter,
        AddNetworkServices: ['amazon-dns'],
      }),
    )
    expect(services.TrafficMirrorFilter?.NetworkServices).toEqual(['amazon-dns'])
    const changed = await ec2.send(
      new ModifyTrafficMirrorSessionCommand({
        TrafficMirrorSessionId: named.session,
        SessionNumber: 7,
        PacketLength: 100,
        RemoveFields: ['virtual-network-id'],
      }),
    )
    expect(changed.TrafficMirrorSession).toMatchObject({ SessionNumber: 7, PacketLength: 100 })
    expect(changed.TrafficMirrorSession?.VirtualNetworkId).not.toBe(4242)
    expect((await visit()).size).toBe(1)
    const [own] = emulator.network.topology.mirrorSessions
    expect(own).toMatchObject({ id: named.session, sessionNumber: 7, packetLength: 100 })
  })

  it('is described with filters', async () => {
    const sessions = await ec2.send(
      new DescribeTrafficMirrorSessionsCommand({ Filters: [{ Name: 'session-number', Values: ['7'] }] }),
    )
    expect(sessions.TrafficMirrorSessions?.map((each) => each.TrafficMirrorSessionId)).toEqual([named.session])
    const targets = await ec2.send(
      new DescribeTrafficMirrorTargetsCommand({ Filters: [{ Name: 'network-interface-id', Values: [sensor.eni] }] }),
    )
    expect(targets.TrafficMirrorTargets).toMatchObject([{ Description: 'sensor', OwnerId: '111122223333' }])
    const filters = await ec2.send(new DescribeTrafficMirrorFiltersCommand({ TrafficMirrorFilterIds: [named.filter] }))
    expect(filters.TrafficMirrorFilters).toMatchObject([
      { Description: 'web', IngressFilterRules: [{ RuleNumber: 10, TrafficMirrorFilterRuleId: named.rule }] },
    ])
    const rules = await ec2.send(new DescribeTrafficMirrorFilterRulesCommand({ TrafficMirrorFilterId: named.filter }))
    expect(rules.TrafficMirrorFilterRules).toHaveLength(1)
  })

  it('is refused with the codes of EC2', async () => {
    await expect(ec2.send(rule())).rejects.toEqual(refusal('TrafficMirrorFilterRuleAlreadyExists'))
    await expect(ec2.send(rule({ RuleNumber: 11, SourceCidrBlock: 'anywhere' }))).rejects.toEqual(
      refusal('InvalidParameterValue'),
    )
    await expect(ec2.send(rule({ TrafficMirrorFilterId: 'tmf-0123456789abcdef0' }))).rejects.toEqual(
      refusal('InvalidTrafficMirrorFilterId.NotFound'),
    )
    for (let number = 11; number < 20; number++) await ec2.send(rule({ RuleNumber: number }))
    await expect(ec2.send(rule({ RuleNumber: 20 }))).rejects.toEqual(refusal('TrafficMirrorFilterRuleLimitExceeded'))
    await expect(ec2.send(new CreateTrafficMirrorTargetCommand({ NetworkInterfaceId: sensor.eni }))).rejects.toEqual(
      refusal('InterfaceInUseByTrafficMirrorTarget'),
    )
    await expect(ec2.send(new CreateTrafficMirrorTargetCommand({ NetworkInterfaceId: server.eni }))).rejects.toEqual(
      refusal('InterfaceInUseByTrafficMirrorSession'),
    )
    await expect(
      ec2.send(new CreateTrafficMirrorTargetCommand({ NetworkLoadBalancerArn: 'arn:aws:elasticloadbalancing' })),
    ).rejects.toEqual(refusal('UnsupportedOperation'))
    await expect(ec2.send(new CreateTrafficMirrorTargetCommand({}))).rejects.toEqual(refusal('MissingParameter'))
    await expect(ec2.send(session({ SessionNumber: 7 }))).rejects.toEqual(refusal('InvalidParameterValue'))
    await expect(ec2.send(session({ SessionNumber: 32767 }))).rejects.toEqual(refusal('InvalidParameterValue'))
    await expect(ec2.send(session({ NetworkInterfaceId: sensor.eni }))).rejects.toEqual(
      refusal('InterfaceInUseByTrafficMirrorTarget'),
    )
    await ec2.send(session({ SessionNumber: 1 }))
    await ec2.send(session({ SessionNumber: 2 }))
    await expect(ec2.send(session({ SessionNumber: 3 }))).rejects.toEqual(
      refusal('TrafficMirrorSessionsPerInterfaceLimitExceeded'),
    )
    await expect(
      ec2.send(new DeleteTrafficMirrorFilterCommand({ TrafficMirrorFilterId: named.filter })),
    ).rejects.toEqual(refusal('TrafficMirrorFilterInUse'))
    await expect(
      ec2.send(new DeleteTrafficMirrorTargetCommand({ TrafficMirrorTargetId: named.target })),
    ).rejects.toEqual(refusal('TrafficMirrorTargetInUseException'))
  })

  it('is deleted, and then not found under the names that clients wait for', async () => {
    const { TrafficMirrorSessions = [] } = await ec2.send(new DescribeTrafficMirrorSessionsCommand({}))
    for (const { TrafficMirrorSessionId } of TrafficMirrorSessions) {
      await ec2.send(new DeleteTrafficMirrorSessionCommand({ TrafficMirrorSessionId }))
    }
    await ec2.send(new DeleteTrafficMirrorFilterRuleCommand({ TrafficMirrorFilterRuleId: named.rule }))
    await ec2.send(new DeleteTrafficMirrorFilterCommand({ TrafficMirrorFilterId: named.filter }))
    await ec2.send(new DeleteTrafficMirrorTargetCommand({ TrafficMirrorTargetId: named.target }))
    expect((await ec2.send(new DescribeTrafficMirrorFilterRulesCommand({}))).TrafficMirrorFilterRules ?? []).toEqual([])
    await expect(
      ec2.send(new DescribeTrafficMirrorFiltersCommand({ TrafficMirrorFilterIds: [named.filter] })),
    ).rejects.toEqual(refusal('InvalidTrafficMirrorFilterId.NotFound'))
    await expect(
      ec2.send(new DescribeTrafficMirrorTargetsCommand({ TrafficMirrorTargetIds: [named.target] })),
    ).rejects.toEqual(refusal('InvalidTrafficMirrorTargetId.NotFound'))
    await expect(
      ec2.send(new DescribeTrafficMirrorSessionsCommand({ TrafficMirrorSessionIds: [named.session] })),
    ).rejects.toEqual(refusal('InvalidTrafficMirrorSessionId.NotFound'))
    await expect(
      ec2.send(new DeleteTrafficMirrorFilterRuleCommand({ TrafficMirrorFilterRuleId: named.rule })),
    ).rejects.toEqual(refusal('InvalidTrafficMirrorFilterRuleId.NotFound'))
  })
})
