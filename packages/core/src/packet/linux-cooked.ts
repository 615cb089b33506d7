import { readUint16, readUint32, writeUint16, writeUint32 } from './byte-order.ts'
import { type PacketIssue, truncatedIssue } from './packet-issue.ts'

//  Linux "cooked" capture, version 1 (LINKTYPE_LINUX_SLL) and version 2 (LINKTYPE_LINUX_SLL2), tcpdump.org:
//
//  +-------------------------------+-------------------------------+
//  |          Packet type          |         ARPHRD type           |
//  +-------------------------------+-------------------------------+
//  |    Link-layer address length  |     Link-layer address (8)    |
//  +-------------------------------+                               +
//  |                                                               |
//  +                               +-------------------------------+
//  |                               |         Protocol type         |
//  +-------------------------------+-------------------------------+
//
//  +-------------------------------+-------------------------------+
//  |         Protocol type         |         Reserved              |
//  +-------------------------------+-------------------------------+
//  |                        Interface index                        |
//  +-------------------------------+---------------+---------------+
//  |          ARPHRD type          |  Packet type  | Address length|
//  +-------------------------------+---------------+---------------+
//  |                     Link-layer address (8)                    |
//  |                                                               |
//  +---------------------------------------------------------------+

/** The header of packets that Linux captured on "any" interface. */
export interface LinuxCookedLayer {
  readonly kind: 'linux-cooked'
  readonly version: 1 | 2
  /** 0 sent to the host, 1 broadcast, 2 multicast, 3 to another host, 4 sent by the host. */
  readonly packetType: number
  /** Linux's ARPHRD number, 1 for Ethernet. */
  readonly hardwareType: number
  /** The length that the header gives; of the address 8 bytes are kept, zeros behind it. */
  readonly addressLength: number
  readonly address: Uint8Array
  /** Version 2 only, 0 in version 1. */
  readonly interfaceIndex: number
  /** An EtherType. */
  readonly protocolType: number
}

const ADDRESS_LENGTH = 8

/** Bytes of the header. */
export function linuxCookedHeaderLength(layer: Pick<LinuxCookedLayer, 'version'>): number {
  return layer.version === 1 ? 16 : 20
}

/** The header from `start`, or where it is malformed. */
export function decodeLinuxCooked(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: 1 | 2,
): LinuxCookedLayer | PacketIssue {
  const wanted = linuxCookedHeaderLength({ version })
  if (end - start < wanted) {
    return truncatedIssue('linux-cooked', 'a Linux cooked-capture header', start, wanted, end - start)
  }
  if (version === 1) {
    return {
      kind: 'linux-cooked',
      version,
      packetType: readUint16(bytes, start),
      hardwareType: readUint16(bytes, start + 2),
      addressLength: readUint16(bytes, start + 4),
      address: bytes.slice(start + 6, start + 6 + ADDRESS_LENGTH),
      interfaceIndex: 0,
      protocolType: readUint16(bytes, start + 14),
    }
  }
  return {
    kind: 'linux-cooked',
    version,
    packetType: bytes[start + 10] as number,
    hardwareType: readUint16(bytes, start + 8),
    addressLength: bytes[start + 11] as number,
    address: bytes.slice(start + 12, start + 12 + ADDRESS_LENGTH),
    interfaceIndex: readUint32(bytes, start + 4),
    protocolType: readUint16(bytes, start),
  }
}

/** Writes the header. RangeError where the address does not have 8 bytes. */
export function encodeLinuxCooked(layer: LinuxCookedLayer, bytes: Uint8Array, at: number): void {
  if (layer.address.length !== ADDRESS_LENGTH) {
    throw new RangeError(
      `a cooked-capture address takes 8 bytes, padded with zeros; this one has ${layer.address.length}`,
    )
  }
  if (layer.version === 1) {
    writeUint16(bytes, at, layer.packetType)
    writeUint16(bytes, at + 2, layer.hardwareType)
    writeUint16(bytes, at + 4, layer.addressLength)
    bytes.set(layer.address, at + 6)
    writeUint16(bytes, at + 14, layer.protocolType)
    return
  }
  writeUint16(bytes, at, layer.protocolType)
  writeUint16(bytes, at + 2, 0)
  writeUint32(bytes, at + 4, layer.interfaceIndex)
  writeUint16(bytes, at + 8, layer.hardwareType)
  bytes[at + 10] = layer.packetType
  bytes[at + 11] = layer.addressLength
  bytes.set(layer.address, at + 12)
}
