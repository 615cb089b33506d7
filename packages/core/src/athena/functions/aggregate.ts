import { COLLECTING_AGGREGATES } from './aggregate-collections.ts'
import { GENERAL_AGGREGATES } from './aggregate-general.ts'
import { PERCENTILE_AGGREGATES } from './aggregate-percentile.ts'
import { STATISTICAL_AGGREGATES } from './aggregate-statistics.ts'
import { define, type FunctionDefinition, notSupported } from './signature.ts'

const SKETCH = 'This engine has no sketch types; approx_distinct and approx_percentile answer exactly instead.'

/** Aggregates that Athena has and this engine refuses by name. */
const REFUSED: readonly (readonly [name: string, reason: string])[] = [
  ['approx_set', SKETCH],
  ['merge', SKETCH],
  ['tdigest_agg', SKETCH],
  ['qdigest_agg', SKETCH],
  ['numeric_histogram', 'Group by width_bucket(…) instead.'],
  ['checksum', 'Compare the rows with EXCEPT instead.'],
  ['reduce_agg', 'Use reduce(array_agg(…), …) instead.'],
  ['evaluate_classifier_predictions', 'Machine learning functions are not part of this engine.'],
  ['learn_classifier', 'Machine learning functions are not part of this engine.'],
  ['learn_regressor', 'Machine learning functions are not part of this engine.'],
]

/** The aggregate functions of Athena engine version 3. Source: Trino documentation, "Aggregate functions"; checked against Trino 435. */
export const AGGREGATE_FUNCTIONS: readonly FunctionDefinition[] = [
  ...GENERAL_AGGREGATES,
  ...COLLECTING_AGGREGATES,
  ...STATISTICAL_AGGREGATES,
  ...PERCENTILE_AGGREGATES,
  ...REFUSED.map(([name, reason]) => define('aggregate', 'aggregate', name, [], { status: notSupported(reason) })),
]
