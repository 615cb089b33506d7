import type { DecoderOf, FieldDecoder, FlowLogFieldName } from './fields.ts'

/** What a decoder makes of a field's text. */
export interface DecodedTypes extends Record<FieldDecoder, number | bigint | string> {
  readonly int32: number
  readonly int64: bigint
  readonly seconds: number
  readonly address: string
  readonly string: string
}

/** The value of a field in a record; undefined where the text was `-`. */
export type FlowLogValue = number | bigint | string | undefined

type CataloguedValues = {
  readonly [Name in FlowLogFieldName]?: DecodedTypes[DecoderOf<Name>] | undefined
}

/**
 * One line of a flow log, keyed by AWS's own field names: `record.srcaddr`, `record['pkt-srcaddr']`.
 *
 * A field that the line gives as `-` is undefined. Ports, flags and times (Unix seconds) are numbers; `packets`, `bytes`
 * and `packets-lost-*` are bigints, exact to 2^63-1; everything else is the text as written, so a field that AWS has not
 * documented is a string.
 */
export interface FlowLogRecord extends CataloguedValues {
  readonly [unknownField: string]: FlowLogValue
}
