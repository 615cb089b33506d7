// One measurement of bench/packet-path.mjs in a process of its own: `node packet-path-case.mjs PATH FLOWS PACKETS [CAPTURE_FILE]`. Prints
// one line of JSON. With CAPTURE_FILE nothing is measured: the packets are written there, as they are sent.
import { closeSync, openSync, writeSync } from 'node:fs'
import { FlowLogPipeline, IpAddress, MacAddress, Network, Packet, PcapWriter, resolveDesign } from '@flowtap/core'

const [path, flowsText, packetsText, captureFile] = process.argv.slice(2)
const FLOWS = Number(flowsText)
const PACKETS = Number(packetsText)

const SECOND = 1_000_000
const START = 1_700_000_400 * SECOND
/** Two million packets are a minute. */
const GAP_MICROSECONDS = 30
const HOSTS = 100
const PEERS = 2000
/** A divisor of the numbers of flows and of packets. */
const BATCH = 1000
const SYN = 2
const FIN = 1
const ACK = 16
const PSH = 8

// A connection in order: who sends, flags and bytes. Answers come in exchanges, 1 to 60 of them.
const OPENING = [
  { isClient: true, flags: SYN, bytes: 0 },
  { isClient: false, flags: SYN | ACK, bytes: 0 },
  { isClient: true, flags: ACK, bytes: 0 },
  { isClient: true, flags: PSH | ACK, bytes: 300 },
  { isClient: false, flags: ACK, bytes: 0 },
]
const EXCHANGE = [
  { isClient: false, flags: ACK, bytes: 1448 },
  { isClient: false, flags: PSH | ACK, bytes: 1448 },
  { isClient: true, flags: ACK, bytes: 0 },
]
const CLOSING = [
  { isClient: false, flags: FIN | ACK, bytes: 0 },
  { isClient: true, flags: FIN | ACK, bytes: 0 },
  { isClient: false, flags: ACK, bytes: 0 },
]
const MOST_EXCHANGES = 60
const CONVERSATIONS = Array.from({ length: MOST_EXCHANGES }, (_, place) => [
  ...OPENING,
  ...Array.from({ length: place + 1 }, () => EXCHANGE).flat(),
  ...CLOSING,
])

const PATHS = {
  /** An instance calls one in another subnet: captured where it leaves and where it comes in. */
  local: { clients: 'client', servers: 'server' },
  /** Hosts on the internet call an instance with a public address: captured at its interface. */
  'internet-gateway': { clients: undefined, servers: 'public' },
  /** A private instance calls hosts on the internet through a NAT gateway: captured at its interface, and twice at the gateway's. */
  'nat-gateway': { clients: 'client', servers: undefined },
}

const { clients, servers } = PATHS[path]
const topology = resolveDesign(design())
const random = generator(FLOWS)
const hosts = Object.fromEntries(
  ['client', 'server', 'public'].map((kind) => [
    kind,
    topology.interfaces.filter(({ attachment }) => attachment.instance?.name.startsWith(`${kind}-`)),
  ]),
)
const peers = Array.from({ length: PEERS }, () => IpAddress.fromIpv4Bits(0x34000000 + random(1 << 24)))

// Each place has one connection at a time, and another one when that is over.
const steps = new Uint8Array(FLOWS)
const lengths = Uint8Array.from({ length: FLOWS }, () => random(MOST_EXCHANGES))
const clientPlaces = Uint16Array.from({ length: FLOWS }, () => random(clients ? HOSTS : PEERS))
const serverPlaces = Uint16Array.from({ length: FLOWS }, () => random(servers ? HOSTS : PEERS))
const clientPorts = new Uint16Array(FLOWS)
/** Where answers from the internet go to: what the server saw as source of the first packet. */
const seenAddresses = new Array(FLOWS).fill(undefined)
const seenPorts = new Uint16Array(FLOWS)
for (let flow = 0; flow < FLOWS; flow += 1) clientPorts[flow] = 1024 + random(64_000)
/** The places in the order in which each sends a packet, another one in every round. */
const order = Uint32Array.from({ length: FLOWS }, (_, place) => place)

const packets = new Array(BATCH)
const senders = new Array(BATCH)
const flowOf = new Uint32Array(BATCH)

