import { createHash } from 'node:crypto'
import type { TlsExtension } from './tls-extension.ts'
import { tlsExtensionType } from './tls-extension.ts'
import type { TlsClientHello, TlsServerHello } from './tls-handshake.ts'
import { isGrease } from './tls-numbers.ts'

/**
 * The string of the client fingerprint JA3: version, cipher suites, extensions, groups and point formats in decimal, without GREASE.
 * Source: the JA3 method as its authors published it (github.com/salesforce/ja3, README).
 */
export function ja3String(hello: TlsClientHello): string {
  return [
    String(hello.legacyVersion),
    list(hello.cipherSuites),
    list(hello.extensions.map(tlsExtensionType)),
    list(find(hello.extensions, 'supported-groups')?.groups ?? []),
    (find(hello.extensions, 'ec-point-formats')?.formats ?? []).join('-'),
  ].join(',')
}

/** The MD5 hash of {@link ja3String}, in hexadecimal. */
export function ja3(hello: TlsClientHello): string {
  return md5(ja3String(hello))
}

/** The string of the server fingerprint JA3S: version, cipher suite and extensions. Source: as {@link ja3String}. */
export function ja3sString(hello: TlsServerHello): string {
  return [hello.legacyVersion, hello.cipherSuite, list(hello.extensions.map(tlsExtensionType))].join(',')
}

/** The MD5 hash of {@link ja3sString}, in hexadecimal. */
export function ja3s(hello: TlsServerHello): string {
  return md5(ja3sString(hello))
}

function list(values: readonly number[]): string {
  return values.filter((value) => !isGrease(value)).join('-')
}

function find<K extends TlsExtension['kind']>(
  extensions: readonly TlsExtension[],
  kind: K,
): Extract<TlsExtension, { kind: K }> | undefined {
  return extensions.find((extension): extension is Extract<TlsExtension, { kind: K }> => extension.kind === kind)
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
