import { IpAddress } from '../../net/ip-address.ts'
import type { ByteReader } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'
import { type DnsNameWriter, readDnsName } from './dns-name.ts'
import { DNS_TYPE, dnsTypeName } from './dns-numbers.ts'
import type { DnsRecordData, EdnsOption } from './dns-record.ts'
import { readTypeBitmap, writeTypeBitmap } from './type-bitmap.ts'

type Kind = DnsRecordData['kind']
type Data<K extends Kind> = Extract<DnsRecordData, { kind: K }>

interface Codec<K extends Kind> {
  /** Reads to the end of the reader, which holds this record's data alone. */
  decode(reader: ByteReader, messageStart: number, type: number): Data<K>
  encode(data: Data<K>, writer: ByteWriter, names: DnsNameWriter, type: number): void
}

const TYPES: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [DNS_TYPE.a, 'address'],
  [DNS_TYPE.aaaa, 'address'],
  [DNS_TYPE.ns, 'name'],
  [DNS_TYPE.cname, 'name'],
  [DNS_TYPE.ptr, 'name'],
  [DNS_TYPE.dname, 'name'],
  [DNS_TYPE.soa, 'soa'],
  [DNS_TYPE.mx, 'mx'],
  [DNS_TYPE.txt, 'txt'],
  [DNS_TYPE.spf, 'txt'],
  [DNS_TYPE.hinfo, 'hinfo'],
  [DNS_TYPE.srv, 'srv'],
  [DNS_TYPE.naptr, 'naptr'],
  [DNS_TYPE.caa, 'caa'],
  [DNS_TYPE.uri, 'uri'],
  [DNS_TYPE.ds, 'ds'],
  [DNS_TYPE.cds, 'ds'],
  [DNS_TYPE.dnskey, 'dnskey'],
  [DNS_TYPE.cdnskey, 'dnskey'],
  [DNS_TYPE.rrsig, 'rrsig'],
  [DNS_TYPE.nsec, 'nsec'],
  [DNS_TYPE.nsec3, 'nsec3'],
  [DNS_TYPE.nsec3param, 'nsec3param'],
  [DNS_TYPE.sshfp, 'sshfp'],
  [DNS_TYPE.tlsa, 'tlsa'],
  [DNS_TYPE.svcb, 'svcb'],
  [DNS_TYPE.https, 'svcb'],
  [DNS_TYPE.opt, 'edns'],
])

/** The data of a record; `reader` holds it alone. */
export function decodeDnsRecordData(reader: ByteReader, messageStart: number, type: number): DnsRecordData {
  const kind = TYPES.get(type) ?? 'raw'
  // Updates and their answers name records without data (RFC 2136 section 2.4).
  const codec = CODECS[reader.isAtEnd && kind !== 'edns' ? 'raw' : kind] as Codec<Kind>
  const data = codec.decode(reader, messageStart, type)
  reader.expectEnd(`the data of a record of type ${dnsTypeName(type)}`)
  return data
}

/** Writes the data of a record. RangeError where it does not belong to the type or does not fit its fields. */
export function encodeDnsRecordData(data: DnsRecordData, type: number, writer: ByteWriter, names: DnsNameWriter): void {
  const wanted = TYPES.get(type) ?? 'raw'
  if (data.kind !== wanted && data.kind !== 'raw') {
    throw new RangeError(
      `a record of type ${dnsTypeName(type)} has data of kind '${wanted}' or 'raw', not '${data.kind}'`,
    )
  }
  const codec = CODECS[data.kind] as Codec<Kind>
  codec.encode(data, writer, names, type)
}

/** Names in the data of these types may be compressed: those of RFC 1035 (RFC 3597 section 4). */
const COMPRESSIBLE: ReadonlySet<number> = new Set([DNS_TYPE.ns, DNS_TYPE.cname, DNS_TYPE.ptr])

