import { FileError } from '../files/file-error.ts'
import { joinBytes, toBytes, toText } from '../kernel/bytes.ts'
import { FileHandle } from '../kernel/file-handle.ts'
import type { OpenFile } from '../kernel/open-file.ts'
import { openPath } from '../kernel/open-path.ts'
import { type Program, type ProgramContext, print, printError } from '../program.ts'
import type { Task } from '../task.ts'
import { coreutilsProblem, parseDuration, sleepSeconds } from './coreutils-time.ts'
import { parseOptions } from './options.ts'

const LINE_END = 10

/** Thrown where a program would read what it writes, and never come to an end. */
class InputIsOutput {}

/** Opens each operand in turn, `-` being standard input; what cannot be opened is told, and the status is then 1. */
function* forEachFile(
  context: ProgramContext,
  operands: readonly string[],
  opening: boolean,
  use: (file: OpenFile, name: string) => Task,
): Task<number> {
  let status = 0
  for (const name of operands.length > 0 ? operands : ['-']) {
    try {
      const file = (name === '-' ? context.process.files.require(0) : openPath(context.process, name, 'read')).retain()
      try {
        yield* use(file, name)
      } finally {
        file.release()
      }
    } catch (error) {
      if (error instanceof InputIsOutput) {
        yield* printError(context, `${context.name}: ${name}: input file is output file\n`)
        status = 1
        continue
      }
      if (!(error instanceof FileError)) throw error
      const shown = opening ? `cannot open '${name}' for reading` : name
      yield* printError(context, `${context.name}: ${shown}: ${error.message}\n`)
      status = 1
    }
  }
  return status
}

function* readChunk(context: ProgramContext, file: OpenFile, delimiter?: number): Task<Uint8Array> {
  context.process.kernel.budget.operation()
  return yield* file.read(65_536, delimiter)
}

/** `cat [-nbsAETv] [file …]` */
export const cat: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: 'nbsAETuv',
    long: {
      number: 'n',
      'number-nonblank': 'b',
      'squeeze-blank': 's',
      'show-all': 'A',
      'show-ends': 'E',
      'show-tabs': 'T',
    },
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  const has = (letter: string): boolean => parsed.values.has(letter)
  const isPlain = !['n', 'b', 's', 'A', 'E', 'T', 'v'].some(has)
  let line = 0
  let blanks = 0
  const output = context.process.files.require(1)
  return yield* forEachFile(context, parsed.operands, false, function* (file) {
    if (file instanceof FileHandle && output instanceof FileHandle && file.file === output.file && file.isBeforeEnd) {
      throw new InputIsOutput()
    }
    for (;;) {
      const bytes = yield* readChunk(context, file, isPlain ? undefined : LINE_END)
      if (bytes.length === 0) return
      if (isPlain) {
        yield* print(context, bytes)
        continue
      }
      const text = toText(bytes)
      const isBlank = text === '\n'
      blanks = isBlank ? blanks + 1 : 0
      if (has('s') && blanks > 1) continue
      let shown = text
      if (has('T') || has('A')) shown = shown.replaceAll('\t', '^I')
      if (has('E') || has('A')) shown = shown.replace(/\n$/, '$\n')
      if (has('b') ? !isBlank : has('n')) {
        line += 1
        shown = `${String(line).padStart(6)}\t${shown}`
      }
      yield* print(context, shown)
    }
  })
}

/** A number with the suffixes of coreutils: `10`, `1k`, `2M`. */
function parseCount(text: string): number | undefined {
  const match = /^[-+]?(\d+)(b|kB|[kKMG]B?|[KMG]iB)?$/.exec(text)
  if (!match) return undefined
  const suffix = match[2] ?? ''
  const units: Readonly<Record<string, number>> = {
    '': 1,
    b: 512,
    k: 1024,
    K: 1024,
    M: 1024 ** 2,
    G: 1024 ** 3,
    kB: 1000,
    KB: 1000,
    MB: 1e6,
    GB: 1e9,
  }
  return Number(match[1]) * (units[suffix] ?? units[suffix.slice(0, 1)] ?? 1)
}

/** Replaces `-5` by `-n5`, the old form that `head` and `tail` still take. */
function withoutOldForm(args: readonly string[]): string[] {
  return args.map((word, i) => (i === 0 && /^-\d+$/.test(word) ? `-n${word.slice(1)}` : word))
}

