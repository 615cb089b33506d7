import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

// The real Suricata as the ruler: what it says of a capture, with rules.

/** The command, found on PATH. */
export const SURICATA: string = 'suricata'

/** The version whose events are compared. */
const VERSION = /version 7\./

function findSuricata(): string | undefined {
  try {
    const text = execFileSync(SURICATA, ['-V'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return VERSION.test(text) ? undefined : `Suricata 7 is needed, here is: ${text.trim()}`
  } catch {
    return 'suricata is not installed: apt-get install -y --no-install-recommends suricata (7.0, Debian backports)'
  }
}

const absence = findSuricata()

export const suricataIsPresent: boolean = absence === undefined

/** A test that fails where Suricata has to be there and is not; to be called where others are skipped. */
export function requireSuricata(): void {
  if (suricataIsPresent || process.env.FLOWTAP_REQUIRE_REAL !== '1') return
  it('has Suricata 7', () => {
    expect.fail(absence)
  })
}

/** How Suricata is to look at a capture. */
export interface SuricataOptions {
  /** The text of a rule file; none unless given. */
  readonly rules?: string
  readonly midstream?: boolean
  readonly asyncOneside?: boolean
}

/** An event as parsed from a line of eve.json. */
export type SuricataEvent = Readonly<Record<string, unknown>> & { readonly event_type: string }

/** What is in the configuration besides the options: all events, the inspector's own policies, and nothing that depends on chance. */
function configuration({ midstream = false, asyncOneside = false }: SuricataOptions): string {
  return `%YAML 1.1
---
vars:
  address-groups:
    HOME_NET: "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]"
    EXTERNAL_NET: "!$HOME_NET"
    HTTP_SERVERS: "$HOME_NET"
    DNS_SERVERS: "$HOME_NET"
  port-groups:
    HTTP_PORTS: "80"
    SSH_PORTS: 22
    VXLAN_PORTS: 4789
    GENEVE_PORTS: 6081
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      types:
        - alert
        - anomaly: { enabled: yes, types: { decode: yes, stream: yes, applayer: yes } }
        - http: { extended: yes }
        - dns
        - tls: { extended: yes }
        - files: { force-magic: no, force-hash: [md5, sha256] }
        - ssh
        - flow
        - stats: { totals: yes, threads: no, deltas: no }
app-layer:
  protocols:
    dns:
      tcp: { enabled: yes, detection-ports: { dp: 53 } }
      udp: { enabled: yes, detection-ports: { dp: 53 } }
    http:
      enabled: yes
      libhtp:
        default-config:
          personality: IDS
          request-body-limit: 100kb
          response-body-limit: 100kb
          response-body-decompress-layer-limit: 2
          http-body-inline: auto
          double-decode-path: no
          double-decode-query: no
    tls: { enabled: yes, detection-ports: { dp: 443 }, ja3-fingerprints: yes }
    ssh: { enabled: yes, hassh: no }
    ntp: { enabled: yes }
flow-timeouts:
  default: { new: 30, established: 300, closed: 0, bypassed: 100 }
  tcp: { new: 60, established: 600, closed: 60, bypassed: 100 }
  udp: { new: 30, established: 300, bypassed: 100 }
  icmp: { new: 30, established: 300, bypassed: 100 }
stream:
  memcap: 64mb
  checksum-validation: no
  inline: no
  midstream: ${midstream}
  async-oneside: ${asyncOneside}
  reassembly:
    memcap: 256mb
    depth: 1mb
    toserver-chunk-size: 2560
    toclient-chunk-size: 2560
    randomize-chunk-size: no
host-os-policy:
  linux: [0.0.0.0/0, "::/0"]
classification-file: /etc/suricata/classification.config
reference-config-file: /etc/suricata/reference.config
`
}

/**
 * The events of a capture file (its bytes), in the order of eve.json, without stats. Error where Suricata refuses the rules, with what it says.
 */
export function suricataEvents(capture: Uint8Array, options: SuricataOptions = {}): readonly SuricataEvent[] {
  const folder = mkdtempSync(join(tmpdir(), 'flowtap-suricata-'))
  try {
    const path = (name: string): string => join(folder, name)
    writeFileSync(path('capture.pcap'), capture)
    writeFileSync(path('suricata.yaml'), configuration(options))
    writeFileSync(path('test.rules'), options.rules ?? '')
    execFileSync(
      SURICATA,
      [
        ...['-c', path('suricata.yaml'), '-r', path('capture.pcap'), '-l', folder, '-S', path('test.rules')],
        ...['-k', 'none', '--runmode', 'single', '--init-errors-fatal'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000, env: { ...process.env, TZ: 'UTC' } },
    )
    return readFileSync(path('eve.json'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as SuricataEvent)
      .filter((event) => event.event_type !== 'stats')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
