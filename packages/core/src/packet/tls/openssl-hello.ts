import type { IpAddress } from '../../net/ip-address.ts'
import type { TlsExtension } from './tls-extension.ts'
import { encodeTlsHandshake, type TlsClientHello, type TlsServerHello } from './tls-handshake.ts'
import { TLS_EXTENSION, TLS_VERSION } from './tls-numbers.ts'

/** What differs between two hellos of the same program. Randomness is the caller's. */
export interface OpensslClientHelloFields {
  /** The host's name; an address is not sent (RFC 6066 section 3). */
  readonly server: string | IpAddress
  /** e.g. `['h2', 'http/1.1']`; none unless given. */
  readonly protocols?: readonly string[]
  /** 32 bytes. */
  readonly random: Uint8Array
  /** 32 bytes. */
  readonly sessionId: Uint8Array
  /** The client's X25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
}

/** What differs between two answers of the same server. Randomness is the caller's. */
export interface OpensslServerHelloFields {
  /** 32 bytes. */
  readonly random: Uint8Array
  /** The server's X25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
}

const X25519 = 29
const AES_256_GCM_SHA384 = 0x1302
const POST_HANDSHAKE_AUTHENTICATION = 49
/** OpenSSL 3.0's default cipher list, in its order. */
// biome-ignore format: a table
const CIPHER_SUITES: readonly number[] = [
  0x1302, 0x1303, 0x1301, 0xc02c, 0xc030, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02b, 0xc02f, 0x009e, 0xc024, 0xc028, 0x006b, 0xc023,
  0xc027, 0x0067, 0xc00a, 0xc014, 0x0039, 0xc009, 0xc013, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x00ff,
]
const GROUPS: readonly number[] = [X25519, 23, 30, 25, 24, 256, 257, 258, 259, 260]
// biome-ignore format: a table
const SIGNATURE_ALGORITHMS: readonly number[] = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0303, 0x0301,
  0x0302, 0x0402, 0x0502, 0x0602,
]
/** Hellos of 256 to 511 bytes confuse some old servers, so they are padded to 512 (RFC 7685 section 4). */
const PADDED_FROM = 256
const PADDED_TO = 512
const EXTENSION_HEADER = 4

/** The ClientHello of curl 7.88 on OpenSSL 3.0 with its defaults (seen on the wire): what much software on Linux servers sends. */
export function opensslClientHello(fields: OpensslClientHelloFields): TlsClientHello {
  const { server, protocols = [], random, sessionId, publicKey } = fields
  const other = (type: number, ...data: number[]): TlsExtension => ({
    kind: 'other',
    type,
    data: Uint8Array.from(data),
  })
  const extensions: TlsExtension[] = [
    ...(typeof server === 'string' ? [{ kind: 'server-name', serverName: server } as const] : []),
    { kind: 'ec-point-formats', formats: [0, 1, 2] },
    { kind: 'supported-groups', groups: GROUPS },
    ...(protocols.length > 0 ? [{ kind: 'alpn', protocols } as const] : []),
    other(TLS_EXTENSION.encryptThenMac),
    other(TLS_EXTENSION.extendedMasterSecret),
    other(POST_HANDSHAKE_AUTHENTICATION),
    { kind: 'signature-algorithms', algorithms: SIGNATURE_ALGORITHMS },
    {
      kind: 'supported-versions',
      versions: [TLS_VERSION.tls13, TLS_VERSION.tls12, TLS_VERSION.tls11, TLS_VERSION.tls10],
    },
    other(TLS_EXTENSION.pskKeyExchangeModes, 1, 1),
    { kind: 'key-shares', shares: [{ group: X25519, key: publicKey }] },
  ]
  const hello: TlsClientHello = {
    kind: 'client-hello',
    legacyVersion: TLS_VERSION.tls12,
    random,
    sessionId,
    cipherSuites: CIPHER_SUITES,
    compressionMethods: [0],
    extensions,
  }
  const { length } = encodeTlsHandshake(hello)
  if (length < PADDED_FROM || length >= PADDED_TO) return hello
  const padding = Math.max(0, PADDED_TO - length - EXTENSION_HEADER)
  return { ...hello, extensions: [...extensions, other(TLS_EXTENSION.padding, ...new Uint8Array(padding))] }
}

/** The ServerHello of a TLS 1.3 server that answers {@link opensslClientHello}: AES-256-GCM and X25519. */
export function opensslServerHello(client: TlsClientHello, fields: OpensslServerHelloFields): TlsServerHello {
  return {
    kind: 'server-hello',
    legacyVersion: TLS_VERSION.tls12,
    random: fields.random,
    sessionId: client.sessionId,
    cipherSuite: AES_256_GCM_SHA384,
    compressionMethod: 0,
    extensions: [
      { kind: 'selected-version', version: TLS_VERSION.tls13 },
      { kind: 'key-share', share: { group: X25519, key: fields.publicKey } },
    ],
  }
}
