import { FileError } from '../../files/file-error.ts'
import { joinBytes, toText } from '../../kernel/bytes.ts'
import type { OpenFile } from '../../kernel/open-file.ts'
import type { Process } from '../../kernel/process.ts'
import type { Task } from '../../task.ts'
import { assign, assignArray } from '../assign.ts'
import type { Builtin } from '../executor.ts'
import type { ShellState } from '../shell-state.ts'
import { scalarOf } from '../variable.ts'
import { requireName } from './declarations.ts'

/** Status of `read` when its time is up: above 128, as after a SIGALRM. */
const TIMEOUT_STATUS = 142

interface ReadOptions {
  raw: boolean
  array: string | undefined
  delimiter: string
  /** `-n`, `-N` */
  count: number | undefined
  exact: boolean
  descriptor: number
  prompt: string
  timeoutSeconds: number | undefined
}

/** `read [-rs] [-a array] [-d delimiter] [-n count] [-N count] [-p prompt] [-t seconds] [-u descriptor] [name …]` */
export const read: Builtin = function* ({ shell, process, args }) {
  const parsed = yield* readOptions(shell, args)
  if (!parsed) return 2
  const { options, names } = parsed
  for (const name of names) if (!(yield* requireName(shell, 'read', name))) return 1
  let file: OpenFile
  try {
    file = process.files.require(options.descriptor)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    yield* shell.complain(`read: read error: ${options.descriptor}: ${error.message}`)
    return 1
  }
  if (options.prompt !== '' && file.isTerminal) yield* process.write(2, options.prompt)
  if (options.timeoutSeconds === 0) return file.isReadable ? 0 : 1
  const { text, end } = yield* readText(process, file, options)
  assignFields(shell, text, names, options)
  if (end === 'timeout') return TIMEOUT_STATUS
  return end === 'end' ? 1 : 0
}

function* readOptions(
  shell: ShellState,
  args: readonly string[],
): Task<{ readonly options: ReadOptions; readonly names: readonly string[] } | undefined> {
  const options: ReadOptions = {
    raw: false,
    array: undefined,
    delimiter: '\n',
    count: undefined,
    exact: false,
    descriptor: 0,
    prompt: '',
    timeoutSeconds: undefined,
  }
  const rest = [...args]
  while (/^-./.test(rest[0] ?? '') && rest[0] !== '--') {
    const word = rest.shift() as string
    for (let i = 1; i < word.length; i += 1) {
      const letter = word[i] as string
      if (letter === 'r') options.raw = true
      else if (letter === 's') continue
      else if ('adnNptu'.includes(letter)) {
        const value = word.slice(i + 1) || rest.shift()
        if (value === undefined) {
          yield* shell.complain(`read: -${letter}: option requires an argument`)
          return undefined
        }
        if (!(yield* setOption(shell, options, letter, value))) return undefined
        break
      } else {
        const reason = 'ei'.includes(letter) ? 'editing a line is not simulated' : 'invalid option'
        yield* shell.complain(`read: -${letter}: ${reason}`)
        return undefined
      }
    }
  }
  if (rest[0] === '--') rest.shift()
  return { options, names: rest }
}

function* setOption(shell: ShellState, options: ReadOptions, letter: string, value: string): Task<boolean> {
  if (letter === 'a') options.array = value
  else if (letter === 'd') options.delimiter = value === '' ? '\0' : value.slice(0, 1)
  else if (letter === 'p') options.prompt = value
  else {
    const number = Number(value)
    if (value === '' || Number.isNaN(number) || number < 0 || (letter !== 't' && !Number.isInteger(number))) {
      const what =
        letter === 't'
          ? 'invalid timeout specification'
          : letter === 'u'
            ? 'invalid file descriptor specification'
            : 'invalid number'
      yield* shell.complain(`read: ${value}: ${what}`)
      return false
    }
    if (letter === 't') options.timeoutSeconds = number
    else if (letter === 'u') options.descriptor = number
    else {
      options.count = number
      options.exact = letter === 'N'
    }
  }
  return true
}

