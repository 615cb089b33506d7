// One measurement of bench/mirror.mjs in a process of its own: `node mirror-case.mjs CASE PACKETS`. Prints one line of JSON.
// scapy-mirror-case.py mirrors the same packets.
import { createHash } from 'node:crypto'
import {
  encodePacket,
  frameLength,
  IpAddress,
  MacAddress,
  Packet,
  resolveDesign,
  routerMacAddress,
  TrafficMirror,
} from '@flowtap/core'
import { pseudoRandomBytes } from './pseudo-random-bytes.mjs'

const [name, count] = process.argv.slice(2)
const PACKETS = Number(count)
const DISTINCT = 10_000
const PAYLOAD_BYTES = 598
const DATA_BYTES = 1 << 17

const everywhere = { sourceCidrBlock: '0.0.0.0/0', destinationCidrBlock: '0.0.0.0/0' }
const ports = (port) => ({ protocol: 'tcp', destinationPortRange: { fromPort: port, toPort: port } })
/** Three sessions on the source, ten rules each but in the last one; most packets pass all rules of two sessions. */
const rules = (accepted) => [
  ...[22, 25, 80, 8080].map((port, at) => ({
    ruleNumber: 10 + at,
    ruleAction: 'reject',
    ...everywhere,
    ...ports(port),
  })),
  { ruleNumber: 100, ruleAction: 'accept', ...everywhere, ...ports(accepted) },
]
const topology = resolveDesign({
  vpcs: {
    main: { cidrBlocks: ['10.0.0.0/16'], subnets: { one: { cidrBlock: '10.0.1.0/24' } }, securityGroups: { all: {} } },
  },
  instances: {
    source: { subnet: 'one', privateIpAddress: '10.0.1.10', securityGroups: ['all'] },
    sensor: { subnet: 'one', privateIpAddress: '10.0.1.99', securityGroups: ['all'] },
  },
  trafficMirrorFilters: {
    first: { ingressFilterRules: rules(5432), egressFilterRules: rules(5432) },
    second: { ingressFilterRules: rules(3306), egressFilterRules: rules(3306) },
    third: {
      ingressFilterRules: [{ ruleNumber: 1, ruleAction: 'accept', ...everywhere }],
      egressFilterRules: [{ ruleNumber: 1, ruleAction: 'accept', ...everywhere }],
    },
  },
  trafficMirrorTargets: { sensor: { networkInterface: 'sensor' } },
  trafficMirrorSessions: Object.fromEntries(
    ['first', 'second', 'third'].map((filter, at) => [
      filter,
      {
        networkInterface: 'source',
        trafficMirrorTarget: 'sensor',
        trafficMirrorFilter: filter,
        sessionNumber: at + 1,
        virtualNetworkId: 100 + at,
      },
    ]),
  ),
})
const source = topology.interfaces.find(({ name: own }) => own === 'source/eth0')
const ACCEPTED = { action: 'ACCEPT', reason: { kind: 'tracked-connection' } }
const MACS = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }

const data = pseudoRandomBytes(DATA_BYTES)
const packets = Array.from({ length: DISTINCT }, (_, index) => packet(index))
const mirror = new TrafficMirror(topology)
const CASES = { copies: judgeAll, 'copies, then bytes': encodeAll, bytes: writeAll }
console.log(JSON.stringify(name === 'digest' ? digest() : measured(CASES[name])))

function measured(run) {
  run(PACKETS / 2)
  const used = process.cpuUsage()
  const bytes = run(PACKETS)
  const { user, system } = process.cpuUsage(used)
  return { packets: PACKETS, bytes, cpuSeconds: (user + system) / 1e6, meanBytes: packets[0].length }
}

/** Filter, choice of the session, and the copy whose bytes nobody wants yet. */
function judgeAll(total) {
  let bytes = 0
  for (let index = 0; index < total; index += 1) bytes += copyOf(index).length
  return bytes
}

/** The same, with the bytes of the copies as they go onto the wire. */
function encodeAll(total) {
  const into = new Uint8Array(2_000)
  let bytes = 0
  for (let index = 0; index < total; index += 1) bytes += encodePacket(copyOf(index), into, 0, MACS)
  return bytes
}

/** Filter, choice of the session, and the copy's bytes at once, without a packet for it. */
function writeAll(total) {
  const into = new Uint8Array(2_000)
  let bytes = 0
  for (let index = 0; index < total; index += 1) bytes += writeCopy(index, into)
  return bytes
}

/** Of the copies, made both ways. */
function digest() {
  const hash = createHash('sha256')
  for (let index = 0; index < PACKETS; index += 1) {
    const copy = copyOf(index)
    const bytes = new Uint8Array(frameLength(copy))
    encodePacket(copy, bytes, 0, MACS)
    const written = new Uint8Array(bytes.length)
    if (writeCopy(index, written) !== bytes.length || !bytes.every((byte, at) => byte === written[at])) {
      throw new Error(`packet ${index}: the copy's bytes that are written at once are others`)
    }
    // The hash behind the source port is not known: nobody else computes it.
    bytes.fill(0, 34, 36)
    hash.update(bytes)
  }
  return { digest: hash.digest('hex'), source: source.macAddress, router: `${routerMacAddress(source.subnet)}` }
}

function writeCopy(index, into) {
  MACS.destination.writeTo(into, 0)
  MACS.source.writeTo(into, 6)
  into[12] = 0x08
  into[13] = 0x00
  const length = mirror.write(source, 'egress', packets[index % DISTINCT], index, ACCEPTED, into, 14)
  if (typeof length !== 'number') throw new Error(`packet ${index} was not mirrored`)
  return 14 + length
}

function copyOf(index) {
  const decision = mirror.judge(source, 'egress', packets[index % DISTINCT], index, ACCEPTED)
  if (decision?.kind !== 'copy') throw new Error(`packet ${index} was not mirrored`)
  return decision.packet
}

function packet(index) {
  return new Packet({
    source: IpAddress.of('10.0.1.10'),
    destination: IpAddress.fromIpv4Bits(0xcb007100 + (index % 256)),
    protocol: 6,
    sourcePort: 32_768 + (index % 28_000),
    destinationPort: 443,
    identification: index & 0xffff,
    dontFragment: true,
    tcpFlags: 16,
    tcpSequence: index * PAYLOAD_BYTES,
    tcpAcknowledgment: 1,
    tcpWindow: 501,
    tcpOptions: Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2),
    payload: data,
    payloadOffset: (index * 131) % (DATA_BYTES - PAYLOAD_BYTES),
    payloadLength: PAYLOAD_BYTES,
  })
}
