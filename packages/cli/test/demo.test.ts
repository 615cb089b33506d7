import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandOutcome, runCommand } from './memory-streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'flowtap-demo-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const flowtap = (...args: readonly string[]): Promise<CommandOutcome> =>
  runCommand(args, { workingDirectory: folder, width: 120 })

/** The lines of a flow log's files without their headers, by day, split into fields. */
function linesOf(place: string): readonly { readonly day: string; readonly fields: readonly string[] }[] {
  const root = join(folder, 'flowtap-demo', 'amazon-vpc-traffic-mirroring-logs', place, 'AWSLogs')
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((file) => {
      const day = file.parentPath.split('/').slice(-3).join('/')
      const [, ...lines] = gunzipSync(readFileSync(join(file.parentPath, file.name)))
        .toString()
        .trimEnd()
        .split('\n')
      return lines.map((line) => ({ day, fields: line.split(' ') }))
    })
}

/** A digest of all files under a folder, with their paths. */
function digestOf(root: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const path of files.map((file) => join(file.parentPath, file.name)).sort()) {
    hash.update(`${path}\n`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

describe('flowtap demo', () => {
  let printed = ''
  beforeAll(async () => {
    const run = await flowtap('demo')
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    printed = run.stdout
  }, 120_000)

  it('shows the article’s session as the commands print it', () => {
    expect(printed).toMatch(
      /demo\$ ping google\.com -c 3\nPING google\.com \(.*\) 56\(84\) bytes of data\.\n(64 bytes .*\n){3}/,
    )
    expect(printed).toContain('3 packets transmitted, 3 received, 0% packet loss')
    expect(printed).toMatch(/demo\$ dig GuardDutyC2ActivityB\.com any\n\n; <<>> DiG /)
    expect(printed).toMatch(/200 from 54\.246\.214\.20, \d+ bytes/)
    expect(printed).toContain('demo$ while true; do curl google.com; sleep 30; done\n')
    const session = readFileSync(join(folder, 'flowtap-demo', 'session.txt'), 'utf8')
    // Two days of a curl each half minute and a little.
    const curls = session.split('<H1>301 Moved</H1>').length - 1
    expect(curls).toBeGreaterThan(5_740)
    expect(curls).toBeLessThanOrEqual(5_760)
    expect(printed.split('<H1>301 Moved</H1>')).toHaveLength(2)
  })

  it('answers the article’s questions from the files that it wrote', () => {
    const lines = linesOf('')
    const rowsOf = (question: string): string =>
      new RegExp(`athena> ${question.replace(/[*'()]/g, '\\$&')}\n(?:.+\n)*?  ([\\d,]+) rows? · `).exec(printed)?.[1] ??
      ''
    const count = (isWanted: (fields: readonly string[]) => boolean): string =>
      lines.filter(({ fields }) => isWanted(fields)).length.toLocaleString('en-US')

    expect(rowsOf("SELECT * FROM vpc_flow_logs WHERE day > '2021/10/25' limit 20;")).toBe('20')
    expect(rowsOf("SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101';")).toBe(
      count(({ 3: source }) => source === '10.0.1.101'),
    )
    // By the instance's ENI and by the NAT gateway's.
    expect(count(({ 4: destination }) => destination === '54.246.214.20')).toBe('2')
    expect(rowsOf("SELECT * FROM vpc_flow_logs WHERE destinationaddress='54.246.214.20';")).toBe('2')
    expect(rowsOf("SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101' AND destinationport=80;")).toBe(
      count(({ 3: source, 6: port }) => source === '10.0.1.101' && port === '80'),
    )
    expect(new Set(lines.map(({ day }) => day))).toEqual(new Set(['2021/10/25', '2021/10/26']))
  })

  it('records the instance’s traffic at three scopes alike', () => {
    const ofInstance = (place: string): readonly string[] => {
      const lines = linesOf(place).filter(({ fields }) => fields[16]?.startsWith('i-') && fields[3] !== '-')
      return lines.map(({ fields }) => fields.join(' ')).sort()
    }
    const own = ofInstance('interface')
    expect(own.length).toBeGreaterThan(10_000)
    expect(ofInstance('subnet')).toEqual(own)
    const ids = new Set(own.map((line) => line.split(' ')[2]))
    expect(ofInstance('').filter((line) => ids.has(line.split(' ')[2]))).toEqual(own)
  })

  it('mirrors to the sensor, and shows the fault of the article’s filter beside the repaired one', () => {
    expect(printed).toMatch(
      /Mirroring {2}([\d,]+) of the demo instance’s [\d,]+ packets came to the sensor in VXLAN: .*mirror-tms-\w+\.pcap\n/,
    )
    // Port 80 is unseen, and of HTTPS one direction.
    expect(printed).toMatch(
      /curl http:\/\/google\.com +0 of (\d+) packets sent, 0 of (\d+) received +\1 of \1 packets sent, \2 of \2 received\n/,
    )
    expect(printed).toMatch(
      /curl https:\/\/google\.com +(\d+) of \1 packets sent, 0 of (\d+) received +\1 of \1 packets sent, \2 of \2 received\n/,
    )
  })

  it('tells what the sensor’s intrusion detection makes of both', () => {
    expect(printed).toMatch(/\n {2}HTTP hosts +none +google\.com\n/)
    // Suricata tells of no handshake whose server it does not hear.
    expect(printed).toMatch(/\n {2}TLS server names +none +google\.com\n/)
    expect(printed).toMatch(/\n {2}alerts +none +curl without TLS\n/)
    expect(printed).toMatch(/\n {2}IDS events +\d+ flow +1 alert, .*\b1 http, 1 tls\n/)
  })

  it('begins its own folder anew, with the same bytes for the same seed', async () => {
    const before = digestOf(join(folder, 'flowtap-demo'))
    const run = await flowtap('demo', '--json')
    expect(digestOf(join(folder, 'flowtap-demo'))).toBe(before)
    const { traffic, queries } = JSON.parse(run.stdout)
    expect(traffic.flowLogs[0].records).toBe(linesOf('').length)
    expect(queries[0]).toMatchObject({ rows: 20, issues: [] })
    expect(queries[0].objectsOpened).toBeLessThan(queries[0].objectsTotal)
  }, 120_000)

  it('leaves folders of others alone', async () => {
    mkdirSync(join(folder, 'mine'))
    writeFileSync(join(folder, 'mine', 'thesis.txt'), 'x')
    const run = await flowtap('demo', '--out', 'mine')
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toMatch(/mine holds other files \(thesis\.txt, …\)/)
    expect(readdirSync(join(folder, 'mine'))).toEqual(['thesis.txt'])
  })
})
