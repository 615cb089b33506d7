import type { ByteReader } from '../byte-reader.ts'
import type { ByteWriter } from '../byte-writer.ts'
import { TLS_EXTENSION } from './tls-numbers.ts'

//  Extensions of ClientHello and ServerHello (RFC 8446 section 4.2; RFC 6066 section 3 server name, RFC 7301 ALPN, RFC 8422 section 5.1.2
//  point formats):
//
//  +--------+--------+--------+--------+--------...
//  |      Type       |     Length      |  Data
//  +--------+--------+--------+--------+--------...

/** A key of a key exchange. */
export interface TlsKeyShare {
  readonly group: number
  readonly key: Uint8Array
}

/**
 * One extension, in the order of the hello. Those that are not taken apart, GREASE values (RFC 8701) among them, are `other`. Text has
 * one character per byte.
 */
export type TlsExtension =
  /** The client's; a server acknowledges with an empty one, which has no name. */
  | { readonly kind: 'server-name'; readonly serverName: string | undefined }
  /** The client's protocols, or the one that the server chose. */
  | { readonly kind: 'alpn'; readonly protocols: readonly string[] }
  | { readonly kind: 'supported-groups'; readonly groups: readonly number[] }
  | { readonly kind: 'ec-point-formats'; readonly formats: readonly number[] }
  | { readonly kind: 'signature-algorithms'; readonly algorithms: readonly number[] }
  /** The client's versions. */
  | { readonly kind: 'supported-versions'; readonly versions: readonly number[] }
  /** The server's choice. */
  | { readonly kind: 'selected-version'; readonly version: number }
  /** The client's keys. */
  | { readonly kind: 'key-shares'; readonly shares: readonly TlsKeyShare[] }
  /** The server's key. */
  | { readonly kind: 'key-share'; readonly share: TlsKeyShare }
  /** The group that a HelloRetryRequest asks for. */
  | { readonly kind: 'selected-group'; readonly group: number }
  | { readonly kind: 'other'; readonly type: number; readonly data: Uint8Array }

/** Who sends the hello; a HelloRetryRequest is a ServerHello with a certain random (RFC 8446 section 4.1.3). */
export type TlsSide = 'client' | 'server' | 'retry'

const HOST_NAME = 0

const TYPE_OF: Readonly<Record<Exclude<TlsExtension['kind'], 'other'>, number>> = {
  'server-name': TLS_EXTENSION.serverName,
  alpn: TLS_EXTENSION.alpn,
  'supported-groups': TLS_EXTENSION.supportedGroups,
  'ec-point-formats': TLS_EXTENSION.ecPointFormats,
  'signature-algorithms': TLS_EXTENSION.signatureAlgorithms,
  'supported-versions': TLS_EXTENSION.supportedVersions,
  'selected-version': TLS_EXTENSION.supportedVersions,
  'key-shares': TLS_EXTENSION.keyShare,
  'key-share': TLS_EXTENSION.keyShare,
  'selected-group': TLS_EXTENSION.keyShare,
}

/** The extension's number. */
export function tlsExtensionType(extension: TlsExtension): number {
  return extension.kind === 'other' ? extension.type : TYPE_OF[extension.kind]
}

/** The extensions of a hello: nothing, or a length and as many bytes of them. */
export function readTlsExtensions(reader: ByteReader, side: TlsSide): readonly TlsExtension[] {
  // Hellos of old clients end without the length (RFC 5246 section 7.4.1.2).
  if (reader.isAtEnd) return []
  const list = reader.part(reader.uint16('the length of the extensions'), 'the extensions')
  const extensions: TlsExtension[] = []
  while (!list.isAtEnd) {
    const type = list.uint16('an extension')
    const data = list.part(list.uint16('the length of an extension'), `extension ${type}`)
    if (list.issue) break
    extensions.push(readExtension(data, type, side))
    data.expectEnd(`extension ${type}`)
  }
  return extensions
}

/** Writes the extensions; nothing at all where there are none. */
export function writeTlsExtensions(writer: ByteWriter, extensions: readonly TlsExtension[]): void {
  if (extensions.length === 0) return
  writer.counted(2, 'the extensions', () => {
    for (const extension of extensions) {
      const type = tlsExtensionType(extension)
      writer.uint16(type).counted(2, `extension ${type}`, () => writeExtension(writer, extension))
    }
  })
}

