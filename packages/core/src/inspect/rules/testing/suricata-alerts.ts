import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Which rules the installed Suricata finds in UDP packets of those payloads: `packet:sid`, packets counted from 0. At most 255 alerts of a packet are told. */
export function udpAlerts(rules: string, payloads: readonly Uint8Array[]): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), 'flowtap-alerts-'))
  try {
    writeFileSync(join(folder, 'test.rules'), rules)
    writeFileSync(join(folder, 'test.pcap'), udpCapture(payloads))
    const { status, stderr } = spawnSync(
      'suricata',
      [
        '-k',
        'none',
        '--runmode',
        'single',
        '--set',
        'packet-alert-max=255',
        '--set',
        'mpm-algo=ac',
        '--set',
        'spm-algo=bm',
        '-S',
        'test.rules',
        '-r',
        'test.pcap',
        '-l',
        '.',
      ],
      { cwd: folder, encoding: 'utf8', timeout: 120_000 },
    )
    if (status !== 0) throw new Error(`suricata: ${stderr}`)
    const found = new Set<string>()
    for (const line of readFileSync(join(folder, 'eve.json'), 'utf8').split('\n')) {
      if (!line.includes('"event_type":"alert"')) continue
      const event = JSON.parse(line) as { pcap_cnt: number; alert: { signature_id: number } }
      found.add(`${event.pcap_cnt - 1}:${event.alert.signature_id}`)
    }
    return found
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A capture of one UDP packet per payload from 10.0.0.1:1000 to 10.0.0.2:2000, in Ethernet and IPv4, without checksums. */
function udpCapture(payloads: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(65_535, 16)
  header.writeUInt32LE(1, 20)
  const records = payloads.map((payload, index) => {
    const length = 42 + payload.length
    const record = Buffer.alloc(16 + length)
    record.writeUInt32LE(1_700_000_000 + index, 0)
    record.writeUInt32LE(length, 8)
    record.writeUInt32LE(length, 12)
    record.writeUInt16BE(0x0800, 28)
    record[30] = 0x45
    record.writeUInt16BE(28 + payload.length, 32)
    record.set([64, 17], 38)
    record.set([10, 0, 0, 1, 10, 0, 0, 2], 42)
    record.writeUInt16BE(1000, 50)
    record.writeUInt16BE(2000, 52)
    record.writeUInt16BE(8 + payload.length, 54)
    record.set(payload, 58)
    return record
  })
  return Buffer.concat([header, ...records])
}
