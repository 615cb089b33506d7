import { define, type Emit, type FunctionDefinition, notSupported } from './signature.ts'

/** Functions on bytes: encodings, hashes, and numbers in their binary form. */

function binary(name: string, overloads: readonly (readonly [signature: string, emit: Emit])[]): FunctionDefinition {
  return define('binary', 'scalar', name, overloads)
}

/** A function that takes its text as varchar or as ASCII bytes. */
function decoder(name: string, scalarFunction: string): FunctionDefinition {
  return binary(name, [
    ['(varchar(x)) -> varbinary', `${scalarFunction}($1)`],
    ['(varbinary) -> varbinary', `${scalarFunction}(ft_from_utf8($1, '\uFFFD'))`],
  ])
}

/** Hashes that DuckDB has, though it gives them in hex. */
const NATIVE_HASHES: ReadonlySet<string> = new Set(['md5', 'sha1', 'sha256'])

function hash(name: string): FunctionDefinition {
  const emit = NATIVE_HASHES.has(name) ? `unhex(${name}($1))` : `ft_hash($1, '${name}')`
  return binary(name, [['(varbinary) -> varbinary', emit]])
}

function hmac(name: string, algorithm: string): FunctionDefinition {
  return binary(name, [['(varbinary, varbinary) -> varbinary', `ft_hmac($1, $2, '${algorithm}')`]])
}

export const BINARY_FUNCTIONS: readonly FunctionDefinition[] = [
  binary('crc32', [['(varbinary) -> bigint', 'ft_crc32($1)']]),
  decoder('from_base32', 'ft_from_base32'),
  decoder('from_base64', 'ft_from_base64'),
  decoder('from_base64url', 'ft_from_base64url'),
  binary('from_big_endian_32', [['(varbinary) -> integer', 'ft_from_big_endian_32($1)']]),
  binary('from_big_endian_64', [['(varbinary) -> bigint', 'ft_from_big_endian_64($1)']]),
  decoder('from_hex', 'ft_from_hex'),
  binary('from_ieee754_32', [['(varbinary) -> real', 'ft_from_ieee754_32($1)']]),
  binary('from_ieee754_64', [['(varbinary) -> double', 'ft_from_ieee754_64($1)']]),
  binary('from_utf8', [
    ['(varbinary) -> varchar', `ft_from_utf8($1, '\uFFFD')`],
    ['(varbinary, varchar(x)) -> varchar', 'ft_from_utf8($1, $2)'],
    ['(varbinary, bigint) -> varchar', 'ft_from_utf8($1, ft_replacement_character($2))'],
  ]),
  hmac('hmac_md5', 'md5'),
  hmac('hmac_sha1', 'sha1'),
  hmac('hmac_sha256', 'sha256'),
  hmac('hmac_sha512', 'sha512'),
  hash('md5'),
  hash('murmur3'),
  hash('sha1'),
  hash('sha256'),
  hash('sha512'),
  ...['spooky_hash_v2_32', 'spooky_hash_v2_64'].map((name) =>
    define('binary', 'scalar', name, [['(varbinary) -> varbinary', '']], {
      status: notSupported('SpookyHash is not implemented; use xxhash64 or murmur3.'),
    }),
  ),
  binary('to_base32', [['(varbinary) -> varchar', 'ft_to_base32($1)']]),
  binary('to_base64', [['(varbinary) -> varchar', 'to_base64($1)']]),
  binary('to_base64url', [['(varbinary) -> varchar', `translate(to_base64($1), '+/', '-_')`]]),
  binary('to_big_endian_32', [['(integer) -> varbinary', 'ft_to_big_endian_32($1)']]),
  binary('to_big_endian_64', [['(bigint) -> varbinary', 'ft_to_big_endian_64($1)']]),
  binary('to_hex', [['(varbinary) -> varchar', 'hex($1)']]),
  binary('to_ieee754_32', [['(real) -> varbinary', 'ft_to_ieee754_32($1)']]),
  binary('to_ieee754_64', [['(double) -> varbinary', 'ft_to_ieee754_64($1)']]),
  binary('to_utf8', [['(varchar(x)) -> varbinary', 'encode($1)']]),
  hash('xxhash64'),
]
