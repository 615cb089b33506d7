import type {
  Expression,
  FrameBound,
  FunctionCall,
  SortItem,
  WindowFrame,
  WindowReference,
  WindowSpecification,
} from '../trino/nodes.ts'
import { isComparable, isOrderable } from '../types/coercion.ts'
import { formatTrinoType, type TrinoType } from '../types/trino-type.ts'
import { DATETIME_KINDS, INTERVAL_KINDS, NUMBER_KINDS } from '../types/type-families.ts'
import { windowCallsIn } from './call-kinds.ts'
import type { ExpressionContext } from './expression-context.ts'
import { findWindow, type ResolvedWindow, type Scope } from './scope.ts'
import { semanticError } from './semantic-error.ts'

/** Resolves and checks the window of a call. */
export function analyzeWindow(node: FunctionCall, context: ExpressionContext): void {
  if (!node.window) return
  const window = resolveWindow(node.window, context.scope)
  if (node.window.kind === 'window-specification') analyzeWindowParts(window, context)
  context.analyzer.notes.expressions.windows.set(node, window)
}

/** A specification together with what the window that it names has. */
export function resolveWindow(window: WindowSpecification | WindowReference, scope: Scope): ResolvedWindow {
  const reference = window.kind === 'window-reference' ? window.name : window.existingName
  const named = reference && findWindow(scope, reference.text.toLowerCase())
  if (reference && !named) {
    const name = reference.quoted ? reference.text : reference.text.toLowerCase()
    throw semanticError('INVALID_WINDOW_REFERENCE', reference, `Cannot resolve WINDOW name ${name}`)
  }
  if (window.kind === 'window-reference') return named as ResolvedWindow
  const { partitionBy, orderBy, frame } = window
  if (!named || !reference) return { partitionBy, orderBy, frame }
  const [partition] = partitionBy
  if (partition) {
    const text = 'WINDOW specification with named WINDOW reference cannot specify PARTITION BY'
    throw semanticError('INVALID_PARTITION_BY', partition, text)
  }
  const [order] = orderBy
  if (order && named.orderBy.length > 0) {
    const text = 'Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY'
    throw semanticError('INVALID_ORDER_BY', order, text)
  }
  if (named.frame) {
    const text = 'Cannot reference named WINDOW containing frame specification'
    throw semanticError('INVALID_WINDOW_REFERENCE', reference, text)
  }
  return { partitionBy: named.partitionBy, orderBy: order ? orderBy : named.orderBy, frame }
}

/** Finds the types of a window's parts. */
export function analyzeWindowParts(window: ResolvedWindow, context: ExpressionContext): void {
  const { partitionBy, orderBy, frame } = window
  const offsets = [frame?.start.value, frame?.end?.value].filter((value) => value !== undefined)
  for (const part of [...partitionBy, ...orderBy.map(({ key }) => key), ...offsets]) {
    const [nested] = windowCallsIn(part)
    if (!nested) continue
    const text = 'Cannot nest window functions or row pattern measures inside window specification'
    throw semanticError('NESTED_WINDOW', nested, text)
  }
  for (const expression of partitionBy) {
    const type = context.analyze(expression)
    if (isComparable(type)) continue
    const text = `${formatTrinoType(type)} is not comparable, and therefore cannot be used in window function PARTITION BY`
    throw semanticError('TYPE_MISMATCH', expression, text)
  }
  for (const item of orderBy) {
    const type = context.analyze(item.key)
    if (isOrderable(type)) continue
    const text = `${formatTrinoType(type)} is not orderable, and therefore cannot be used in window function ORDER BY`
    throw semanticError('TYPE_MISMATCH', item, text)
  }
  if (frame) analyzeFrame(frame, orderBy, context)
}

function analyzeFrame(frame: WindowFrame, orderBy: readonly SortItem[], context: ExpressionContext): void {
  const start = frame.start.bound
  const end = frame.end?.bound ?? 'current-row'
  const invalid = (text: string): Error => semanticError('INVALID_WINDOW_FRAME', frame, text)
  if (start === 'unbounded-following') throw invalid('Window frame start cannot be UNBOUNDED FOLLOWING')
  if (end === 'unbounded-preceding') throw invalid('Window frame end cannot be UNBOUNDED PRECEDING')
  if (start === 'current-row' && end === 'preceding') {
    throw invalid('Window frame starting from CURRENT ROW cannot end with PRECEDING')
  }
  if (start === 'following' && end === 'preceding') {
    throw invalid('Window frame starting from FOLLOWING cannot end with PRECEDING')
  }
  if (start === 'following' && end === 'current-row') {
    throw invalid('Window frame starting from FOLLOWING cannot end with CURRENT ROW')
  }
  analyzeOffset(frame.start, 'start', frame, orderBy, context)
  if (frame.end) analyzeOffset(frame.end, 'end', frame, orderBy, context)
}

function analyzeOffset(
  { value }: FrameBound,
  side: 'start' | 'end',
  frame: WindowFrame,
  orderBy: readonly SortItem[],
  context: ExpressionContext,
): void {
  if (!value) return
  const unit = frame.unit.toUpperCase()
  if (frame.unit !== 'rows' && orderBy.length === 0) {
    const text = `Window frame of type ${unit} PRECEDING or FOLLOWING requires ORDER BY`
    throw semanticError('MISSING_ORDER_BY', frame, text)
  }
  const type = context.analyze(value)
  if (frame.unit === 'range') {
    checkRangeOffset(value, type, orderBy, context)
    return
  }
  if (isWhole(type)) return
  const text = `Window frame ${unit} ${side} value type must be exact numeric type with scale 0 (actual ${formatTrinoType(type)})`
  throw semanticError('TYPE_MISMATCH', value, text)
}

function checkRangeOffset(
  value: Expression,
  type: TrinoType,
  orderBy: readonly SortItem[],
  context: ExpressionContext,
): void {
  const [item, ...others] = orderBy
  if (!item) return
  if (others.length > 0) {
    const text = `Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY (actual: ${orderBy.length})`
    throw semanticError('INVALID_ORDER_BY', item, text)
  }
  const sortType = context.analyze(item.key)
  if (![NUMBER_KINDS, INTERVAL_KINDS, DATETIME_KINDS].some((kinds) => kinds.has(sortType.kind))) {
    const text = `Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type be numeric, datetime or interval (actual: ${formatTrinoType(sortType)})`
    throw semanticError('TYPE_MISMATCH', item.key, text)
  }
  const fits =
    (NUMBER_KINDS.has(sortType.kind) && NUMBER_KINDS.has(type.kind)) ||
    (INTERVAL_KINDS.has(sortType.kind) && sortType.kind === type.kind) ||
    (DATETIME_KINDS.has(sortType.kind) && INTERVAL_KINDS.has(type.kind))
  if (fits) return
  const text = `Window frame RANGE value type (${formatTrinoType(type)}) not compatible with sort item type (${formatTrinoType(sortType)})`
  throw semanticError('TYPE_MISMATCH', value, text)
}

function isWhole(type: TrinoType): boolean {
  switch (type.kind) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return true
    case 'decimal':
      return type.scale === 0
    default:
      return false
  }
}
