import type { LogDeliveryErrorCode } from './log-sinks.ts'

/** A delivery that is about to be planned: a log file, or the events of an aggregation interval. */
export interface PlannedDelivery {
  readonly flowLogId: string
  readonly kind: 's3' | 'cloud-watch-logs'
  /** Start of the log file's five minutes, or end of the aggregation interval, Unix seconds. */
  readonly windowSeconds: number
  /** Deliveries of the flow log before this one. */
  readonly sequence: number
}

/** Something that goes wrong on the way, on purpose. */
export type DeliveryFault =
  | { readonly kind: 'late'; readonly byMicroseconds: number }
  /** The records come twice: in a second log file with another hash, or in the same events again. */
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'missing' }
  /** The destination refuses. */
  | { readonly kind: 'refused'; readonly code: LogDeliveryErrorCode }

/** Chooses what goes wrong with a delivery; undefined for nothing. The answer may depend on nothing but the delivery. */
export type DeliveryFaults = (delivery: PlannedDelivery) => DeliveryFault | undefined