function readExtension(data: ByteReader, type: number, side: TlsSide): TlsExtension {
  switch (type) {
    case TLS_EXTENSION.serverName:
      return readServerName(data)
    case TLS_EXTENSION.alpn:
      return { kind: 'alpn', protocols: readProtocols(data) }
    case TLS_EXTENSION.supportedGroups:
      return { kind: 'supported-groups', groups: readNumbers(data, data.uint16('the length of the groups'), 2) }
    case TLS_EXTENSION.ecPointFormats:
      return { kind: 'ec-point-formats', formats: readNumbers(data, data.uint8('the number of point formats'), 1) }
    case TLS_EXTENSION.signatureAlgorithms:
      return {
        kind: 'signature-algorithms',
        algorithms: readNumbers(data, data.uint16('the length of the signature algorithms'), 2),
      }
    case TLS_EXTENSION.supportedVersions:
      return side === 'client'
        ? { kind: 'supported-versions', versions: readNumbers(data, data.uint8('the length of the versions'), 2) }
        : { kind: 'selected-version', version: data.uint16('the version') }
    case TLS_EXTENSION.keyShare:
      return readKeyShare(data, side)
    default:
      return { kind: 'other', type, data: data.rest() }
  }
}

function readServerName(data: ByteReader): TlsExtension {
  if (data.isAtEnd) return { kind: 'server-name', serverName: undefined }
  const list = data.part(data.uint16('the length of the server names'), 'the server names')
  const type = list.uint8('the type of a server name')
  if (!list.issue && type !== HOST_NAME)
    list.fail('unsupported', `a server name of type ${type}; only host names (0) exist`)
  const serverName = list.text(list.uint16('the length of a host name'), 'a host name')
  list.expectEnd('the host name')
  return { kind: 'server-name', serverName }
}

function readProtocols(data: ByteReader): readonly string[] {
  const list = data.part(data.uint16('the length of the protocols'), 'the protocols')
  const protocols: string[] = []
  while (!list.isAtEnd) protocols.push(list.text(list.uint8('the length of a protocol'), 'a protocol'))
  return protocols
}

function readKeyShare(data: ByteReader, side: TlsSide): TlsExtension {
  if (side === 'retry') return { kind: 'selected-group', group: data.uint16('the group') }
  if (side === 'server') return { kind: 'key-share', share: readShare(data) }
  const list = data.part(data.uint16('the length of the key shares'), 'the key shares')
  const shares: TlsKeyShare[] = []
  while (!list.isAtEnd) shares.push(readShare(list))
  return { kind: 'key-shares', shares }
}

function readShare(reader: ByteReader): TlsKeyShare {
  return { group: reader.uint16('the group of a key'), key: reader.take(reader.uint16('the length of a key'), 'a key') }
}

function readNumbers(data: ByteReader, length: number, size: 1 | 2): readonly number[] {
  const list = data.part(length, 'a list')
  const numbers: number[] = []
  while (!list.isAtEnd) numbers.push(size === 1 ? list.uint8('an entry of a list') : list.uint16('an entry of a list'))
  return numbers
}

function writeExtension(writer: ByteWriter, extension: TlsExtension): void {
  switch (extension.kind) {
    case 'server-name': {
      const { serverName } = extension
      if (serverName === undefined) return
      writer.counted(2, 'the server names', () => {
        writer.uint8(HOST_NAME).counted(2, 'a host name', () => writer.text(serverName))
      })
      return
    }
    case 'alpn':
      writer.counted(2, 'the protocols', () => {
        for (const protocol of extension.protocols) {
          writer.counted(1, `the protocol '${protocol}'`, () => writer.text(protocol))
        }
      })
      return
    case 'supported-groups':
      writeNumbers(writer, 2, extension.groups)
      return
    case 'ec-point-formats':
      writer.counted(1, 'the point formats', () => {
        for (const format of extension.formats) writer.uint8(format)
      })
      return
    case 'signature-algorithms':
      writeNumbers(writer, 2, extension.algorithms)
      return
    case 'supported-versions':
      writeNumbers(writer, 1, extension.versions)
      return
    case 'selected-version':
      writer.uint16(extension.version)
      return
    case 'key-shares':
      writer.counted(2, 'the key shares', () => {
        for (const share of extension.shares) writeShare(writer, share)
      })
      return
    case 'key-share':
      writeShare(writer, extension.share)
      return
    case 'selected-group':
      writer.uint16(extension.group)
      return
    case 'other':
      writer.bytes(extension.data)
  }
}

function writeNumbers(writer: ByteWriter, fieldBytes: 1 | 2, numbers: readonly number[]): void {
  writer.counted(fieldBytes, 'a list', () => {
    for (const number of numbers) writer.uint16(number)
  })
}

function writeShare(writer: ByteWriter, { group, key }: TlsKeyShare): void {
  writer.uint16(group).counted(2, 'a key', () => writer.bytes(key))
}
