import fc from 'fast-check'
import { type FieldDecoder, FLOW_LOG_FIELDS, flowLogField } from '../src/fields.ts'
import { DEFAULT_LOG_FORMAT, DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT, type LogFormat } from '../src/log-format.ts'
import type { FlowLogRecord, FlowLogValue } from '../src/record.ts'

const word = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019-_.:/%é漢😀'), minLength: 1, maxLength: 20 })
  .filter((text) => text !== '-')

const VALUE_OF: Readonly<Record<FieldDecoder, fc.Arbitrary<FlowLogValue>>> = {
  int32: fc.oneof(fc.nat({ max: 65_535 }), fc.nat({ max: 2 ** 31 - 1 })),
  int64: fc.oneof(fc.bigInt({ min: 0n, max: 10_000n }), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
  seconds: fc.oneof(fc.nat(), fc.maxSafeNat()),
  address: fc.oneof(fc.ipV4(), fc.ipV6()),
  string: word,
}

/** A value that a field can hold. */
function fieldValue(field: string): fc.Arbitrary<FlowLogValue> {
  return VALUE_OF[flowLogField(field)?.decoder ?? 'string']
}

/** A record with these fields, some of them absent. */
function record(format: LogFormat): fc.Arbitrary<FlowLogRecord> {
  return fc.record(
    Object.fromEntries(
      format.fields.map((field) => [field, fc.option(fieldValue(field), { nil: undefined, freq: 5 })]),
    ),
  )
}

/** Any fields in any order; some that AWS has not documented, but most are known, so that the header is one. */
const logFormat: fc.Arbitrary<LogFormat> = fc.oneof(
  fc.constantFrom(DEFAULT_LOG_FORMAT, DEFAULT_TRANSIT_GATEWAY_LOG_FORMAT),
  fc
    .tuple(
      fc.subarray(
        FLOW_LOG_FIELDS.map(({ name }) => name as string),
        { minLength: 3 },
      ),
      fc.subarray(['new-field', 'other_field', 'x9']),
    )
    .filter(([known, unknown]) => known.length > unknown.length)
    .chain(([known, unknown]) =>
      fc.shuffledSubarray([...known, ...unknown], { minLength: known.length + unknown.length }),
    )
    .map((fields) => ({ fields })),
)

/** A format, and records of it. */
export function logFile(maxRecords = 20): fc.Arbitrary<{ format: LogFormat; records: FlowLogRecord[] }> {
  return logFormat.chain((format) =>
    fc.record({ format: fc.constant(format), records: fc.array(record(format), { maxLength: maxRecords }) }),
  )
}
