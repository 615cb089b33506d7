import type { WordNode } from 'just-bash'
import type { Task } from '../task.ts'
import { assign } from './assign.ts'
import { elementValue, type Subscript } from './element.ts'
import { evaluateInShell } from './evaluate-in-shell.ts'
import type { WordSink } from './field-builder.ts'
import { ExpansionFailure } from './flow.ts'
import { changeCase, removePattern, replacePattern, transform, unescapeReplacement } from './parameter-operations.ts'
import { SET_OPTIONS } from './shell-options.ts'
import type { ShellState } from './shell-state.ts'
import { isDynamic, readDynamic, readDynamicElements } from './special-variables.ts'
import type { ArithmeticNode, ParameterOperation, ParameterPart, WordPart } from './syntax.ts'
import { elementsOf, hasValue, isVariableName, scalarOf, sortedIndices, subscriptsOf } from './variable.ts'

/** The expansions that the words inside of `${…}` need. */
export interface WordExpanders {
  expandParts(shell: ShellState, parts: readonly WordPart[], isQuoted: boolean, sink: WordSink): Task
  expandToText(shell: ShellState, word: WordNode): Task<string>
  expandToPattern(shell: ShellState, word: WordNode, quote?: (text: string) => string): Task<string>
  evaluateNode(shell: ShellState, node: ArithmeticNode): Task<bigint>
  expandArithmetic(shell: ShellState, text: string): Task<string>
}

/** What a parameter refers to: one value, or the elements of `$@`, `$*` and arrays. */
type ParameterValue =
  | { readonly kind: 'one'; readonly value: string | undefined }
  | { readonly kind: 'all'; readonly values: readonly string[]; readonly isStar: boolean }

/** Expands `$name`, `${name…}` into a sink (bash manual, Shell Parameter Expansion). Throws an ExpansionFailure. */
export function* expandParameter(
  shell: ShellState,
  part: ParameterPart,
  isQuoted: boolean,
  sink: WordSink,
  expanders: WordExpanders,
): Task {
  yield* expandOperation(shell, part.parameter, part.operation, isQuoted, sink, expanders)
}

function* expandOperation(
  shell: ShellState,
  parameter: string,
  operation: ParameterOperation | null,
  isQuoted: boolean,
  sink: WordSink,
  expanders: WordExpanders,
): Task {
  switch (operation?.type) {
    case 'BadSubstitution':
      throw new ExpansionFailure(`${operation.text}: bad substitution`)
    case 'LengthSliceError':
      throw new ExpansionFailure(`\${#${parameter}}: bad substitution`)
    case 'ArrayKeys':
      emit(shell, { kind: 'all', values: keysOf(shell, operation.array), isStar: operation.star }, isQuoted, sink)
      return
    case 'VarNamePrefix': {
      const values = shell.variables.names().filter((name) => name.startsWith(operation.prefix))
      emit(shell, { kind: 'all', values, isStar: operation.star }, isQuoted, sink)
      return
    }
    case 'Indirection': {
      const name = yield* indirectName(shell, parameter, expanders)
      yield* expandOperation(shell, name, operation.innerOp ?? null, isQuoted, sink, expanders)
      return
    }
  }
  const value = yield* readParameter(shell, parameter, expanders)
  switch (operation?.type) {
    case 'DefaultValue':
    case 'AssignDefault':
    case 'ErrorIfUnset':
    case 'UseAlternative':
      yield* expandConditional(shell, parameter, operation, value, isQuoted, sink, expanders)
      return
  }
  requireSet(shell, parameter, value)
  if (!operation) {
    emit(shell, value, isQuoted, sink)
    return
  }
  if (operation.type === 'Length') {
    const count = value.kind === 'all' ? value.values.length : [...(value.value ?? '')].length
    emit(shell, { kind: 'one', value: String(count) }, isQuoted, sink)
    return
  }
  if (operation.type === 'Substring') {
    emit(shell, yield* substring(shell, parameter, operation, value, expanders), isQuoted, sink)
    return
  }
  emit(shell, yield* applyToEach(shell, parameter, operation, value, expanders), isQuoted, sink)
}

