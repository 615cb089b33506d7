import { CidrBlock } from '@flowtap/core'
import { ServiceError } from '../../wire/service-error.ts'
import type { Ec2Context } from './ec2-context.ts'

/** Blocks that are nobody's, so that no stranger's address is ever shown: RFC 5737 documentation, RFC 2544 benchmarking. */
const POOL = ['198.51.100.0/24', '203.0.113.0/24', '192.0.2.0/24', '198.18.0.0/15'].map(CidrBlock.of)

/** A public IPv4 address that nobody has. @throws ServiceError where there is none. */
export function nextPublicAddress({ tables, ids, topology }: Ec2Context): string {
  const used = new Set<string>()
  for (const { publicIp } of tables.addresses.values()) used.add(publicIp)
  for (const { privateIpAddresses } of tables.networkInterfaces.values()) {
    for (const { publicIp } of privateIpAddresses) if (publicIp !== undefined) used.add(publicIp)
  }
  for (const host of topology().internetHosts) for (const address of host.addresses) used.add(address.toString())
  const place = Number.parseInt(ids.hex('public-address', 8), 16)
  for (const block of POOL) {
    const count = block.size - 2
    for (let tries = 0; tries < count; tries++) {
      const address = block.network.plus(1 + ((place + tries) % count)).toString()
      if (!used.has(address)) return address
    }
  }
  throw new ServiceError('InsufficientAddressCapacity', 'There are not enough public addresses available.', {
    status: 500,
  })
}
