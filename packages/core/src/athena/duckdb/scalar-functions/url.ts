import { decodeEscapes, type JavaUri, parseJavaUri } from './java-uri.ts'
import { invalidArgument, type ScalarFunction, scalarFunction } from './scalar-function.ts'

type UrlPart = 'fragment' | 'host' | 'path' | 'protocol' | 'query'

const PARTS: Readonly<Record<UrlPart, (uri: JavaUri) => string | undefined>> = {
  fragment: (uri) => uri.fragment && decodeEscapes(uri.fragment),
  host: (uri) => uri.host,
  path: (uri) => uri.path && decodeEscapes(uri.path),
  protocol: (uri) => uri.scheme,
  query: (uri) => uri.query && decodeEscapes(uri.query),
}

/** A part that is absent is the empty text; a text that is no URL has no parts. */
function part(url: string, name: string): string | null {
  const uri = parseJavaUri(url)
  return uri ? (PARTS[name as UrlPart](uri) ?? '') : null
}

/** The first parameter of that name, which is compared as it is written. */
function parameter(url: string, name: string): string | null {
  const query = parseJavaUri(url)?.query
  if (query === undefined) return null
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=')
    const key = equals < 0 ? pair : pair.slice(0, equals)
    if (key === name) return equals < 0 ? '' : decodeForm(pair.slice(equals + 1))
  }
  return null
}

/** application/x-www-form-urlencoded as java.net.URLDecoder reads it. */
function decodeForm(text: string): string {
  for (const { index } of text.matchAll(/%/g)) {
    const digits = text.slice(index + 1, index + 3)
    if (/^[0-9A-Fa-f]{2}$/.test(digits)) continue
    if (digits.length < 2) throw invalidArgument('URLDecoder: Incomplete trailing escape (%) pattern')
    const wrong = digits.search(/[^0-9A-Fa-f]/)
    throw invalidArgument(
      `URLDecoder: Illegal hex characters in escape (%) pattern - Error at index ${wrong} in: "${digits}"`,
    )
  }
  return decodeEscapes(text.replaceAll('+', ' '))
}

function encodeForm(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

export const URL_SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction>> = {
  ft_url_decode: scalarFunction(['VARCHAR'], 'VARCHAR', decodeForm),
  ft_url_encode: scalarFunction(['VARCHAR'], 'VARCHAR', encodeForm),
  ft_url_parameter: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR', parameter),
  ft_url_part: scalarFunction(['VARCHAR', 'VARCHAR'], 'VARCHAR', part),
  ft_url_port: scalarFunction(['VARCHAR'], 'BIGINT', (url) => {
    const port = parseJavaUri(url)?.port
    return port === undefined ? null : BigInt(port)
  }),
}
