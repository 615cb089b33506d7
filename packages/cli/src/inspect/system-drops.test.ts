import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { systemDrops } from './system-drops.ts'

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  101: 0100007F:12B5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24171 2 0000000000000000 17
  102: 0200007F:12B5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24172 2 0000000000000000 3
`
const TABLE_6 = `  sl  local_address                         remote_address                        st drops
  103: 00000000000000000000000001000000:12B5 00000000000000000000000000000000:0000 07 0 5
`

it('finds the socket by its address and port', () => {
  const read = (path: string): string => (path === '/proc/net/udp6' ? TABLE_6 : TABLE)
  expect(systemDrops({ address: '127.0.0.1', port: 4789 }, read)).toBe(17)
  expect(systemDrops({ address: '127.0.0.2', port: 4789 }, read)).toBe(3)
  expect(systemDrops({ address: '::1', port: 4789 }, read)).toBe(5)
  expect(systemDrops({ address: '127.0.0.1', port: 4790 }, read)).toBeUndefined()
})

it('does without where the system does not tell', () => {
  const read = (): string => {
    throw new Error('there is no such file')
  }
  expect(systemDrops({ address: '127.0.0.1', port: 4789 }, read)).toBeUndefined()
})

it.skipIf(process.platform !== 'linux')('counts what a real socket has no room for', async () => {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4096 })
  const client = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { address, port } = socket.address()
  expect(systemDrops({ address, port })).toBe(0)
  let received = 0
  socket.on('message', () => {
    received += 1
    // Nobody reads while this goes on.
    const until = performance.now() + 20
    while (received === 1 && performance.now() < until);
  })
  const sent = 2000
  await Promise.all(
    Array.from(
      { length: sent },
      () => new Promise((resolve) => client.send(Buffer.alloc(1000), port, address, resolve)),
    ),
  )
  await new Promise((resolve) => setTimeout(resolve, 200))
  const drops = systemDrops({ address, port })
  expect(drops).toBeGreaterThan(0)
  expect(received + (drops ?? 0)).toBe(sent)
  socket.close()
  client.close()
})
