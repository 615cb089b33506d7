import { decodePacket } from '../packet/decode-packet.ts'

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x0806, 'ARP'],
  [0x8035, 'RARP'],
  [0x8847, 'MPLS'],
  [0x8863, 'PPPoE'],
  [0x8864, 'PPPoE'],
  [0x888e, 'EAPOL'],
  [0x88cc, 'LLDP'],
  [0x88f7, 'PTP'],
])
/** Below this an EtherType is the length of an LLC frame (IEEE 802.3, clause 3.2.6). */
const FIRST_ETHER_TYPE = 0x600

/** What a captured frame without an IP packet is, in a word: `ARP`, `LLC`, `EtherType 0x1234`. */
export function frameKind(bytes: Uint8Array, linkType: number): string {
  for (const layer of decodePacket(bytes, linkType).layers) {
    if (layer.kind === 'arp') return 'ARP'
    const type =
      layer.kind === 'ethernet' ? layer.etherType : layer.kind === 'linux-cooked' ? layer.protocolType : undefined
    if (type === undefined) continue
    if (type < FIRST_ETHER_TYPE) return 'LLC'
    return NAMES.get(type) ?? `EtherType 0x${type.toString(16).padStart(4, '0')}`
  }
  return 'other'
}
