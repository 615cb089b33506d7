import { describe, expect, it } from 'vitest'
import { packetOf } from './flow-fixture.ts'
import { FragmentPorts } from './fragment-ports.ts'

const DATAGRAMS = 20_000

describe('FragmentPorts', () => {
  it('gives a later fragment its own first fragment’s ports or none, however many datagrams there are', () => {
    const table = new FragmentPorts()
    const first = packetOf('10.0.0.1:9', '10.0.0.2:9', 17, { moreFragments: true })
    const later = packetOf('10.0.0.1', '10.0.0.2', 17, { fragmentOffset: 1480 })
    let known = 0
    for (let id = 0; id < DATAGRAMS; id += 1) {
      expect(table.portsOf(id % 3, 'egress', first.with({ identification: id }), id + 1, id)).toBe(id + 1)
    }
    for (let id = 0; id < DATAGRAMS; id += 1) {
      const ports = table.portsOf(id % 3, 'egress', later.with({ identification: id }), 0, DATAGRAMS)
      if (ports !== 0) expect(ports).toBe(id + 1)
      known += ports === 0 ? 0 : 1
    }
    expect(known).toBeGreaterThan(3000)
  })

  it('tells datagrams apart by ENI, direction, protocol and addresses', () => {
    const table = new FragmentPorts()
    const fields = { identification: 7 }
    const first = packetOf('2001:db8::1', '2001:db8::2', 17, { ...fields, moreFragments: true })
    table.portsOf(1, 'ingress', first, 443, 0)
    const later = (source: string, destination: string, protocol: number): ReturnType<typeof packetOf> =>
      packetOf(source, destination, protocol, { ...fields, fragmentOffset: 1480 })
    const same = later('2001:db8::1', '2001:db8::2', 17)
    expect(table.portsOf(1, 'ingress', same, 0, 1)).toBe(443)
    expect(table.portsOf(2, 'ingress', same, 0, 1)).toBe(0)
    expect(table.portsOf(1, 'egress', same, 0, 1)).toBe(0)
    expect(table.portsOf(1, 'ingress', later('2001:db8::1', '2001:db8::2', 6), 0, 1)).toBe(0)
    expect(table.portsOf(1, 'ingress', later('2001:db8::2', '2001:db8::1', 17), 0, 1)).toBe(0)
    expect(table.portsOf(1, 'ingress', later('2001:db8:1::1', '2001:db8::2', 17), 0, 1)).toBe(0)
  })
})
