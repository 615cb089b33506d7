import { readFileSync } from 'node:fs'
import { IpAddress } from '@flowtap/core/inspect'
import type { ListenAddress } from './listen-address.ts'

/**
 * Datagrams that the system dropped because the socket's buffer was full, as Linux counts them (proc(5), /proc/net/udp, the last column);
 * undefined where the system does not tell.
 */
export function systemDrops(socket: ListenAddress, read: (path: string) => string = readText): number | undefined {
  const address = IpAddress.parse(socket.address)
  if (!address) return undefined
  const place = `${addressText(address)}:${socket.port.toString(16).toUpperCase().padStart(4, '0')}`
  let text: string
  try {
    text = read(address.version === 4 ? '/proc/net/udp' : '/proc/net/udp6')
  } catch {
    return undefined
  }
  const fields = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local]) => local === place)
  const drops = Number(fields?.at(-1))
  return Number.isSafeInteger(drops) ? drops : undefined
}

function readText(path: string): string {
  return readFileSync(path, 'utf8')
}

/** 32-bit words in the byte order of the machine, which is that of x86 and ARM; on others no line is found. */
function addressText({ version, word0, word1, word2, word3 }: IpAddress): string {
  const words = version === 4 ? [word3] : [word0, word1, word2, word3]
  return words
    .map((word) => {
      const bytes = [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24]
      return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('')
    })
    .join('')
}
