import { describe, expect, it } from 'vitest'
import { requireSuricata, suricataEvents, suricataIsPresent } from '../../src/inspect/testing/real-suricata.ts'
import { builtinEvents, essentials } from './essentials.ts'
import { requireScapy, scapyCaptures, scapyIsPresent } from './scapy-captures.ts'

// The builtin inspector against the real Suricata 7, over captures that scapy wrote.

requireSuricata()
requireScapy()

const captures = suricataIsPresent ? scapyCaptures('./captures.py') : new Map<string, Uint8Array>()

/** What differs, with the reason; docs/inspection.md has the same list. */
const DIFFERENCES: Readonly<Record<string, (line: string) => boolean>> = {
  // GRE is not taken apart.
  'decode-errors': (line) => line.includes('decoder.gre.'),
  // A gap is announced when it is passed over, which Suricata does a packet later.
  'http-gap': (line) => line.includes('fileinfo') && line.includes('TRUNCATED'),
}

const RULES = `
alert http any any -> any any (msg:"uri"; http.uri; content:"/m"; sid:1;)
alert tcp any any -> any any (msg:"content"; content:"curl"; sid:2; rev:3; classtype:attempted-admin; metadata:created_at 2024_01_01, policy a;)
alert dns any any -> any any (msg:"query"; dns.query; content:"example"; nocase; sid:3;)
alert tcp any any -> any any (msg:"syn"; flags:S; sid:4;)
alert icmp any any -> any any (msg:"ping"; itype:8; sid:5;)
alert http any any -> any any (msg:"status"; flow:established,to_client; http.stat_code; content:"200"; sid:6;)
alert tcp any any -> any any (msg:"established"; flow:established; sid:7;)
alert tls any any -> any any (msg:"sni"; tls.sni; content:"example"; sid:8;)
alert ssh any any -> any any (msg:"ssh"; ssh.software; content:"paramiko"; sid:9;)
alert udp any any -> any any (msg:"udp established"; flow:established; sid:11;)
alert http any any -> any any (msg:"file"; file.data; content:"hello"; sid:12;)
alert http any any -> any any (msg:"method"; http.method; content:"POST"; sid:13;)
alert http any any -> any any (msg:"agent"; http.user_agent; content:"curl/"; startswith; sid:14;)
alert http any any -> any any (msg:"host"; http.host; content:"www.example.com"; endswith; sid:15;)
alert tls any any -> any any (msg:"issuer"; tls.cert_issuer; content:"Example, Inc."; sid:16;)
alert http any any -> any any (msg:"fox"; file.data; content:"quick brown"; sid:17;)
alert http any any -> any any (msg:"body"; http.request_body; content:"password"; sid:18;)
alert tcp any any -> any any (msg:"nothing"; content:"no such bytes anywhere"; sid:19;)
alert udp any any -> any 53 (msg:"payload"; content:"example"; sid:20;)
alert tcp any any -> any any (msg:"small"; dsize:1<>40; flow:to_server; sid:21;)
`

describe.skipIf(!suricataIsPresent || !scapyIsPresent)('the same as Suricata 7', () => {
  it('has captures', () => {
    expect(captures.size).toBeGreaterThanOrEqual(40)
  })

  for (const [name, capture] of captures) {
    const isOther = DIFFERENCES[name] ?? (() => false)

    it(`in dns, http, tls, ssh, fileinfo, flow and anomalies: ${name}`, () => {
      const real = essentials(suricataEvents(capture)).filter((line) => !isOther(line))
      const ours = essentials(builtinEvents(capture, { oneSided: false })).filter((line) => !isOther(line))
      expect(ours).toEqual(real)
    })

    it(`in alerts: ${name}`, () => {
      const alerts = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.includes('"alert":'))
      const real = alerts(essentials(suricataEvents(capture, { rules: RULES })))
      const ours = alerts(essentials(builtinEvents(capture, { rules: RULES, oneSided: false })))
      expect(ours).toEqual(real)
    })
  }

  it('with midstream and one-sided pick-up: http-midstream', () => {
    const capture = captures.get('http-midstream') ?? new Uint8Array()
    const real = essentials(suricataEvents(capture, { midstream: true }))
    expect(essentials(builtinEvents(capture, { midstream: true, oneSided: false }))).toEqual(real)
  })

  it('with midstream and one-sided pick-up: http-egress-only', () => {
    const capture = captures.get('http-egress-only') ?? new Uint8Array()
    const http = (lines: readonly string[]): readonly string[] =>
      lines.filter((line) => line.includes('"event_type":"fileinfo"'))
    const real = http(essentials(suricataEvents(capture, { midstream: true, asyncOneside: true })))
    const ours = http(essentials(builtinEvents(capture, { midstream: true, oneSided: true })))
    expect(ours.map((line) => line.replace(/"http_port":0,/, ''))).toEqual(
      real.map((line) => line.replace(/"http_port":0,/, '')),
    )
    expect(real).toHaveLength(1)
  })
})
