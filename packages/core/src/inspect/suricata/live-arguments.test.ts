import { expect, it } from 'vitest'
import { suricataLiveArguments } from './live-arguments.ts'

const OPTIONS = { configuration: '/c/suricata.yaml', folder: '/c', interface: 'eth0', filter: ' udp port  4789 ' }

it('listens to one interface, by a filter', () => {
  expect(suricataLiveArguments(OPTIONS).join(' ')).toBe(
    '-c /c/suricata.yaml --pcap=eth0 -l /c -k none --runmode single udp port 4789',
  )
})

it('refuses to listen to everything, and options in place of names', () => {
  expect(() => suricataLiveArguments({ ...OPTIONS, filter: '  ' })).toThrow('live inspection needs a filter')
  expect(() => suricataLiveArguments({ ...OPTIONS, filter: '-D' })).toThrow('does not begin with a hyphen')
  for (const name of ['', '-i', 'a b', '../etc', 'a'.repeat(16)]) {
    expect(() => suricataLiveArguments({ ...OPTIONS, interface: name })).toThrow('an interface has a name such as eth0')
  }
})