const pipeline = new FlowLogPipeline(topology, {
  startMicroseconds: START,
  objectSink: {
    put({ recordCount }) {
      records += recordCount
    },
  },
  gzipLevel: 1,
})
let captures = 0
let records = 0
let refused = 0
let delivered
const network = new Network({
  topology,
  random: { nextUint32: () => random(0x1_0000_0000) },
  observer: {
    capture(networkInterface, direction, packet, time, verdict, nextHop) {
      captures += 1
      if (verdict.action === 'REJECT') refused += 1
      pipeline.capture(networkInterface, direction, packet, time, verdict, nextHop)
    },
    deliver(_receiver, packet) {
      delivered = packet
    },
    drop() {
      refused += 1
    },
    captureAtTransitGateway() {},
  },
})

if (captureFile) writeCapture()
else await measure()

async function measure() {
  // Connections are opened before, so that so many are held from the first packet on.
  for (let done = 0; done < FLOWS; done += BATCH) {
    prepare(done)
    walk(START, 0)
  }
  const start = START + SECOND
  captures = 0
  let microseconds = 0
  for (let done = 0; done < PACKETS; done += BATCH) {
    prepare(done)
    const time = start + done * GAP_MICROSECONDS
    const used = process.cpuUsage()
    walk(time, GAP_MICROSECONDS)
    await pipeline.advance(time)
    const { user, system } = process.cpuUsage(used)
    microseconds += user + system
  }
  const walked = captures
  const used = process.cpuUsage()
  await pipeline.end(start + PACKETS * GAP_MICROSECONDS)
  const { user, system } = process.cpuUsage(used)
  if (refused > 0) throw new Error(`${refused} packets were refused or lost`)
  if (records === 0) throw new Error('no records were written')
  const cpuSeconds = (microseconds + user + system) / 1e6
  const peakBytes = process.resourceUsage().maxRSS * 1024
  console.log(JSON.stringify({ packets: PACKETS, capturesPerPacket: walked / PACKETS, records, cpuSeconds, peakBytes }))
}

function writeCapture() {
  const file = openSync(captureFile, 'w')
  const writer = new PcapWriter({ onBytes: (bytes) => writeSync(file, bytes) })
  const ends = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
  const flows = new Set()
  let bytes = 0
  for (let done = 0; done < PACKETS; done += BATCH) {
    prepare(done)
    walk(START + done * GAP_MICROSECONDS, GAP_MICROSECONDS)
    for (const [place, packet] of packets.entries()) {
      writer.writePacket(packet, START + (done + place) * GAP_MICROSECONDS, ends)
      flows.add(`${packet.source} ${packet.sourcePort} ${packet.destination} ${packet.destinationPort}`)
      bytes += packet.length
    }
  }
  writer.flush()
  closeSync(file)
  console.log(JSON.stringify({ packets: PACKETS, flows: flows.size, bytes }))
}

/** The place that sends as the so-manieth of its round: the order is shuffled as it is used. */
function nextPlace(turn) {
  const other = turn + random(FLOWS - turn)
  const flow = order[other]
  order[other] = order[turn]
  order[turn] = flow
  return flow
}

/** Makes the packets of a batch; its connections are different ones, as the batch is part of a round. */
function prepare(done) {
  for (let place = 0; place < BATCH; place += 1) {
    const flow = nextPlace((done + place) % FLOWS)
    const { isClient, flags, bytes } = CONVERSATIONS[lengths[flow]][steps[flow]]
    flowOf[place] = flow
    packets[place] = isClient ? fromClient(flow, flags, bytes) : fromServer(flow, flags, bytes)
    senders[place] = isClient
      ? clients && hosts[clients][clientPlaces[flow]]
      : servers && hosts[servers][serverPlaces[flow]]
  }
}

/** Sends the packets of a batch. */
function walk(start, gap) {
  for (let place = 0; place < BATCH; place += 1) {
    const sender = senders[place]
    if (sender) network.send(sender, packets[place], start + place * gap)
    else network.sendFromInternet(packets[place], start + place * gap)
    advance(flowOf[place])
  }
}

/** The place's connection is a packet further, or another one begins. */
function advance(flow) {
  if (steps[flow] === 0) {
    seenAddresses[flow] = delivered.source
    seenPorts[flow] = delivered.sourcePort
  }
  steps[flow] += 1
  if (steps[flow] === CONVERSATIONS[lengths[flow]].length) {
    steps[flow] = 0
    lengths[flow] = random(MOST_EXCHANGES)
    clientPorts[flow] = 1024 + ((clientPorts[flow] - 1023) % 64_000)
  }
}

