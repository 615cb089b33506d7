import { demoDesign } from '@flowtap/core'
import type { FlowLogRecord } from '@flowtap/parser'
import { describe, expect, it } from 'vitest'
import { minutes } from '../duration.ts'
import { DEFAULT_START_MICROSECONDS, defineScenario } from '../scenario.ts'
import { simulate } from '../simulation.ts'
import type { ShellOutput } from './kernel/terminal.ts'
import { openShell } from './open-shell.ts'

/** Protocol numbers (IANA). */
const ICMP = 1
const TCP = 6
const UDP = 17
/** TCP flags (RFC 9293, 3.1). */
const SYN = 2

interface SentPacket {
  readonly seconds: number
  readonly protocol: number
  readonly destination: string
  readonly port: number
  readonly tcpFlags: number
  readonly length: number
}

interface Outcome {
  readonly outputs: readonly ShellOutput[]
  readonly stdout: string
  readonly stderr: string
  readonly sent: readonly SentPacket[]
  readonly records: readonly FlowLogRecord[]
}

/** Runs scripts on hosts of the reference design, all at once, and gives what `demo` printed and sent. */
async function onDemo(scripts: Readonly<Record<string, string>>, seed = 1, limitMinutes = 5): Promise<Outcome> {
  const outputs: ShellOutput[] = []
  const sent: SentPacket[] = []
  const records: FlowLogRecord[] = []
  const scenario = defineScenario({
    name: 'shells',
    durationMicroseconds: minutes(limitMinutes),
    setup(context) {
      for (const [host, script] of Object.entries(scripts)) {
        const shell = openShell(context, host, { isTerminal: false, onOutput: (output) => outputs.push(output) })
        void shell.run(script)
      }
    },
  })
  await simulate(demoDesign(), scenario, { seed, packets: ['demo'], records: true, logs: false }).run({
    onRecord: (record) => records.push(record),
    onPacket: ({ packet, direction, timeMicroseconds }) => {
      if (direction !== 'egress') return
      sent.push({
        seconds: (timeMicroseconds - DEFAULT_START_MICROSECONDS) / 1_000_000,
        protocol: packet.protocol,
        destination: packet.destination.toString(),
        port: packet.destinationPort,
        tcpFlags: packet.tcpFlags,
        length: packet.length,
      })
    },
  })
  const text = (stream: ShellOutput['stream']): string =>
    outputs
      .filter((output) => output.stream === stream)
      .map((output) => output.text)
      .join('')
  return { outputs, stdout: text('stdout'), stderr: text('stderr'), sent, records }
}

/** The Amazon resolver of the reference design's VPC. */
const RESOLVER = '10.0.0.2'

describe('the commands of the reference article', () => {
  it('ping google.com -c 3: one question to the resolver, three echo requests of 84 bytes a second apart', async () => {
    const { stdout, sent } = await onDemo({ demo: 'ping google.com -c 3' })
    const address = /^PING google\.com \(([\d.]+)\) 56\(84\) bytes of data\.\n/.exec(stdout)?.[1]
    expect(stdout).toMatch(
      /icmp_seq=1 ttl=\d+ time=[\d.]+ ms\n.*icmp_seq=2 .*\n.*icmp_seq=3 .*\n\n--- google\.com ping statistics ---\n/,
    )
    expect(stdout).toMatch(
      /\n3 packets transmitted, 3 received, 0% packet loss, time \d+ms\nrtt min\/avg\/max\/mdev = /,
    )
    const echoes = sent.filter(({ protocol }) => protocol === ICMP)
    expect(echoes.map(({ destination, length }) => [destination, length])).toEqual(
      Array.from({ length: 3 }, () => [address, 84]),
    )
    const [first = 0, second = 0, third = 0] = echoes.map(({ seconds }) => seconds)
    expect([second - first, third - second].map(Math.round)).toEqual([1, 1])
    const questions = sent.filter(({ protocol }) => protocol === UDP)
    expect(questions.length).toBeGreaterThan(0)
    for (const { destination, port } of questions) expect([destination, port]).toEqual([RESOLVER, 53])
  })

  it('curl google.com in a loop: a connection every half minute, and the redirect on standard output', async () => {
    const { stdout, stderr, sent } = await onDemo({ demo: 'while true; do curl google.com; sleep 30; done' })
    expect(stdout.match(/<TITLE>301 Moved<\/TITLE>/g)).toHaveLength(10)
    expect(stderr.match(/% Total {4}% Received % Xferd/g)).toHaveLength(10)
    const connections = sent.filter(({ protocol, tcpFlags }) => protocol === TCP && tcpFlags === SYN)
    expect(connections.map(({ port }) => port)).toEqual(Array.from({ length: 10 }, () => 80))
    for (const [i, { seconds }] of connections.entries()) expect(Math.abs(seconds - 30 * i)).toBeLessThan(1)
  })

  it('dig GuardDutyC2ActivityB.com any: asks the resolver over TCP, as dig does for any', async () => {
    const { stdout, sent } = await onDemo({ demo: 'dig GuardDutyC2ActivityB.com any' })
    expect(stdout).toMatch(
      /^\n; <<>> DiG 9\.[\d.]+\S* <<>> GuardDutyC2ActivityB\.com any\n;; global options: \+cmd\n;; Got answer:\n/,
    )
    expect(stdout).toContain(';GuardDutyC2ActivityB.com.\tIN\tANY\n')
    expect(stdout).toContain(`;; SERVER: ${RESOLVER}#53(${RESOLVER}) (TCP)\n`)
    expect(sent.length).toBeGreaterThan(3)
    for (const { protocol, destination, port } of sent)
      expect([protocol, destination, port]).toEqual([TCP, RESOLVER, 53])
  })

  it('leaves questions to the Amazon resolver out of the flow logs, and logs those to others', async () => {
    const { records, sent } = await onDemo({
      demo: 'dig google.com; dig google.com any; dig @8.8.8.8 google.com; ping -c 1 google.com',
    })
    expect(sent.some(({ destination }) => destination === RESOLVER)).toBe(true)
    const peers = records.flatMap(({ srcaddr, dstaddr }) => [String(srcaddr), String(dstaddr)])
    expect(peers).toContain('8.8.8.8')
    expect(peers).not.toContain(RESOLVER)
  })
})