function* indirectName(shell: ShellState, parameter: string, expanders: WordExpanders): Task<string> {
  const variable = shell.variables.findPlain(parameter)
  if (variable?.isReference) return variable.value ?? ''
  const value = yield* readParameter(shell, parameter, expanders)
  const name = value.kind === 'all' ? value.values.join(' ') : value.value
  if (name === undefined || name === '') throw new ExpansionFailure(`${parameter}: invalid indirect expansion`)
  if (!/^(?:[A-Za-z_][A-Za-z0-9_]*(?:\[.*\])?|[0-9]+|[@*#?$!-])$/.test(name)) {
    throw new ExpansionFailure(`${name}: invalid variable name`)
  }
  return name
}

function* expandConditional(
  shell: ShellState,
  parameter: string,
  operation: Extract<ParameterOperation, { word: WordNode | null; checkEmpty: boolean }>,
  value: ParameterValue,
  isQuoted: boolean,
  sink: WordSink,
  expanders: WordExpanders,
): Task {
  const isSet = value.kind === 'all' ? value.values.length > 0 : value.value !== undefined
  const isEmpty = value.kind === 'all' ? value.values.join('') === '' : value.value === ''
  const isPresent = isSet && !(operation.checkEmpty && isEmpty)
  if (operation.type === 'UseAlternative') {
    if (isPresent) yield* expandAlternative(shell, operation.word, isQuoted, sink, expanders)
    else if (isQuoted && value.kind === 'one') sink.text('', true)
    return
  }
  if (isPresent) {
    emit(shell, value, isQuoted, sink)
    return
  }
  if (operation.type === 'DefaultValue') {
    yield* expandAlternative(shell, operation.word, isQuoted, sink, expanders)
    return
  }
  if (operation.type === 'ErrorIfUnset') {
    const text = operation.word ? yield* expanders.expandToText(shell, operation.word) : ''
    const standard = operation.checkEmpty ? 'parameter null or not set' : 'parameter not set'
    throw new ExpansionFailure(`${parameter}: ${text || standard}`, { status: 127, isFatal: true })
  }
  const text = yield* expanders.expandToText(shell, operation.word)
  const place = yield* placeOf(shell, parameter, expanders)
  if (!place) throw new ExpansionFailure(`$${parameter}: cannot assign in this way`)
  assign(shell, place.name, text, { subscript: place.subscript })
  // What the variable made of it: it may be an integer, or in upper case.
  const variable = shell.variables.find(shell.variables.resolve(place.name))
  const assigned = (variable && elementValue(variable, place.subscript)) ?? text
  emit(shell, { kind: 'one', value: assigned }, isQuoted, sink)
}

/** Expands the word of `${x:-word}`: its unquoted text is split as if it were a value. */
function* expandAlternative(
  shell: ShellState,
  word: WordNode,
  isQuoted: boolean,
  sink: WordSink,
  expanders: WordExpanders,
): Task {
  if (isQuoted && word.parts.length === 0) sink.text('', true)
  const splitting: WordSink = {
    text: (value, isTextQuoted) => (isTextQuoted ? sink.text(value, true) : sink.split(value)),
    split: (value) => sink.split(value),
    nextElement: () => sink.nextElement(),
  }
  yield* expanders.expandParts(shell, word.parts, isQuoted, isQuoted ? sink : splitting)
}

function requireSet(shell: ShellState, parameter: string, value: ParameterValue): void {
  if (!shell.options.has('nounset') || value.kind === 'all' || value.value !== undefined) return
  const shown = /^\d+$/.test(parameter) ? `$${parameter}` : parameter
  throw new ExpansionFailure(`${shown}: unbound variable`, { isFatal: true, status: 127 })
}

function emit(shell: ShellState, value: ParameterValue, isQuoted: boolean, sink: WordSink): void {
  if (value.kind === 'one') {
    shell.process.kernel.budget.string(value.value?.length ?? 0)
    if (isQuoted) sink.text(value.value ?? '', true)
    else sink.split(value.value ?? '')
    return
  }
  if (isQuoted && value.isStar) {
    const ifs = shell.variables.find('IFS')
    const separator = ifs && hasValue(ifs) ? (scalarOf(ifs) ?? '').slice(0, 1) : ' '
    sink.text(value.values.join(separator), true)
    return
  }
  value.values.forEach((element, i) => {
    if (i > 0) sink.nextElement()
    if (isQuoted) sink.text(element, true)
    else sink.split(element)
  })
}

function* readParameter(shell: ShellState, parameter: string, expanders: WordExpanders): Task<ParameterValue> {
  const special = SPECIALS[parameter]
  if (special) return { kind: 'one', value: special(shell) }
  if (parameter === '@' || parameter === '*') {
    return { kind: 'all', values: shell.positional, isStar: parameter === '*' }
  }
  if (/^\d+$/.test(parameter)) {
    const number = Number(parameter)
    return { kind: 'one', value: number === 0 ? shell.name : shell.positional[number - 1] }
  }
  if (isVariableName(parameter)) {
    const resolved = shell.variables.resolve(parameter)
    if (isVariableName(resolved)) {
      if (isDynamic(resolved)) return { kind: 'one', value: readDynamic(shell, resolved) }
      const variable = shell.variables.find(resolved)
      return { kind: 'one', value: variable && scalarOf(variable) }
    }
    return yield* readParameter(shell, resolved, expanders)
  }
  const subscripted = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/s.exec(parameter)
  if (!subscripted) throw new ExpansionFailure(`\${${parameter}}: bad substitution`)
  const name = shell.variables.resolve(subscripted[1] ?? '')
  const text = subscripted[2] ?? ''
  if (text === '@' || text === '*') {
    const variable = shell.variables.find(name)
    const values = isDynamic(name) ? readDynamicElements(shell, name) : variable ? elementsOf(variable) : []
    return { kind: 'all', values, isStar: text === '*' }
  }
  const subscript = yield* subscriptOf(shell, name, text, expanders)
  if (isDynamic(name)) return { kind: 'one', value: readDynamicElements(shell, name)[Number(subscript)] }
  const variable = shell.variables.find(name)
  return { kind: 'one', value: variable && elementValue(variable, subscript) }
}

/** Where `name` or `name[subscript]` is; undefined for parameters that are no variables. */
export function* placeOf(
  shell: ShellState,
  parameter: string,
  expanders: Pick<WordExpanders, 'expandArithmetic'>,
): Task<{ readonly name: string; readonly subscript: Subscript } | undefined> {
  if (isVariableName(parameter)) return { name: parameter, subscript: undefined }
  const subscripted = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/s.exec(parameter)
  if (!subscripted) return undefined
  const name = subscripted[1] ?? ''
  return { name, subscript: yield* subscriptOf(shell, name, subscripted[2] ?? '', expanders) }
}

function* subscriptOf(
  shell: ShellState,
  name: string,
  text: string,
  expanders: Pick<WordExpanders, 'expandArithmetic'>,
): Task<Subscript> {
  const expanded = yield* expanders.expandArithmetic(shell, text)
  if (shell.variables.find(name)?.associative) return expanded.replace(/^'(.*)'$/s, '$1')
  if (expanded.trim() === '') throw new ExpansionFailure(`${name}[${text}]: bad array subscript`)
  return Number(evaluateInShell(shell, expanded))
}

function keysOf(shell: ShellState, name: string): string[] {
  const resolved = shell.variables.resolve(name)
  if (isDynamic(resolved)) return readDynamicElements(shell, resolved).map((_, i) => String(i))
  const variable = shell.variables.find(resolved)
  return variable ? subscriptsOf(variable) : []
}

const SPECIALS: Readonly<Record<string, (shell: ShellState) => string | undefined>> = {
  '#': (shell) => String(shell.positional.length),
  '?': (shell) => String(shell.status),
  $: (shell) => String(shell.shellId),
  '!': (shell) => (shell.lastBackgroundId === undefined ? undefined : String(shell.lastBackgroundId)),
  _: (shell) => shell.lastArgument,
  '-': (shell) => {
    const letters = [...shell.options].map((option) => SET_OPTIONS[option] ?? '')
    return [...letters, 'h', 'B', 'c'].join('')
  },
}

function* substring(
  shell: ShellState,
  parameter: string,
  operation: Extract<ParameterOperation, { type: 'Substring' }>,
  value: ParameterValue,
  expanders: WordExpanders,
): Task<ParameterValue> {
  const offset = Number(yield* expanders.evaluateNode(shell, operation.offset))
  const length = operation.length ? Number(yield* expanders.evaluateNode(shell, operation.length)) : undefined
  if (value.kind === 'all') {
    if (length !== undefined && length < 0) throw new ExpansionFailure(`${length}: substring expression < 0`)
    return { ...value, values: sliceElements(shell, parameter, value.values, offset, length) }
  }
  const characters = [...(value.value ?? '')]
  if (value.value === undefined) return { kind: 'one', value: '' }
  const start = offset < 0 ? characters.length + offset : offset
  if (start < 0 || start > characters.length) return { kind: 'one', value: '' }
  const end = length === undefined ? characters.length : length < 0 ? characters.length + length : start + length
  if (end < start) throw new ExpansionFailure(`${length}: substring expression < 0`)
  return { kind: 'one', value: characters.slice(start, end).join('') }
}

/** Elements by place: of the positional parameters from `$0` on, of an indexed array by its indices. */
function sliceElements(
  shell: ShellState,
  parameter: string,
  values: readonly string[],
  offset: number,
  length: number | undefined,
): string[] {
  const name = /^([A-Za-z_][A-Za-z0-9_]*)\[/.exec(parameter)?.[1]
  const indexed = name === undefined ? undefined : shell.variables.find(name)?.indexed
  if (indexed) {
    const indices = sortedIndices(indexed)
    const from = offset < 0 ? (indices.at(-1) ?? -1) + 1 + offset : offset
    if (from < 0) return []
    const chosen = indices.filter((index) => index >= from).slice(0, length)
    return chosen.map((index) => indexed.get(index) as string)
  }
  const all = name === undefined ? [shell.name, ...values] : values
  const from = offset < 0 ? all.length + offset : offset
  if (from < 0) return []
  return all.slice(from, length === undefined ? undefined : from + length)
}

function* applyToEach(
  shell: ShellState,
  parameter: string,
  operation: Extract<
    ParameterOperation,
    { type: 'PatternRemoval' | 'PatternReplacement' | 'CaseModification' | 'Transform' }
  >,
  value: ParameterValue,
  expanders: WordExpanders,
): Task<ParameterValue> {
  if (value.kind === 'one' && value.value === undefined && operation.type !== 'Transform')
    return { kind: 'one', value: '' }
  let apply: (text: string) => string
  switch (operation.type) {
    case 'PatternRemoval': {
      const pattern = yield* expanders.expandToPattern(shell, operation.pattern)
      apply = (text) => removePattern(text, pattern, operation.side, operation.greedy)
      break
    }
    case 'PatternReplacement': {
      const pattern = yield* expanders.expandToPattern(shell, operation.pattern)
      const replacement = operation.replacement
        ? unescapeReplacement(
            yield* expanders.expandToPattern(shell, operation.replacement, (text) => text.replace(/[\\&]/g, '\\$&')),
          )
        : () => ''
      apply = (text) => replacePattern(text, pattern, replacement, operation, shell.shopt.nocasematch)
      break
    }
    case 'CaseModification': {
      const pattern = operation.pattern ? yield* expanders.expandToPattern(shell, operation.pattern) : '?'
      apply = (text) => changeCase(text, pattern, operation.direction, operation.all)
      break
    }
    case 'Transform':
      return transform(shell, parameter, operation.operator, value)
  }
  if (value.kind === 'all') return { ...value, values: value.values.map(apply) }
  return { kind: 'one', value: apply(value.value ?? '') }
}