function fromClient(flow, tcpFlags, payloadLength) {
  return new Packet({
    source: clientAddress(flow),
    destination: serverAddress(flow),
    protocol: 6,
    sourcePort: clientPorts[flow],
    destinationPort: 443,
    tcpFlags,
    payloadLength,
  })
}

function fromServer(flow, tcpFlags, payloadLength) {
  return new Packet({
    // An instance sends from its private address, whatever the client called.
    source: servers ? hosts[servers][serverPlaces[flow]].addresses[0].address : serverAddress(flow),
    destination: seenAddresses[flow],
    protocol: 6,
    sourcePort: 443,
    destinationPort: seenPorts[flow],
    tcpFlags,
    payloadLength,
  })
}

function clientAddress(flow) {
  const place = clientPlaces[flow]
  return clients ? hosts[clients][place].addresses[0].address : peers[place]
}

function serverAddress(flow) {
  const place = serverPlaces[flow]
  if (!servers) return peers[place]
  const { address, publicAddress } = hosts[servers][place].addresses[0]
  return clients ? address : publicAddress
}

/** A hundred instances in each of three subnets, with groups that track, ACLs with ports, and one flow log for all. */
function design() {
  const ports = (from, to, cidrBlock) => ({ protocol: 'tcp', portRange: { from, to }, cidrBlock })
  const entries = (...list) =>
    list.map((entry, place) => ({ ruleNumber: 100 + place * 10, ruleAction: 'allow', ...entry }))
  const subnet = (third, routeTable) => ({
    cidrBlock: `10.0.${third}.0/24`,
    availabilityZone: 'us-west-2a',
    routeTable,
    networkAcl: 'ports',
  })
  const instances = (kind, third, more) =>
    Array.from({ length: HOSTS }, (_, place) => [
      `${kind}-${place}`,
      {
        subnet: kind,
        privateIpAddress: `10.0.${third}.${10 + place}`,
        securityGroups: [kind],
        ...more(place),
      },
    ])
  const outside = { destinationCidrBlock: '0.0.0.0/0' }
  return {
    vpcs: {
      main: {
        cidrBlocks: ['10.0.0.0/16'],
        internetGateway: true,
        subnets: {
          client: subnet(1, 'private'),
          server: subnet(2, 'private'),
          public: subnet(3, 'public'),
          gateway: { cidrBlock: '10.0.4.0/24', availabilityZone: 'us-west-2a', routeTable: 'public' },
        },
        natGateways: { nat: { subnet: 'gateway', publicIp: '44.224.0.9' } },
        routeTables: {
          private: { routes: [{ ...outside, natGateway: 'nat' }] },
          public: { routes: [{ ...outside, internetGateway: true }] },
        },
        networkAcls: {
          ports: {
            ingress: entries(
              ports(22, 22, '10.0.0.0/16'),
              ports(443, 443, '0.0.0.0/0'),
              ports(1024, 65535, '0.0.0.0/0'),
            ),
            egress: entries(ports(80, 80, '0.0.0.0/0'), ports(443, 443, '0.0.0.0/0'), ports(1024, 65535, '0.0.0.0/0')),
          },
        },
        securityGroups: {
          client: {},
          server: { ingress: [{ ipProtocol: 'tcp', fromPort: 443, securityGroup: 'client' }] },
          public: {
            ingress: [
              { ipProtocol: 'tcp', fromPort: 22, cidrBlock: '198.51.100.0/24' },
              { ipProtocol: 'tcp', fromPort: 443, cidrBlock: '52.0.0.0/8' },
            ],
          },
        },
      },
    },
    instances: Object.fromEntries([
      ...instances('client', 1, () => ({})),
      ...instances('server', 2, () => ({})),
      ...instances('public', 3, (place) => ({ publicIp: `44.224.1.${10 + place}` })),
    ]),
    flowLogs: { all: { vpc: 'main', maxAggregationInterval: 60, logDestination: 'arn:aws:s3:::nowhere' } },
  }
}

/** Numbers below a limit; a counter whose bits are mixed as in MurmurHash3. */
function generator(seed) {
  let state = seed
  return (limit) => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000) * limit)
  }
}
