import { CidrBlock, IpAddress } from '@flowtap/core/inspect'
import { UsageError } from '../exit-code.ts'

/** Where a socket listens. */
export interface ListenAddress {
  readonly address: string
  readonly port: number
}

const LOOPBACK = '127.0.0.1'
const VXLAN_PORT = 4789
const LOOPBACKS = ['127.0.0.0/8', '::1/128'].map((text) => CidrBlock.parse(text))

/**
 * The address of `--listen`: this machine's own unless another one is written out. `4789`, `127.0.0.1`, `127.0.0.1:4789`, `[::1]:4789`.
 *
 * @throws UsageError for what is none.
 */
export function listenAddress(text: string | true): ListenAddress {
  if (text === true) return { address: LOOPBACK, port: VXLAN_PORT }
  if (/^\d+$/.test(text)) return { address: LOOPBACK, port: portOf(text, text) }
  const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text)
  const named = parts?.[1] ?? parts?.[2] ?? text
  const port = parts?.[3]
  const address = named === 'localhost' ? LOOPBACK : named
  if (!IpAddress.parse(address)) {
    throw new UsageError(
      `--listen ${text}: write an IP address of this machine, a port or both, such as ${LOOPBACK}:${VXLAN_PORT}; ` +
        '0.0.0.0 is all of its networks',
    )
  }
  return { address, port: port === undefined ? VXLAN_PORT : portOf(port, text) }
}

/** Whether other machines do not reach it. */
export function isLoopback(text: string): boolean {
  const address = IpAddress.parse(text)
  return address !== undefined && LOOPBACKS.some((block) => block?.contains(address))
}

function portOf(text: string, listen: string): number {
  const port = Number(text)
  if (port > 65_535) throw new UsageError(`--listen ${listen}: a port is a number up to 65535`)
  return port
}