describe('shells on several hosts', () => {
  it('print in the order of simulated time, whatever loads between', async () => {
    const loop = (name: string, step: string): string =>
      `for i in 1 2 3 4; do printf '${name}\\n' | sed s/x/y/ | awk '{print $1, ENVIRON["USER"] != ""}'; sleep ${step}; done`
    const { outputs } = await onDemo({ demo: loop('demo', '2'), suricata: `sleep 1; ${loop('suricata', '2')}` })
    const order = outputs.map(({ text, timeMicroseconds }) => [
      text.split(' ')[0],
      timeMicroseconds - DEFAULT_START_MICROSECONDS,
    ])
    expect(order).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((second) => [second % 2 === 0 ? 'demo' : 'suricata', second * 1_000_000]),
    )
  })

  it('print the same for the same seed, and other random numbers for another', async () => {
    const script = 'echo $RANDOM $RANDOM; ping -c 2 google.com; shuf -i 1-1000 -n 3; echo $EPOCHREALTIME'
    const [one, again, other] = [
      await onDemo({ demo: script }),
      await onDemo({ demo: script }),
      await onDemo({ demo: script }, 2),
    ]
    expect(again.stdout).toBe(one.stdout)
    expect(again.sent).toEqual(one.sent)
    expect(other.stdout.split('\n')[0]).not.toBe(one.stdout.split('\n')[0])
  })

  it('ends a loop that never waits at a limit that it names, and no other shell', async () => {
    const { stderr, stdout } = await onDemo({ demo: 'while :; do :; done', suricata: 'sleep 1; echo still here' })
    expect(stderr).toMatch(/without letting simulated time pass.*\(limit operationsPerMoment = 250000\)/)
    expect(stdout).toBe('still here\n')
  })
})

describe('programs that the simulation does not have', () => {
  it('are refused by name, while unknown ones are not found', async () => {
    const { stderr } = await onDemo({
      demo: 'aws s3 ls; sudo apt-get update; timeout 1 python3 x; /usr/bin/openssl; echo a | xargs tcpdump; nope; coproc cat',
    })
    expect(stderr).toBe('bash: -c: line 1: coproc: not simulated\n')
    const { stderr: refused } = await onDemo({
      demo: 'aws s3 ls; sudo apt-get update; timeout 1 python3 x; /usr/bin/openssl; echo a | xargs tcpdump; nope',
    })
    expect(refused.split('\n')).toEqual([
      'bash: line 1: aws: not simulated',
      'sudo: apt-get: not simulated',
      'timeout: failed to run command ‘python3’: not simulated',
      'bash: line 1: /usr/bin/openssl: not simulated',
      'xargs: tcpdump: not simulated',
      'bash: line 1: nope: command not found',
      '',
    ])
  })
})

describe('curl', () => {
  it('tells of a reader that has gone by its own error, as it ignores SIGPIPE', async () => {
    const { stdout, stderr } = await onDemo({ demo: '(sleep 1; curl -sS google.com) | true; echo "${PIPESTATUS[@]}"' })
    expect([stdout, stderr]).toEqual(['23 0\n', 'curl: (23) Failed writing body\n'])
  })
})
