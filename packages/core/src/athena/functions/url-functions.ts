import { define, type FunctionDefinition } from './signature.ts'

/** URL functions of Trino: a URL is what java.net.URI takes (RFC 2396 with its deviations); any other text gives NULL. */

const MAX_LENGTH = 2147483647
/** One character is three or four bytes at most; each byte becomes `%XX`. */
const ENCODED_LENGTH = 12

function part(name: string): FunctionDefinition {
  return define('url', 'scalar', `url_extract_${name}`, [['(varchar(x)) -> varchar(x)', `ft_url_part($1, '${name}')`]])
}

export const URL_FUNCTIONS: readonly FunctionDefinition[] = [
  define('url', 'scalar', 'url_decode', [['(varchar(x)) -> varchar(x)', 'ft_url_decode($*)']]),
  define('url', 'scalar', 'url_encode', [
    [
      '(varchar(x)) -> varchar(y)',
      'ft_url_encode($*)',
      ({ x = 0 }) => ({ y: Math.min(MAX_LENGTH, x * ENCODED_LENGTH) }),
    ],
  ]),
  part('fragment'),
  part('host'),
  define('url', 'scalar', 'url_extract_parameter', [
    ['(varchar(x), varchar(y)) -> varchar(x)', 'ft_url_parameter($*)'],
  ]),
  part('path'),
  define('url', 'scalar', 'url_extract_port', [['(varchar(x)) -> bigint', 'ft_url_port($*)']]),
  part('protocol'),
  part('query'),
]
