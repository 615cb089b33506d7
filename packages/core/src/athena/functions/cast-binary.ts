import { physicalType } from '../types/physical-type.ts'
import { type CastCall, castOrFail, scalarCall } from './cast-rule.ts'
import { evaluateOnce } from './emit-call.ts'
import type { EmitContext } from './function-definition.ts'

const MAPPED_IPV4_PREFIX = "CAST('\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xFF\\xFF' AS BLOB)"
const UUID_TEXT = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'

/** To varbinary, ipaddress and uuid. */
export function binaryCast(call: CastCall): string {
  const { sql, from, to, mode } = call
  if (from.kind === 'unknown') return `CAST(NULL AS ${physicalType(to)})`
  if (from.kind === 'varchar') {
    if (to.kind === 'varbinary') return `encode(${sql})`
    if (to.kind === 'ipaddress') return ipAddressOfText(call)
    return castOrFail(
      call,
      (value) => `CASE WHEN regexp_full_match(${value}, '${UUID_TEXT}') THEN unhex(replace(${value}, '-', '')) END`,
      (value) => `'Cannot cast value to UUID: ' || ${value}`,
    )
  }
  if (from.kind !== 'varbinary') return sql
  const length = (value: string): string => `octet_length(${value})`
  if (to.kind === 'uuid') {
    return castOrFail(
      call,
      (value) => `CASE WHEN ${length(value)} = 16 THEN ${value} END`,
      (value) => `'Invalid UUID binary length: ' || ${length(value)}`,
    )
  }
  return castOrFail(
    { ...call, mode },
    (value) => `CASE ${length(value)} WHEN 16 THEN ${value} WHEN 4 THEN ${MAPPED_IPV4_PREFIX} || ${value} END`,
    (value) => `'Invalid IP address binary length: ' || ${length(value)}`,
  )
}

const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'

/** The number of ::ffff:0.0.0.0, the first of the mapped IPv4 addresses. */
const MAPPED_IPV4_BASE = 0xffff_0000_0000
const MAPPED_IPV4_HEX = '00000000000000000000FFFF'

/** IPv4 in SQL, since that is what flow logs are full of (four times as fast); everything else in JavaScript. */
function ipAddressOfText({ sql, mode }: CastCall): string {
  return evaluateOnce([sql], mode.context, ([value = sql]) => {
    const weights = 'CAST([16777216, 65536, 256, 1] AS DOUBLE[])'
    const number = `CAST(list_dot_product(CAST(string_split(${value}, '.') AS DOUBLE[]), ${weights}) AS BIGINT)`
    const bytes = `unhex('00000000000000000000' || to_hex(${number} + ${MAPPED_IPV4_BASE}))`
    const isIpv4 = `regexp_full_match(${value}, '${BYTE}([.]${BYTE}){3}')`
    return `(CASE WHEN ${isIpv4} THEN ${bytes} ELSE ${scalarCall(mode, 'ft_parse_ip', value)} END)`
  })
}

/** The text of an address; IPv4 in SQL as above. */
export function ipAddressText(sql: string, context: EmitContext): string {
  return evaluateOnce([sql], context, ([value = sql]) =>
    evaluateOnce([`hex(${value})`], context, ([hex = '']) =>
      evaluateOnce([`TRY_CAST('0x' || substring(${hex}, 25, 8) AS BIGINT)`], context, ([n = '']) => {
        const dotted = `concat_ws('.', ${n} // 16777216, ${n} // 65536 % 256, ${n} // 256 % 256, ${n} % 256)`
        return `(CASE WHEN starts_with(${hex}, '${MAPPED_IPV4_HEX}') THEN ${dotted} ELSE ft_ip_text(${value}) END)`
      }),
    ),
  )
}
