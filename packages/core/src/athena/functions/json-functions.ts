import { define, type FunctionDefinition } from './signature.ts'

/**
 * JSON functions of Trino. Values of type JSON are text in Trino's normal form, so that most functions take them as they take text.
 * DuckDB's JSON functions are not used: they have another path language, and read the whole text where Trino stops at what it looks for.
 */

/** The same for JSON and for text. */
function both(name: string, parameters: string, result: string, emit: string): FunctionDefinition {
  const rest = parameters === '' ? '' : `, ${parameters}`
  return define('json', 'scalar', name, [
    [`(json${rest}) -> ${result}`, emit],
    [`(varchar(x)${rest}) -> ${result}`, emit],
  ])
}

export const JSON_FUNCTIONS: readonly FunctionDefinition[] = [
  both('is_json_scalar', '', 'boolean', 'ft_is_json_scalar($*)'),
  define('json', 'scalar', 'json_array_contains', [
    ['(json, bigint) -> boolean', 'ft_json_array_contains_integer($*)'],
    ['(json, boolean) -> boolean', 'ft_json_array_contains_boolean($*)'],
    ['(json, double) -> boolean', 'ft_json_array_contains_double($*)'],
    ['(json, varchar(x)) -> boolean', 'ft_json_array_contains_text($*)'],
    ['(varchar(x), bigint) -> boolean', 'ft_json_array_contains_integer($*)'],
    ['(varchar(x), boolean) -> boolean', 'ft_json_array_contains_boolean($*)'],
    ['(varchar(x), double) -> boolean', 'ft_json_array_contains_double($*)'],
    ['(varchar(x), varchar(y)) -> boolean', 'ft_json_array_contains_text($*)'],
  ]),
  both('json_array_get', 'bigint', 'json', 'ft_json_array_get($*)'),
  both('json_array_length', '', 'bigint', 'ft_json_array_length($*)'),
  both('json_extract', 'jsonpath', 'json', 'ft_json_extract($*)'),
  define('json', 'scalar', 'json_extract_scalar', [
    ['(json, jsonpath) -> varchar', 'ft_json_extract_scalar($*)'],
    ['(varchar(x), jsonpath) -> varchar(x)', 'ft_json_extract_scalar($*)'],
  ]),
  define('json', 'scalar', 'json_format', [['(json) -> varchar', '$1']]),
  define('json', 'scalar', 'json_parse', [['(varchar(x)) -> json', 'ft_json_parse($*)']]),
  both('json_size', 'jsonpath', 'bigint', 'ft_json_size($*)'),
]