type ReadEnd = 'delimiter' | 'count' | 'end' | 'timeout'

/** Reads up to the delimiter, a number of characters, the end or until time is up. Backslashes stay, line continuations are taken out. */
function* readText(
  process: Process,
  file: OpenFile,
  options: ReadOptions,
): Task<{ readonly text: string; readonly end: ReadEnd }> {
  const { kernel } = process
  const state: { text: string; pending: Uint8Array[] } = { text: '', pending: [] }
  const reading = readPieces(process, file, options, state)
  if (options.timeoutSeconds === undefined) return { end: yield* reading, text: state.text }
  const deadline = kernel.host.nowMicroseconds + Math.round(options.timeoutSeconds * 1_000_000)
  const timer = (function* (): Task<ReadEnd> {
    yield* kernel.host.sleepUntil(deadline)
    return 'timeout'
  })()
  const { result } = yield* kernel.scheduler.race<ReadEnd>([reading, timer])
  return { end: result, text: state.text + toText(joinBytes(state.pending)) }
}

function* readPieces(
  process: Process,
  file: OpenFile,
  options: ReadOptions,
  state: { text: string; pending: Uint8Array[] },
): Task<ReadEnd> {
  const delimiter = options.exact ? undefined : options.delimiter.charCodeAt(0) & 255
  if (options.count === 0) return 'count'
  for (;;) {
    process.kernel.budget.operation()
    const size = options.count === undefined ? 65_536 : 1
    const bytes = yield* file.read(size, delimiter)
    if (bytes.length === 0) {
      state.text += toText(joinBytes(state.pending))
      state.pending = []
      return 'end'
    }
    state.pending.push(bytes)
    const isAtDelimiter = delimiter !== undefined && bytes.at(-1) === delimiter
    if (options.count === undefined && !isAtDelimiter) continue
    const joined = joinBytes(state.pending)
    if (options.count !== undefined && !isAtDelimiter && isCutCharacter(joined)) continue
    state.pending = []
    if (isAtDelimiter) {
      const line = toText(joined.subarray(0, -1))
      if (!options.raw && endsInBackslash(state.text + line)) {
        state.text = (state.text + line).slice(0, -1)
        if (options.delimiter !== '\n') state.text += options.delimiter
        continue
      }
      state.text += line
      return 'delimiter'
    }
    state.text += toText(joined)
    if (options.count !== undefined && [...state.text].length >= options.count) return 'count'
  }
}

function isCutCharacter(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
  return bytes.length < length
}

function endsInBackslash(text: string): boolean {
  return ((/\\+$/.exec(text)?.[0].length ?? 0) & 1) === 1
}

/** Splits what was read at IFS and gives it to the names; the last takes the rest. */
function assignFields(shell: ShellState, text: string, names: readonly string[], options: ReadOptions): void {
  const ifsVariable = shell.variables.find('IFS')
  const ifs = ifsVariable ? (scalarOf(ifsVariable) ?? ' \t\n') : ' \t\n'
  const characters = unescapeCharacters(text, options.raw)
  if (options.array !== undefined) {
    const fields = split(characters, ifs, Number.POSITIVE_INFINITY)
    assignArray(
      shell,
      options.array,
      fields.map((value) => ({ subscript: undefined, value, append: false })),
      { append: false },
    )
    return
  }
  if (names.length === 0) {
    assign(shell, 'REPLY', characters.map(({ character }) => character).join(''))
    return
  }
  const fields = options.exact
    ? [characters.map(({ character }) => character).join('')]
    : split(characters, ifs, names.length)
  for (const [i, name] of names.entries()) assign(shell, name, fields[i] ?? '')
}

interface ReadCharacter {
  readonly character: string
  readonly isEscaped: boolean
}

