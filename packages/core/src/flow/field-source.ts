import type { FlowLog, NetworkInterface } from '../topology/topology.ts'
import type { AddressWords } from './address-words.ts'
import type { AwsServiceLookup } from './aws-service-lookup.ts'
import type { FlowCounts } from './flow-row.ts'

/** What records say besides the flow: the account and Region of the flow log, and the public ranges of AWS's services. */
export interface RecordContext {
  readonly accountId: string
  readonly region: string
  readonly services: AwsServiceLookup
}

/**
 * Where the value of a record field comes from. The same source serves records as objects and as text; the kind tells what text can be
 * made once and kept.
 */
export type FieldSource<Row extends FlowCounts> =
  /** The same in all records of a flow log. */
  | {
      readonly kind: 'fixed'
      readonly value: (flowLog: FlowLog, context: RecordContext) => string | number | undefined
    }
  /** The same in all records of an ENI in a flow log. */
  | {
      readonly kind: 'interface'
      readonly value: (networkInterface: NetworkInterface, flowLog: FlowLog) => string | number | undefined
    }
  /** One of not too many texts. */
  | { readonly kind: 'text'; readonly value: (row: Row, context: RecordContext) => string | undefined }
  /** A whole number from 0 to 2^53 - 1; below 0 where the field is `-`. */
  | { readonly kind: 'number'; readonly value: (row: Row) => number }
  | { readonly kind: 'address'; readonly value: (row: Row) => AddressWords }
  /** Always `-`. */
  | { readonly kind: 'absent' }
