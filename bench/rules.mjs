// How fast packets are matched against 100 rules: packets a second at payloads of 650 bytes, for rules on payloads, on payloads of which
// a tenth matches, and on HTTP buffers; and rules read a second. One core: processor time of the process counts.
// `node bench/rules.mjs --rounds 1` is a quick look.
import { IpAddress } from '@flowtap/core'
import { compileSignatures, parseRules, TransactionMemory } from '@flowtap/core/inspect'
import { atLeast, conclude, machine, numericOptions, thousands } from './lib/side-by-side.mjs'

const { rounds: ROUNDS, packets: PACKETS } = numericOptions({ rounds: 5, packets: 300_000 })
const PAYLOAD_BYTES = 650
/** The whole inspector has to do 150,000 packets a second; the rules may take a third of that time. */
const PROMISE_PER_SECOND = 450_000

const random = generator(7)
const WORDS = Array.from({ length: 100 }, (_, index) => `${word(6 + (index % 10))}${index}`)
const RULES = WORDS.map((each, index) => {
  const options = [
    `content:"${each}";`,
    `content:"${each}"; nocase; content:"|20|"; distance:0;`,
    `content:"${each}"; pcre:"/${each}[0-9]+x/R";`,
    `flow:established,to_server; content:"${each}"; offset:4;`,
    `content:"${each}"; fast_pattern; content:!"never"; isdataat:4,relative;`,
  ][index % 5]
  return `alert tcp any any -> any ${index % 3 === 0 ? '[80,443,8080]' : 'any'} (msg:"${each}"; ${options} sid:${index + 1};)`
})
const HTTP_RULES = WORDS.map(
  (each, index) =>
    `alert http any any -> any any (msg:"${each}"; ${['http.uri', 'http.host', 'http.user_agent', 'http.header'][index % 4]}; content:"${each.toLowerCase()}"; sid:${index + 1};)`,
)

const CASES = {
  'packets, none matches': () => packets(0),
  'packets, a tenth matches': () => packets(0.1),
  'HTTP transactions, none matches': transactions,
  'rules read': read,
}
const runs = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round += 1) for (const [name, run] of Object.entries(CASES)) runs[name].push(run())
const results = Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, median(all)]))
console.log(
  `${RULES.length} rules, ${PACKETS} packets of ${PAYLOAD_BYTES} bytes; ${machine()}; medians of ${ROUNDS} rounds, per second of processor time`,
)
for (const [name, perSecond] of Object.entries(results)) console.log(`  ${name.padEnd(34)} ${thousands(perSecond)}`)
const checks = [atLeast('packets, none matches', results['packets, none matches'], PROMISE_PER_SECOND, thousands)]
conclude('rules', checks, { packets: PACKETS, rounds: ROUNDS, promise: PROMISE_PER_SECOND, results, runs })

function packets(share) {
  const engine = compileSignatures(parse(RULES))
  const payloads = Array.from({ length: 256 }, (_, index) =>
    payload(index < 256 * share ? WORDS[index % 100] : undefined),
  )
  const context = packetContext()
  const hits = []
  let matched = 0
  const speed = perSecond(PACKETS, (index) => {
    context.packet.payload = payloads[index & 255]
    hits.length = 0
    engine.matchPacket(context, hits)
    if (hits.length > 0) matched += 1
  })
  if (matched > 0 !== share > 0) throw new Error(`${matched} packets match where ${share * 100} % should`)
  return speed
}

function transactions() {
  const engine = compileSignatures(parse(HTTP_RULES))
  const context = packetContext()
  context.flow.application = 'http'
  const buffers = {
    'http.uri': Buffer.from(`/${word(60)}`),
    'http.host': Buffer.from('www.example.com'),
    'http.user_agent': Buffer.from(word(80)),
    'http.header': Buffer.from(word(400)),
  }
  const transaction = {
    application: 'http',
    memory: new TransactionMemory(),
    dnsOpcode: undefined,
    tlsVersion: undefined,
    buffer: (name, _direction, index) => (index === 0 ? buffers[name] : undefined),
  }
  const hits = []
  return perSecond(PACKETS, () => engine.matchTransaction(context, transaction, hits))
}

function read() {
  const before = process.cpuUsage()
  for (let time = 0; time < 20; time += 1) parse(RULES)
  const { user, system } = process.cpuUsage(before)
  return (20 * RULES.length) / ((user + system) / 1e6)
}

function parse(rules) {
  const { signatures, errors } = parseRules(rules.join('\n'), { file: 'bench.rules' })
  if (errors.length > 0) throw new Error(errors[0].message)
  return signatures
}

function packetContext() {
  return {
    packet: {
      source: IpAddress.of('10.0.0.1'),
      destination: IpAddress.of('10.0.0.2'),
      protocol: 6,
      sourcePort: 40_000,
      destinationPort: 443,
      ttl: 64,
      tcpFlags: 0x18,
      payload: new Uint8Array(0),
      payloadLength: PAYLOAD_BYTES,
    },
    direction: 'toserver',
    flow: { isEstablished: true, application: undefined, flowbits: undefined, action: undefined },
    isFirstInDirection: false,
    stream: undefined,
    isAddedToStream: false,
    isPseudo: false,
    isReassembled: false,
    isPayloadHidden: false,
    isDetectionDone: false,
    detectedApplication: undefined,
    timeMicroseconds: 0,
  }
}

function perSecond(count, work) {
  for (let index = 0; index < 20_000; index += 1) work(index)
  const before = process.cpuUsage()
  for (let index = 0; index < count; index += 1) work(index)
  const { user, system } = process.cpuUsage(before)
  return count / ((user + system) / 1e6)
}

function payload(planted) {
  const bytes = Buffer.alloc(PAYLOAD_BYTES)
  for (let at = 0; at < PAYLOAD_BYTES; at += 1) bytes[at] = 32 + random(95)
  if (planted) bytes.write(`${planted} 12x ${planted}12x`, 100)
  return bytes
}

function word(length) {
  let text = ''
  while (text.length < length) text += String.fromCharCode(97 + random(26))
  return text
}

/** Whole numbers below a limit, always the same (Numerical Recipes' linear congruential generator). */
function generator(seed) {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * limit)
  }
}

function median(measured) {
  return measured.toSorted((a, b) => a - b)[Math.floor(measured.length / 2)]
}
