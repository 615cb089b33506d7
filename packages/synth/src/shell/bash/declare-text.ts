import { doubleQuoted } from './quote.ts'
import { sortedIndices, type Variable } from './variable.ts'

/** The letters of a variable's attributes as `declare -p` and `${x@a}` have them. */
export function attributeLetters(variable: Variable): string {
  return [
    variable.indexed ? 'a' : '',
    variable.associative ? 'A' : '',
    variable.isInteger ? 'i' : '',
    variable.isReference ? 'n' : '',
    variable.isReadonly ? 'r' : '',
    variable.isExported ? 'x' : '',
    variable.letterCase === 'lower' ? 'l' : '',
    variable.letterCase === 'upper' ? 'u' : '',
  ].join('')
}

/** A line of `declare -p`. */
export function declareText(name: string, variable: Variable): string {
  const head = `declare -${attributeLetters(variable) || '-'} ${name}`
  const { indexed, associative } = variable
  if (indexed) {
    const elements = sortedIndices(indexed).map((index) => `[${index}]=${doubleQuoted(indexed.get(index) as string)}`)
    return `${head}=(${elements.join(' ')})`
  }
  if (associative) {
    const elements = [...associative].map(([key, value]) => `[${quotedKey(key)}]=${doubleQuoted(value)} `)
    return `${head}=(${elements.join('')})`
  }
  return variable.value === undefined ? head : `${head}=${doubleQuoted(variable.value)}`
}

function quotedKey(key: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(key) ? key : doubleQuoted(key)
}