function unescapeCharacters(text: string, raw: boolean): ReadCharacter[] {
  const characters: ReadCharacter[] = []
  let isEscaped = false
  for (const character of text) {
    if (!raw && !isEscaped && character === '\\') isEscaped = true
    else {
      characters.push({ character, isEscaped })
      isEscaped = false
    }
  }
  return characters
}

function split(characters: readonly ReadCharacter[], ifs: string, limit: number): string[] {
  const kind = ({ character, isEscaped }: ReadCharacter): 'blank' | 'separator' | 'text' => {
    if (isEscaped || !ifs.includes(character)) return 'text'
    return ' \t\n'.includes(character) ? 'blank' : 'separator'
  }
  const fields: string[] = []
  let at = 0
  const skipBlanks = (): void => {
    while (at < characters.length && kind(characters[at] as ReadCharacter) === 'blank') at += 1
  }
  skipBlanks()
  while (at < characters.length) {
    if (fields.length === limit - 1) {
      fields.push(lastField(characters.slice(at), kind))
      break
    }
    let field = ''
    while (at < characters.length && kind(characters[at] as ReadCharacter) === 'text') {
      field += characters[at]?.character
      at += 1
    }
    fields.push(field)
    skipBlanks()
    if (at < characters.length && kind(characters[at] as ReadCharacter) === 'separator') {
      at += 1
      skipBlanks()
    }
  }
  return fields
}

/** The rest of a line for the last name: blanks at its end go, and one separator if it is the only one. */
function lastField(rest: readonly ReadCharacter[], kind: (character: ReadCharacter) => string): string {
  let end = rest.length
  while (end > 0 && kind(rest[end - 1] as ReadCharacter) === 'blank') end -= 1
  const inner = rest.slice(0, end)
  const separators = inner.filter((character) => kind(character) === 'separator')
  if (separators.length === 1 && inner.at(-1) === separators[0]) {
    end -= 1
    while (end > 0 && kind(rest[end - 1] as ReadCharacter) === 'blank') end -= 1
  }
  return rest
    .slice(0, end)
    .map(({ character }) => character)
    .join('')
}

/** `mapfile [-t] [-d delimiter] [-n count] [-s count] [-u descriptor] [array]` and `readarray` */
export const mapfile: Builtin = function* ({ shell, process, name, args }) {
  let strips = false
  let delimiter = '\n'
  let count = Number.POSITIVE_INFINITY
  let skipped = 0
  let descriptor = 0
  const rest = [...args]
  while (/^-./.test(rest[0] ?? '') && rest[0] !== '--') {
    const option = rest.shift() as string
    if (option === '-t') {
      strips = true
      continue
    }
    const value = option.length > 2 ? option.slice(2) : rest.shift()
    if (value === undefined || !'dnsu'.includes(option[1] as string)) {
      yield* shell.complain(
        `${name}: ${option}: ${'OcC'.includes(option[1] ?? '') ? 'option not simulated' : 'invalid option'}`,
      )
      return 2
    }
    if (option[1] === 'd') delimiter = value === '' ? '\0' : value.slice(0, 1)
    else if (option[1] === 'n') count = Number(value) || Number.POSITIVE_INFINITY
    else if (option[1] === 's') skipped = Number(value)
    else descriptor = Number(value)
  }
  const code = delimiter.charCodeAt(0) & 255
  const lines: string[] = []
  let seen = 0
  while (lines.length < count) {
    const chunks: Uint8Array[] = []
    for (;;) {
      const bytes = yield* process.read(descriptor, 65_536, code)
      if (bytes.length === 0) break
      chunks.push(bytes)
      if (bytes.at(-1) === code) break
    }
    if (chunks.length === 0) break
    seen += 1
    const line = toText(joinBytes(chunks))
    if (seen > skipped) lines.push(strips && line.endsWith(delimiter) ? line.slice(0, -1) : line)
  }
  assignArray(
    shell,
    rest[0] ?? 'MAPFILE',
    lines.map((value) => ({ subscript: undefined, value, append: false })),
    { append: false },
  )
  return 0
}
