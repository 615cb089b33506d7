/** What a program's options and operands are, read as getopt(3) does. */
export interface ParsedOptions {
  /** By letter or long name; the last one counts. Flags are empty texts. */
  readonly values: ReadonlyMap<string, string>
  /** All options in their order. */
  readonly all: readonly { readonly name: string; readonly value: string }[]
  readonly operands: readonly string[]
}

/** An option that is not there or lacks its argument. */
export type OptionProblem =
  | { readonly kind: 'unknown'; readonly option: string; readonly isLong: boolean }
  | { readonly kind: 'missing-argument'; readonly option: string; readonly isLong: boolean }
  | { readonly kind: 'unwanted-argument'; readonly option: string; readonly isLong: true }

/** Which options a program has. */
export interface OptionSpecification {
  /** Letters as getopt(3) takes them: `ab:` is a flag and one with an argument. */
  readonly short: string
  /** Long names; those with `=` behind them take an argument. Each gives the name that it is stored under. */
  readonly long?: Readonly<Record<string, string>>
  /** The first operand ends the options: commands that start others. */
  readonly stopsAtOperand?: boolean
}

/** Reads options. Gives the first problem instead where there is one. */
export function parseOptions(
  args: readonly string[],
  specification: OptionSpecification,
): ParsedOptions | { readonly problem: OptionProblem } {
  const all: { name: string; value: string }[] = []
  const operands: string[] = []
  const rest = [...args]
  while (rest.length > 0) {
    const word = rest.shift() as string
    if (word === '--') {
      operands.push(...rest)
      break
    }
    if (word.startsWith('--')) {
      const problem = readLong(word, rest, specification, all)
      if (problem) return { problem }
    } else if (word.startsWith('-') && word !== '-') {
      const problem = readShort(word, rest, specification, all)
      if (problem) return { problem }
    } else {
      operands.push(word)
      if (specification.stopsAtOperand) {
        operands.push(...rest)
        break
      }
    }
  }
  return { values: new Map(all.map(({ name, value }) => [name, value])), all, operands }
}

function readLong(
  word: string,
  rest: string[],
  { long = {} }: OptionSpecification,
  all: { name: string; value: string }[],
): OptionProblem | undefined {
  const at = word.indexOf('=')
  const given = word.slice(2, at < 0 ? undefined : at)
  const names = Object.keys(long)
  const exact = names.find((name) => name === given || name === `${given}=`)
  const begun = names.filter((name) => name.startsWith(given))
  const name = exact ?? (begun.length === 1 ? begun[0] : undefined)
  if (name === undefined) return { kind: 'unknown', option: given, isLong: true }
  const stored = long[name] as string
  if (!name.endsWith('=')) {
    if (at >= 0) return { kind: 'unwanted-argument', option: given, isLong: true }
    all.push({ name: stored, value: '' })
    return undefined
  }
  const value = at >= 0 ? word.slice(at + 1) : rest.shift()
  if (value === undefined) return { kind: 'missing-argument', option: given, isLong: true }
  all.push({ name: stored, value })
  return undefined
}

function readShort(
  word: string,
  rest: string[],
  { short }: OptionSpecification,
  all: { name: string; value: string }[],
): OptionProblem | undefined {
  for (let i = 1; i < word.length; i += 1) {
    const letter = word[i] as string
    const at = letter === ':' ? -1 : short.indexOf(letter)
    if (at < 0) return { kind: 'unknown', option: letter, isLong: false }
    if (short[at + 1] !== ':') {
      all.push({ name: letter, value: '' })
      continue
    }
    const value = i + 1 < word.length ? word.slice(i + 1) : rest.shift()
    if (value === undefined) return { kind: 'missing-argument', option: letter, isLong: false }
    all.push({ name: letter, value })
    return undefined
  }
  return undefined
}

/** The message of getopt(3) in the GNU C library, behind the program's name. */
export function getoptMessage(problem: OptionProblem): string {
  switch (problem.kind) {
    case 'unknown':
      return problem.isLong ? `unrecognized option '--${problem.option}'` : `invalid option -- '${problem.option}'`
    case 'missing-argument':
      return problem.isLong
        ? `option '--${problem.option}' requires an argument`
        : `option requires an argument -- '${problem.option}'`
    case 'unwanted-argument':
      return `option '--${problem.option}' doesn't allow an argument`
  }
}
