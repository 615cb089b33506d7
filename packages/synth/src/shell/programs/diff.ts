import { FileError } from '../files/file-error.ts'
import { type Program, print, printError } from '../program.ts'
import { strftime } from '../strftime.ts'
import { getoptMessage, parseOptions } from './options.ts'
import { linesOf, readText } from './read-lines.ts'

interface Change {
  /** Places in the two files, from 0, and how many lines there. */
  readonly at: number
  readonly removed: number
  readonly newAt: number
  readonly added: number
}

/** Lines above which no table of both files is made. */
const LARGEST_TABLE = 4_000_000

/** `diff [-qsu] [-U lines] [-biw] file file`: the normal and the unified form (POSIX, diff). */
export const diff: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: 'qsuU:biw',
    long: { brief: 'q', 'report-identical-files': 's', 'unified=': 'U', 'ignore-case': 'i', 'ignore-all-space': 'w' },
  })
  if ('problem' in parsed) {
    yield* printError(
      context,
      `diff: ${getoptMessage(parsed.problem)}\ndiff: Try 'diff --help' for more information.\n`,
    )
    return 2
  }
  const [one, other] = parsed.operands
  if (one === undefined || other === undefined || parsed.operands.length > 2) {
    const problem =
      parsed.operands.length > 2 ? `extra operand '${parsed.operands[2]}'` : `missing operand after '${one ?? 'diff'}'`
    yield* printError(context, `diff: ${problem}\ndiff: Try 'diff --help' for more information.\n`)
    return 2
  }
  const texts: string[] = []
  for (const path of [one, other]) {
    try {
      texts.push(yield* readText(context, path))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* printError(context, `diff: ${path}: ${error.message}\n`)
      return 2
    }
  }
  const [before = '', after = ''] = texts
  const has = (letter: string): boolean => parsed.values.has(letter)
  const normal = (line: string): string => {
    const cased = has('i') ? line.toLowerCase() : line
    return has('w') ? cased.replace(/\s+/g, '') : has('b') ? cased.replace(/\s+/g, ' ').trimEnd() : cased
  }
  // A last line without an end differs from one with it.
  const split = (text: string): string[] => {
    const lines = linesOf(text)
    if (text !== '' && !text.endsWith('\n')) lines.push(`${lines.pop() ?? ''}\n\\ No newline at end of file`)
    return lines
  }
  const [left, right] = [split(before), split(after)]
  const changes = changesBetween(left.map(normal), right.map(normal))
  if (changes === undefined) {
    yield* printError(context, 'diff: files of so many different lines: not simulated\n')
    return 2
  }
  if (changes.length === 0) {
    if (has('s')) yield* print(context, `Files ${one} and ${other} are identical\n`)
    return 0
  }
  if (has('q')) yield* print(context, `Files ${one} and ${other} differ\n`)
  else if (has('u') || has('U')) {
    const zone = context.environment.get('TZ')
    const stamp = (path: string): string => {
      const { host, fileSystem } = context.process.kernel
      const inode =
        path === '-' ? undefined : fileSystem.find(path.startsWith('/') ? path : `${context.process.directory}/${path}`)
      return strftime('%Y-%m-%d %H:%M:%S.%N %z', inode?.modifiedMicroseconds ?? host.clockMicroseconds, zone)
    }
    yield* print(context, `--- ${one}\t${stamp(one)}\n+++ ${other}\t${stamp(other)}\n`)
    yield* print(context, unified(left, right, changes, Number(parsed.values.get('U') ?? '3')))
  } else yield* print(context, changes.map((change) => normalForm(left, right, change)).join(''))
  return 1
}

/** What is removed and added between two lists of lines, by their longest common subsequence. */
function changesBetween(left: readonly string[], right: readonly string[]): Change[] | undefined {
  let start = 0
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1
  let end = 0
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1
  const rows = left.length - start - end
  const columns = right.length - start - end
  if ((rows + 1) * (columns + 1) > LARGEST_TABLE) return undefined
  const width = columns + 1
  const common = new Uint32Array((rows + 1) * width)
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      const place = row * width + column
      common[place] =
        left[start + row] === right[start + column]
          ? (common[place + width + 1] ?? 0) + 1
          : Math.max(common[place + width] ?? 0, common[place + 1] ?? 0)
    }
  }
  const changes: Change[] = []
  let [row, column] = [0, 0]
  while (row < rows || column < columns) {
    const [at, newAt] = [row, column]
    while (
      (row < rows || column < columns) &&
      (row >= rows || column >= columns || left[start + row] !== right[start + column])
    ) {
      const place = row * width + column
      if (row < rows && (column >= columns || (common[place + width] ?? 0) >= (common[place + 1] ?? 0))) row += 1
      else column += 1
    }
    if (row > at || column > newAt) {
      changes.push({ at: start + at, removed: row - at, newAt: start + newAt, added: column - newAt })
    }
    while (row < rows && column < columns && left[start + row] === right[start + column]) {
      row += 1
      column += 1
    }
  }
  return changes
}

function normalForm(left: readonly string[], right: readonly string[], { at, removed, newAt, added }: Change): string {
  const range = (from: number, count: number): string =>
    count > 1 ? `${from + 1},${from + count}` : String(count === 0 ? from : from + 1)
  const verb = removed === 0 ? 'a' : added === 0 ? 'd' : 'c'
  const lines = [
    `${range(at, removed)}${verb}${range(newAt, added)}`,
    ...left.slice(at, at + removed).map((line) => `< ${line}`),
    ...(verb === 'c' ? ['---'] : []),
    ...right.slice(newAt, newAt + added).map((line) => `> ${line}`),
  ]
  return `${lines.join('\n')}\n`
}

function unified(
  left: readonly string[],
  right: readonly string[],
  changes: readonly Change[],
  context: number,
): string {
  let text = ''
  for (let i = 0; i < changes.length; ) {
    let last = i
    while (last + 1 < changes.length) {
      const here = changes[last] as Change
      if ((changes[last + 1] as Change).at - (here.at + here.removed) > 2 * context) break
      last += 1
    }
    const hunk = changes.slice(i, last + 1)
    const [first, final] = [hunk[0] as Change, hunk.at(-1) as Change]
    const from = Math.max(0, first.at - context)
    const to = Math.min(left.length, final.at + final.removed + context)
    const newFrom = first.newAt - (first.at - from)
    const newTo = final.newAt + final.added + (to - final.at - final.removed)
    const range = (start: number, count: number): string =>
      count === 1 ? String(start + 1) : `${count === 0 ? start : start + 1},${count}`
    text += `@@ -${range(from, to - from)} +${range(newFrom, newTo - newFrom)} @@\n`
    let at = from
    for (const change of hunk) {
      for (; at < change.at; at += 1) text += ` ${left[at]}\n`
      for (; at < change.at + change.removed; at += 1) text += `-${left[at]}\n`
      for (const line of right.slice(change.newAt, change.newAt + change.added)) text += `+${line}\n`
    }
    for (; at < to; at += 1) text += ` ${left[at]}\n`
    i = last + 1
  }
  return text
}