/** `head [-n lines] [-c bytes] [-qv] [file …]`: ends as soon as it has enough, so that what writes to it ends too. */
export const head: Program = function* (context) {
  const parsed = parseOptions(withoutOldForm(context.args), {
    short: 'n:c:qvz',
    long: { 'lines=': 'n', 'bytes=': 'c', quiet: 'q', silent: 'q', verbose: 'v', 'zero-terminated': 'z' },
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  const byBytes = parsed.values.has('c')
  const text = parsed.values.get('c') ?? parsed.values.get('n') ?? '10'
  const count = parseCount(text)
  if (count === undefined) {
    yield* printError(context, `head: invalid number of ${byBytes ? 'bytes' : 'lines'}: ‘${text}’\n`)
    return 1
  }
  const delimiter = parsed.values.has('z') ? 0 : LINE_END
  let index = 0
  return yield* forEachFile(context, parsed.operands, true, function* (file, name) {
    yield* printHeader(context, parsed, name, index)
    index += 1
    if (text.startsWith('-')) yield* allButLast(context, file, count, byBytes, delimiter)
    else if (byBytes) yield* firstBytes(context, file, count)
    else {
      for (let lines = 0; lines < count; ) {
        const bytes = yield* readChunk(context, file, delimiter)
        if (bytes.length === 0) return
        yield* print(context, bytes)
        if (bytes.at(-1) === delimiter) lines += 1
      }
    }
  })
}

function* firstBytes(context: ProgramContext, file: OpenFile, count: number): Task {
  for (let left = count; left > 0; ) {
    context.process.kernel.budget.operation()
    const bytes = yield* file.read(Math.min(left, 65_536))
    if (bytes.length === 0) return
    left -= bytes.length
    yield* print(context, bytes)
  }
}

function* allButLast(
  context: ProgramContext,
  file: OpenFile,
  count: number,
  byBytes: boolean,
  delimiter: number,
): Task {
  const all = yield* readWhole(context, file)
  const kept = byBytes ? all.length - count : (lineStarts(all, delimiter).at(-count) ?? 0)
  yield* print(context, all.subarray(0, Math.max(0, count === 0 ? all.length : kept)))
}

function* readWhole(context: ProgramContext, file: OpenFile): Task<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const bytes = yield* readChunk(context, file)
    if (bytes.length === 0) return joinBytes(chunks)
    chunks.push(bytes)
    length += bytes.length
    context.process.kernel.budget.string(length)
  }
}

function lineStarts(bytes: Uint8Array, delimiter: number): number[] {
  const starts: number[] = []
  for (let at = 0; at < bytes.length; ) {
    starts.push(at)
    const end = bytes.indexOf(delimiter, at)
    if (end < 0) break
    at = end + 1
  }
  return starts
}

function* printHeader(
  context: ProgramContext,
  parsed: { readonly values: ReadonlyMap<string, string>; readonly operands: readonly string[] },
  name: string,
  index: number,
): Task {
  if (!parsed.values.has('v') && (parsed.operands.length < 2 || parsed.values.has('q'))) return
  yield* print(context, `${index > 0 ? '\n' : ''}==> ${name === '-' ? 'standard input' : name} <==\n`)
}

