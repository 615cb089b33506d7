// One measurement of bench/packet-encoding.mjs in a process of its own: `node packet-encoding-case.mjs CASE PACKETS`. Prints one line
// of JSON. scapy-case.py makes the same packets.
import { createHash } from 'node:crypto'
import { IpAddress, MacAddress, Packet, PcapWriter } from '@flowtap/core'
import { pseudoRandomBytes } from './pseudo-random-bytes.mjs'

const [name, count] = process.argv.slice(2)
const PACKETS = Number(count)
const DISTINCT = 1000
const PAYLOAD_BYTES = 1448
const DATA_BYTES = 1 << 17
const START_SECONDS = 1_700_000_000

const MACS = { source: MacAddress.of('02:00:00:00:00:01'), destination: MacAddress.of('02:00:00:00:00:02') }
const data = pseudoRandomBytes(DATA_BYTES)
const packets = Array.from({ length: DISTINCT }, (_, index) => packet(index))
const run = { bytes: write, zeros: write, digest }[name]
console.log(JSON.stringify(run()))

/** Writes the packets again and again, half of them before the measurement. */
function write() {
  let bytes = 0
  const writer = new PcapWriter({
    reuseBuffer: true,
    onBytes: (piece) => {
      bytes += piece.length
    },
  })
  writeAll(writer, PACKETS / 2)
  writer.flush()
  bytes = 0
  const start = performance.now()
  const used = process.cpuUsage()
  writeAll(writer, PACKETS)
  writer.flush()
  const { user, system } = process.cpuUsage(used)
  const seconds = (performance.now() - start) / 1000
  return { packets: PACKETS, bytes, seconds, cpuSeconds: (user + system) / 1e6, frameBytes: packets[0].length + 14 }
}

function digest() {
  const hash = createHash('sha256')
  const writer = new PcapWriter({ snapLength: 65_535, onBytes: (piece) => hash.update(piece) })
  writeAll(writer, PACKETS)
  writer.flush()
  return { digest: hash.digest('hex') }
}

function writeAll(writer, total) {
  for (let index = 0; index < total; index += 1) {
    writer.writePacket(packets[index % DISTINCT], START_SECONDS * 1e6 + index, MACS)
  }
}

function packet(index) {
  return new Packet({
    source: IpAddress.fromIpv4Bits(0x0a000100 + (index % 256)),
    destination: IpAddress.of('93.184.216.34'),
    protocol: 6,
    sourcePort: 32_768 + index,
    destinationPort: 443,
    identification: index,
    dontFragment: true,
    tcpFlags: 16,
    tcpSequence: index * PAYLOAD_BYTES,
    tcpAcknowledgment: 1,
    tcpWindow: 501,
    tcpOptions: Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2),
    payloadLength: PAYLOAD_BYTES,
    ...(name !== 'zeros' && { payload: data, payloadOffset: (index * 131) % (DATA_BYTES - PAYLOAD_BYTES) }),
  })
}
