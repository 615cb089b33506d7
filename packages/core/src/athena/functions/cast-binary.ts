import { physicalType } from '../types/physical-type.ts'
import { type CastCall, castOrFail, scalarCall } from './cast-rule.ts'
import { evaluateOnce } from './emit-call.ts'

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

/** IPv4 in SQL, since that is what flow logs are full of; everything else in JavaScript. */
function ipAddressOfText({ sql, mode }: CastCall): string {
  return evaluateOnce([sql], mode.context, ([value = sql]) => {
    const byte = (index: number): string => `CAST(split_part(${value}, '.', ${index}) AS INTEGER)`
    const hex = `format('00000000000000000000ffff{:02x}{:02x}{:02x}{:02x}', ${[1, 2, 3, 4].map(byte).join(', ')})`
    const isIpv4 = `regexp_full_match(${value}, '${BYTE}([.]${BYTE}){3}')`
    return `(CASE WHEN ${isIpv4} THEN unhex(${hex}) ELSE ${scalarCall(mode, 'ft_parse_ip', value)} END)`
  })
}