/** `tail [-n lines] [-c bytes] [-f] [-s seconds] [-qv] [file …]` */
export const tail: Program = function* (context) {
  const parsed = parseOptions(withoutOldForm(context.args), {
    short: 'n:c:fFqvs:z',
    long: { 'lines=': 'n', 'bytes=': 'c', follow: 'f', quiet: 'q', silent: 'q', verbose: 'v', 'sleep-interval=': 's' },
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  const byBytes = parsed.values.has('c')
  const text = parsed.values.get('c') ?? parsed.values.get('n') ?? '10'
  const count = parseCount(text)
  if (count === undefined) {
    yield* printError(context, `tail: invalid number of ${byBytes ? 'bytes' : 'lines'}: ‘${text}’\n`)
    return 1
  }
  const follows = parsed.values.has('f') || parsed.values.has('F')
  const interval = parseDuration(parsed.values.get('s') ?? '1') ?? 1
  let index = 0
  return yield* forEachFile(context, parsed.operands, true, function* (file, name) {
    yield* printHeader(context, parsed, name, index)
    index += 1
    const all = yield* readWhole(context, file)
    const starts = lineStarts(all, LINE_END)
    let from = byBytes ? all.length - count : count === 0 ? all.length : (starts[starts.length - count] ?? 0)
    if (text.startsWith('+'))
      from = byBytes ? Math.max(0, count - 1) : (starts[Math.max(0, count - 1)] ?? (count <= 1 ? 0 : all.length))
    yield* print(context, all.subarray(Math.max(0, from)))
    if (!follows || name === '-') return
    for (;;) {
      yield* sleepSeconds(context, interval)
      for (;;) {
        const bytes = yield* readChunk(context, file)
        if (bytes.length === 0) break
        yield* print(context, bytes)
      }
    }
  })
}

/** `tee [-a] [file …]` */
export const tee: Program = function* (context) {
  const parsed = parseOptions(context.args, { short: 'aip', long: { append: 'a', 'ignore-interrupts': 'i' } })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  const files: OpenFile[] = []
  let status = 0
  for (const name of parsed.operands) {
    try {
      files.push(openPath(context.process, name, parsed.values.has('a') ? 'append' : 'write').retain())
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* printError(context, `tee: ${name}: ${error.message}\n`)
      status = 1
    }
  }
  try {
    for (;;) {
      const bytes = yield* context.process.read(0)
      if (bytes.length === 0) return status
      yield* print(context, bytes)
      for (const file of files) yield* file.write(bytes)
    }
  } finally {
    for (const file of files) file.release()
  }
}

/** `yes [text …]` */
export const yes: Program = function* (context) {
  const line = `${context.args.length > 0 ? context.args.join(' ') : 'y'}\n`
  const block = toBytes(line.repeat(Math.max(1, Math.floor(8192 / line.length))))
  for (;;) yield* print(context, block)
}

/** `seq [-w] [-s separator] [-f format] [first [increment]] last` */
export const seq: Program = function* (context) {
  let separator = '\n'
  let width = false
  let format: string | undefined
  const numbers: string[] = []
  const rest = [...context.args]
  while (rest.length > 0) {
    const word = rest.shift() as string
    if (word === '-w' || word === '--equal-width') width = true
    else if (/^-s/.test(word)) separator = word.slice(2) || (rest.shift() ?? '')
    else if (/^-f/.test(word)) format = word.slice(2) || (rest.shift() ?? '')
    else if (/^-[^\d.]/.test(word)) {
      yield* printError(context, `seq: invalid option -- '${word[1]}'\nTry 'seq --help' for more information.\n`)
      return 1
    } else numbers.push(word)
  }
  if (numbers.length === 0 || numbers.length > 3) {
    const problem = numbers.length === 0 ? 'missing operand' : `extra operand ‘${numbers[3]}’`
    yield* printError(context, `seq: ${problem}\nTry 'seq --help' for more information.\n`)
    return 1
  }
  const wrong = numbers.find((text) => !/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text))
  if (wrong !== undefined) {
    yield* printError(
      context,
      `seq: invalid floating point argument: ‘${wrong}’\nTry 'seq --help' for more information.\n`,
    )
    return 1
  }
  const first = numbers.length > 1 ? Number(numbers[0]) : 1
  const step = numbers.length > 2 ? Number(numbers[1]) : 1
  const last = Number(numbers.at(-1))
  if (step === 0) {
    yield* printError(
      context,
      `seq: invalid Zero increment value: ‘${numbers[1]}’\nTry 'seq --help' for more information.\n`,
    )
    return 1
  }
  const decimals = Math.max(...numbers.slice(0, -1).map((text) => text.split('.')[1]?.length ?? 0), 0)
  const show = (value: number): string => {
    if (format === undefined) return value.toFixed(decimals)
    return format.replace(/%([0-9.]*)[gef]/, (_, size: string) => {
      const [padding = '', precision] = size.split('.')
      const text = precision === undefined ? String(Number(value.toFixed(6))) : value.toFixed(Number(precision))
      return padding.startsWith('0') ? text.padStart(Number(padding), '0') : text.padStart(Number(padding || '0'))
    })
  }
  const size = width ? Math.max(show(first).length, show(last).length) : 0
  let block = ''
  let isFirst = true
  for (let i = 0; ; i += 1) {
    const value = first + i * step
    if (step > 0 ? value > last + 1e-9 : value < last - 1e-9) break
    const text = show(value)
    const padded = text.startsWith('-') ? `-${text.slice(1).padStart(size - 1, '0')}` : text.padStart(size, '0')
    block += isFirst ? padded : separator + padded
    isFirst = false
    if (block.length < 8192) continue
    yield* print(context, block)
    block = ''
  }
  if (!isFirst) yield* print(context, `${block}\n`)
  return 0
}
