import { gunzipSync } from 'node:zlib'
import {
  CreateFlowLogsCommand,
  type CreateFlowLogsCommandInput,
  DeleteFlowLogsCommand,
  DescribeFlowLogsCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../src/index.ts'
import { createWebServer, portRule, type WebServer } from './ec2-web-server.ts'

const BUCKET = 'flow-log-files'
const INVALID = 'InvalidParameter'

describe('flow logs', () => {
  let emulator: Emulator
  let ec2: EC2Client
  let s3: S3Client
  let server: WebServer
  /** Packets that passed the server's ENI or were refused there, by `srcaddr srcport dstaddr dstport action`. */
  const seen = new Map<string, number>()
  let outcomes: string[] = []

  beforeAll(async () => {
    emulator = await startEmulator({ start: new Date('2026-03-01T00:00:00Z') })
    ec2 = emulator.client(EC2Client)
    s3 = emulator.client(S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
    server = await createWebServer(ec2)
    emulator.network.observe({
      capture: (eni, _direction, packet, _time, { action }) => {
        if (eni.id !== server.eni || packet.protocol !== 6) return
        const { source, sourcePort, destination, destinationPort } = packet
        const key = `${source} ${sourcePort} ${destination} ${destinationPort} ${action}`
        seen.set(key, (seen.get(key) ?? 0) + 1)
      },
    })
    await emulator.clock.advance('1m')
    const { host, addInternetHost } = await emulator.network.context()
    host(server.instance).listen({ port: 8080 })
    addInternetHost({ name: 'visitor', addresses: ['203.0.113.250'] })
  })
  afterAll(() => emulator.close())

  const request = (more: Partial<CreateFlowLogsCommandInput> = {}): CreateFlowLogsCommand =>
    new CreateFlowLogsCommand({
      ResourceIds: [server.vpc],
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      LogDestinationType: 's3',
      LogDestination: `arn:aws:s3:::${BUCKET}`,
      MaxAggregationInterval: 60,
      ...more,
    })

  async function visit(): Promise<void> {
    const { host } = await emulator.network.context()
    const [to] = host(server.instance).publicAddresses
    if (!to) throw new Error('the server has no public address')
    host('visitor').spawn('visit', function* (own) {
      const { kind } = yield* own.probe({ to, protocol: 'tcp', port: 8080 })
      outcomes.push(kind)
    })
    await emulator.clock.advance('1m')
  }

  async function keys(Prefix = ''): Promise<string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }))
    return Contents.map(({ Key = '' }) => Key)
  }

  /** Packets by flow and action, as the records of the objects have them. */
  async function recorded(): Promise<Map<string, number>> {
    const packets = new Map<string, number>()
    for (const Key of await keys('AWSLogs/')) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))
      const [header = '', ...lines] = gunzipSync((await Body?.transformToByteArray()) ?? Buffer.alloc(0))
        .toString()
        .trim()
        .split('\n')
      const names = header.split(' ')
      for (const line of lines) {
        const values = line.split(' ')
        const field = (name: string): string => values[names.indexOf(name)] ?? ''
        if (field('interface-id') !== server.eni || field('protocol') !== '6') continue
        const key = ['srcaddr', 'srcport', 'dstaddr', 'dstport', 'action'].map(field).join(' ')
        packets.set(key, (packets.get(key) ?? 0) + Number(field('packets')))
      }
    }
    return packets
  }

  let flowLog = ''

  it('deliver what the ENI saw, under the keys of AWS, with what the rules made of it', async () => {
    const { FlowLogIds = [], Unsuccessful } = await ec2.send(
      request({ TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: [{ Key: 'Name', Value: 'all' }] }] }),
    )
    expect(Unsuccessful ?? []).toEqual([])
    flowLog = FlowLogIds[0] ?? ''
    expect(flowLog).toMatch(/^fl-[0-9a-f]{17}$/)
    await emulator.clock.advance('2m')
    expect(await keys()).toEqual([])
    seen.clear()
    await visit()
    expect(outcomes).toEqual(['open'])
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: server.group, IpPermissions: [portRule(8080)] }))
    await visit()
    expect(outcomes).toEqual(['open', 'timeout'])
    await emulator.clock.advance('15m')
    const found = await keys()
    expect(found.length).toBeGreaterThan(0)
    for (const key of found) {
      expect(key).toMatch(
        new RegExp(
          `^AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/01/111122223333_vpcflowlogs_eu-west-1_${flowLog}_20260301T\\d{4}Z_[0-9a-f]{8}\\.log\\.gz$`,
        ),
      )
    }
    const packets = await recorded()
    expect([...packets.keys()].some((key) => key.endsWith('8080 ACCEPT'))).toBe(true)
    expect([...packets.keys()].some((key) => key.endsWith('8080 REJECT'))).toBe(true)
    expect(new Map([...packets].sort())).toEqual(new Map([...seen].sort()))
  })

  it('are described with filters, pages and the state of their deliveries', async () => {
    const { FlowLogs = [] } = await ec2.send(
      new DescribeFlowLogsCommand({ Filter: [{ Name: 'tag:Name', Values: ['a*'] }] }),
    )
    expect(FlowLogs).toMatchObject([
      {
        FlowLogId: flowLog,
        ResourceId: server.vpc,
        FlowLogStatus: 'ACTIVE',
        DeliverLogsStatus: 'SUCCESS',
        TrafficType: 'ALL',
        LogDestinationType: 's3',
        LogDestination: `arn:aws:s3:::${BUCKET}`,
        MaxAggregationInterval: 60,
        DestinationOptions: { FileFormat: 'plain-text', HiveCompatiblePartitions: false, PerHourPartition: false },
        Tags: [{ Key: 'Name', Value: 'all' }],
      },
    ])
    expect(FlowLogs[0]?.LogFormat).toBe(
      '${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}',
    )
    await ec2.send(
      request({ ResourceIds: [server.subnet], ResourceType: 'Subnet', LogDestination: `arn:aws:s3:::${BUCKET}/sub/` }),
    )
    const first = await ec2.send(new DescribeFlowLogsCommand({ MaxResults: 1 }))
    const second = await ec2.send(new DescribeFlowLogsCommand({ MaxResults: 1, NextToken: first.NextToken }))
    expect([first, second].flatMap((page) => page.FlowLogs?.map(({ ResourceId }) => ResourceId))).toEqual([
      server.vpc,
      server.subnet,
    ])
    expect(second.NextToken).toBeUndefined()
    const failing = 'gone-tomorrow'
    await s3.send(new CreateBucketCommand({ Bucket: failing }))
    const { FlowLogIds } = await ec2.send(
      request({
        ResourceIds: [server.eni],
        ResourceType: 'NetworkInterface',
        LogDestination: `arn:aws:s3:::${failing}`,
      }),
    )
    await s3.send(new DeleteBucketCommand({ Bucket: failing }))
    await emulator.clock.advance('2m')
    await visit()
    await emulator.clock.advance('15m')
    const failed = await ec2.send(
      new DescribeFlowLogsCommand({ Filter: [{ Name: 'deliver-log-status', Values: ['FAILED'] }] }),
    )
    expect(failed.FlowLogs).toMatchObject([{ FlowLogId: FlowLogIds?.[0], DeliverLogsErrorMessage: 'Access error' }])
  })

  it('are refused with the codes of EC2', async () => {
    const refused = async (more: Partial<CreateFlowLogsCommandInput>, name: string, text: RegExp): Promise<void> => {
      await expect(ec2.send(request(more))).rejects.toMatchObject({ name, message: expect.stringMatching(text) })
    }
    await refused({}, 'FlowLogAlreadyExists', /^Error\. There is an existing Flow Log with the same configuration/)
    await refused({ LogDestination: `s3://${BUCKET}/` }, 'FlowLogAlreadyExists', /existing/)
    await refused({ ResourceIds: ['vpc-0123456789abcdef0'] }, 'InvalidVpcID.NotFound', /does not exist/)
    await refused({ LogDestination: '' }, INVALID, /^LogDestination can't be empty if LogGroupName is not provided\.$/)
    await refused({ MaxAggregationInterval: 300 }, INVALID, /^Invalid Flow Log Max Aggregation Interval$/)
    await refused({ LogFormat: '${version} ${colour}' }, INVALID, /colour/)
    await refused({ LogDestination: `arn:aws:s3:::${BUCKET}/AWSLogs/` }, INVALID, /AWSLogs/)
    await refused({ LogGroupName: 'group' }, INVALID, /^LogDestination type must be cloud-watch-logs/)
    await refused({ LogDestinationType: 'cloud-watch-logs' }, INVALID, /^DeliverLogsPermissionArn can't be empty/)
    await refused(
      { LogDestinationType: 'cloud-watch-logs', DeliverLogsPermissionArn: 'arn:aws:iam::111122223333:role/logs' },
      'UnsupportedOperation',
      /cloud-watch-logs/,
    )
    await refused({ LogDestinationType: 'kinesis-data-firehose' }, 'UnsupportedOperation', /kinesis-data-firehose/)
    await refused({ TrafficType: undefined }, 'MissingParameter', /TrafficType/)
    await refused(
      { ResourceType: 'TransitGateway', ResourceIds: ['tgw-0123456789abcdef0'], TrafficType: undefined },
      'InvalidTransitGatewayID.NotFound',
      /does not exist/,
    )
    const { FlowLogIds, Unsuccessful } = await ec2.send(request({ LogDestination: 'arn:aws:s3:::not-there' }))
    expect(FlowLogIds ?? []).toEqual([])
    expect(Unsuccessful).toMatchObject([{ ResourceId: server.vpc, Error: { Code: '400' } }])
    await expect(ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: ['fl-0123456789abcdef0'] }))).rejects.toMatchObject({
      name: 'InvalidFlowLogId.NotFound',
    })
  })

  it('deliver nothing more once they are deleted', async () => {
    const { FlowLogs = [] } = await ec2.send(new DescribeFlowLogsCommand({}))
    await ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: FlowLogs.map(({ FlowLogId = '' }) => FlowLogId) }))
    await emulator.clock.advance('20m')
    const before = await keys()
    await visit()
    await emulator.clock.advance('20m')
    expect(await keys()).toEqual(before)
    expect((await ec2.send(new DescribeFlowLogsCommand({}))).FlowLogs ?? []).toEqual([])
    outcomes = []
  })
})