const CODECS: { readonly [K in Kind]: Codec<K> } = {
  address: {
    decode: (reader, _start, type) => {
      const version = type === DNS_TYPE.a ? 4 : 6
      const bytes = reader.take(version === 4 ? 4 : 16, 'an address')
      return { kind: 'address', address: IpAddress.fromBytes(bytes, 0, version) }
    },
    encode: ({ address }, writer, _names, type) => {
      if (address.version !== (type === DNS_TYPE.a ? 4 : 6)) {
        throw new RangeError(`${address} does not belong into a record of type ${dnsTypeName(type)}`)
      }
      writer.bytes(address.toBytes())
    },
  },
  name: {
    decode: (reader, start) => ({ kind: 'name', name: readDnsName(reader, start, 'a name') }),
    encode: ({ name }, _writer, names, type) => names.write(name, COMPRESSIBLE.has(type)),
  },
  soa: {
    decode: (reader, start) => ({
      kind: 'soa',
      primaryServer: readDnsName(reader, start, 'the primary server'),
      mailbox: readDnsName(reader, start, 'the mailbox'),
      serial: reader.uint32('the serial'),
      refresh: reader.uint32('the refresh time'),
      retry: reader.uint32('the retry time'),
      expire: reader.uint32('the expiry time'),
      minimum: reader.uint32('the minimum'),
    }),
    encode: ({ primaryServer, mailbox, serial, refresh, retry, expire, minimum }, writer, names) => {
      names.write(primaryServer)
      names.write(mailbox)
      writer.uint32(serial).uint32(refresh).uint32(retry).uint32(expire).uint32(minimum)
    },
  },
  mx: {
    decode: (reader, start) => ({
      kind: 'mx',
      preference: reader.uint16('the preference'),
      exchange: readDnsName(reader, start, 'the exchange'),
    }),
    encode: ({ preference, exchange }, writer, names) => {
      writer.uint16(preference)
      names.write(exchange)
    },
  },
  txt: {
    decode: (reader) => {
      const strings: string[] = []
      while (!reader.isAtEnd) strings.push(readString(reader))
      return { kind: 'txt', strings }
    },
    encode: ({ strings }, writer) => {
      if (strings.length === 0) throw new RangeError('a TXT record has at least one string, which may be empty')
      for (const string of strings) writeString(writer, string)
    },
  },
  hinfo: {
    decode: (reader) => ({ kind: 'hinfo', cpu: readString(reader), operatingSystem: readString(reader) }),
    encode: ({ cpu, operatingSystem }, writer) => {
      writeString(writer, cpu)
      writeString(writer, operatingSystem)
    },
  },
  srv: {
    decode: (reader, start) => ({
      kind: 'srv',
      priority: reader.uint16('the priority'),
      weight: reader.uint16('the weight'),
      port: reader.uint16('the port'),
      target: readDnsName(reader, start, 'the target'),
    }),
    encode: ({ priority, weight, port, target }, writer, names) => {
      writer.uint16(priority).uint16(weight).uint16(port)
      names.write(target, false)
    },
  },
  naptr: {
    decode: (reader, start) => ({
      kind: 'naptr',
      order: reader.uint16('the order'),
      preference: reader.uint16('the preference'),
      flags: readString(reader),
      services: readString(reader),
      regexp: readString(reader),
      replacement: readDnsName(reader, start, 'the replacement'),
    }),
    encode: ({ order, preference, flags, services, regexp, replacement }, writer, names) => {
      writer.uint16(order).uint16(preference)
      for (const string of [flags, services, regexp]) writeString(writer, string)
      names.write(replacement, false)
    },
  },
  caa: {
    decode: (reader) => {
      const flags = reader.uint8('the flags')
      const tag = readString(reader)
      return { kind: 'caa', flags, tag, value: reader.text(reader.remaining, 'the value') }
    },
    encode: ({ flags, tag, value }, writer) => {
      writer.uint8(flags)
      writeString(writer, tag)
      writer.text(value)
    },
  },
  uri: {
    decode: (reader) => ({
      kind: 'uri',
      priority: reader.uint16('the priority'),
      weight: reader.uint16('the weight'),
      target: reader.text(reader.remaining, 'the target'),
    }),
    encode: ({ priority, weight, target }, writer) => {
      writer.uint16(priority).uint16(weight).text(target)
    },
  },
  ds: {
    decode: (reader) => ({
      kind: 'ds',
      keyTag: reader.uint16('the key tag'),
      algorithm: reader.uint8('the algorithm'),
      digestType: reader.uint8('the digest type'),
      digest: reader.rest(),
    }),
    encode: ({ keyTag, algorithm, digestType, digest }, writer) => {
      writer.uint16(keyTag).uint8(algorithm).uint8(digestType).bytes(digest)
    },
  },
  dnskey: {
    decode: (reader) => ({
      kind: 'dnskey',
      flags: reader.uint16('the flags'),
      protocol: reader.uint8('the protocol'),
      algorithm: reader.uint8('the algorithm'),
      publicKey: reader.rest(),
    }),
    encode: ({ flags, protocol, algorithm, publicKey }, writer) => {
      writer.uint16(flags).uint8(protocol).uint8(algorithm).bytes(publicKey)
    },
  },
  rrsig: {
    decode: (reader, start) => ({
      kind: 'rrsig',
      typeCovered: reader.uint16('the type covered'),
      algorithm: reader.uint8('the algorithm'),
      labels: reader.uint8('the number of labels'),
      originalTtl: reader.uint32('the original TTL'),
      expiration: reader.uint32('the expiration'),
      inception: reader.uint32('the inception'),
      keyTag: reader.uint16('the key tag'),
      signerName: readDnsName(reader, start, "the signer's name"),
      signature: reader.rest(),
    }),
    encode: (data, writer, names) => {
      writer.uint16(data.typeCovered).uint8(data.algorithm).uint8(data.labels).uint32(data.originalTtl)
      writer.uint32(data.expiration).uint32(data.inception).uint16(data.keyTag)
      names.write(data.signerName, false)
      writer.bytes(data.signature)
    },
  },
  nsec: {
    decode: (reader, start) => ({
      kind: 'nsec',
      nextName: readDnsName(reader, start, 'the next name'),
      types: readTypeBitmap(reader),
    }),
    encode: ({ nextName, types }, writer, names) => {
      names.write(nextName, false)
      writeTypeBitmap(writer, types)
    },
  },
  nsec3: {
    decode: (reader) => ({
      kind: 'nsec3',
      hashAlgorithm: reader.uint8('the hash algorithm'),
      flags: reader.uint8('the flags'),
      iterations: reader.uint16('the iterations'),
      salt: readCounted(reader, 'the salt'),
      nextHash: readCounted(reader, 'the next hash'),
      types: readTypeBitmap(reader),
    }),
    encode: ({ hashAlgorithm, flags, iterations, salt, nextHash, types }, writer) => {
      writer.uint8(hashAlgorithm).uint8(flags).uint16(iterations)
      writer.counted(1, 'an NSEC3 salt', () => writer.bytes(salt))
      writer.counted(1, 'an NSEC3 hash', () => writer.bytes(nextHash))
      writeTypeBitmap(writer, types)
    },
  },
  nsec3param: {
    decode: (reader) => ({
      kind: 'nsec3param',
      hashAlgorithm: reader.uint8('the hash algorithm'),
      flags: reader.uint8('the flags'),
      iterations: reader.uint16('the iterations'),
      salt: readCounted(reader, 'the salt'),
    }),
    encode: ({ hashAlgorithm, flags, iterations, salt }, writer) => {
      writer.uint8(hashAlgorithm).uint8(flags).uint16(iterations)
      writer.counted(1, 'an NSEC3 salt', () => writer.bytes(salt))
    },
  },
  sshfp: {
    decode: (reader) => ({
      kind: 'sshfp',
      algorithm: reader.uint8('the algorithm'),
      fingerprintType: reader.uint8('the fingerprint type'),
      fingerprint: reader.rest(),
    }),
    encode: ({ algorithm, fingerprintType, fingerprint }, writer) => {
      writer.uint8(algorithm).uint8(fingerprintType).bytes(fingerprint)
    },
  },
  tlsa: {
    decode: (reader) => ({
      kind: 'tlsa',
      usage: reader.uint8('the usage'),
      selector: reader.uint8('the selector'),
      matchingType: reader.uint8('the matching type'),
      association: reader.rest(),
    }),
    encode: ({ usage, selector, matchingType, association }, writer) => {
      writer.uint8(usage).uint8(selector).uint8(matchingType).bytes(association)
    },
  },
  svcb: {
    decode: (reader, start) => {
      const priority = reader.uint16('the priority')
      const target = readDnsName(reader, start, 'the target')
      const parameters: { key: number; value: Uint8Array }[] = []
      while (!reader.isAtEnd) {
        const key = reader.uint16('a service parameter')
        parameters.push({ key, value: reader.take(reader.uint16('a parameter length'), 'a parameter value') })
      }
      return { kind: 'svcb', priority, target, parameters }
    },
    encode: ({ priority, target, parameters }, writer, names) => {
      writer.uint16(priority)
      names.write(target, false)
      for (const { key, value } of parameters) {
        writer.uint16(key).counted(2, 'a service parameter', () => writer.bytes(value))
      }
    },
  },
  edns: {
    decode: (reader) => {
      const options: EdnsOption[] = []
      while (!reader.isAtEnd) {
        const code = reader.uint16('an EDNS option')
        options.push({ code, data: reader.take(reader.uint16('an option length'), 'the data of an EDNS option') })
      }
      return { kind: 'edns', options }
    },
    encode: ({ options }, writer) => {
      for (const { code, data } of options) {
        writer.uint16(code).counted(2, 'an EDNS option', () => writer.bytes(data))
      }
    },
  },
  raw: {
    decode: (reader) => ({ kind: 'raw', bytes: reader.rest() }),
    encode: ({ bytes }, writer) => {
      writer.bytes(bytes)
    },
  },
}

function readString(reader: ByteReader): string {
  return reader.text(reader.uint8('a string length'), 'a string')
}

function writeString(writer: ByteWriter, string: string): void {
  writer.counted(1, `the string '${string.slice(0, 40)}'`, () => writer.text(string))
}

function readCounted(reader: ByteReader, what: string): Uint8Array {
  return reader.take(reader.uint8(`the length of ${what}`), what)
}
