import { FileError } from '../files/file-error.ts'
import { type Inode, modeText } from '../files/inode.ts'
import { resolvePath } from '../files/path.ts'
import { toBytes, toText } from '../kernel/bytes.ts'
import { readToEnd } from '../kernel/open-path.ts'
import { type Program, type ProgramContext, print, printError } from '../program.ts'
import { strftime } from '../strftime.ts'
import type { Task } from '../task.ts'
import { coreutilsProblem } from './coreutils-time.ts'
import { parseDate } from './date-text.ts'
import { parseOptions } from './options.ts'

/** Columns of the terminal that programs print for. */
const TERMINAL_COLUMNS = 80
/** Older files are listed with their year instead of the time of day (GNU ls). */
const RECENT_MICROSECONDS = 15_778_476 * 1_000_000

/** `touch [-acm] [-d text] [-t stamp] [-r file] file …` */
export const touch: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: 'acmd:t:r:h',
    long: { 'date=': 'd', 'reference=': 'r', 'no-create': 'c' },
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  if (parsed.values.has('t')) {
    yield* printError(context, 'touch: -t: option not simulated; use -d\n')
    return 1
  }
  if (parsed.operands.length === 0) {
    yield* printError(context, "touch: missing file operand\nTry 'touch --help' for more information.\n")
    return 1
  }
  const { process } = context
  const { fileSystem, host } = process.kernel
  const at = (path: string): string => resolvePath(process.directory, path)
  let time = host.clockMicroseconds
  const text = parsed.values.get('d')
  const reference = parsed.values.get('r')
  if (text !== undefined) {
    const given = parseDate(text, time, context.environment.get('TZ'))
    if (given === undefined) {
      yield* printError(context, `touch: invalid date format ‘${text}’\n`)
      return 1
    }
    time = given
  } else if (reference !== undefined) {
    const inode = fileSystem.find(at(reference))
    if (!inode) {
      yield* printError(context, `touch: failed to get attributes of '${reference}': No such file or directory\n`)
      return 1
    }
    time = inode.modifiedMicroseconds
  }
  let status = 0
  for (const name of parsed.operands) {
    try {
      if (!fileSystem.find(at(name))) {
        if (parsed.values.has('c')) continue
        fileSystem.write(at(name), new Uint8Array(0))
      }
      fileSystem.lookup(at(name)).modifiedMicroseconds = time
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* printError(context, `touch: cannot touch '${name}': ${error.message}\n`)
      status = 1
    }
  }
  return status
}

interface Entry {
  readonly name: string
  readonly inode: Inode
}

/** `ls [-1aAdFhilnprRsStU] [file …]` */
export const ls: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: '1aAdFhilnprRsStUXvgGo',
    long: {
      all: 'a',
      'almost-all': 'A',
      directory: 'd',
      'human-readable': 'h',
      inode: 'i',
      reverse: 'r',
      recursive: 'R',
      color: 'color',
      'color=': 'color',
    },
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem, 2)
  const refused = ['s', 'X', 'v', 'g', 'G', 'o'].find((letter) => parsed.values.has(letter))
  if (refused !== undefined) {
    yield* printError(context, `ls: -${refused}: option not simulated\n`)
    return 2
  }
  const listing = new Listing(context, new Set(parsed.values.keys()))
  const { process } = context
  const files: Entry[] = []
  const directories: Entry[] = []
  let status = 0
  for (const name of parsed.operands.length > 0 ? parsed.operands : ['.']) {
    try {
      const path = resolvePath(process.directory, name)
      const inode = process.kernel.fileSystem.lookup(path, {
        followLast: !parsed.values.has('d') && !parsed.values.has('l'),
      })
      if (inode.kind === 'directory' && !parsed.values.has('d')) directories.push({ name, inode })
      else files.push({ name, inode })
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* printError(context, `ls: cannot access '${name}': ${error.message}\n`)
      status = 2
    }
  }
  if (files.length > 0) yield* listing.entries(listing.sorted(files))
  const showsNames = parsed.operands.length > 1 || parsed.values.has('R')
  let isFirst = files.length === 0
  for (const directory of listing.sorted(directories)) {
    yield* listing.directory(directory.name, showsNames, isFirst)
    isFirst = false
  }
  return status
}

class Listing {
  readonly #context: ProgramContext
  readonly #options: ReadonlySet<string>

  constructor(context: ProgramContext, options: ReadonlySet<string>) {
    this.#context = context
    this.#options = options
  }

  sorted(entries: readonly Entry[]): Entry[] {
    const has = (letter: string): boolean => this.#options.has(letter)
    const list = [...entries]
    if (!has('U')) list.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    if (has('t')) list.sort((a, b) => b.inode.modifiedMicroseconds - a.inode.modifiedMicroseconds)
    if (has('S')) list.sort((a, b) => sizeOf(b.inode) - sizeOf(a.inode))
    return has('r') ? list.reverse() : list
  }

  *directory(name: string, showsName: boolean, isFirst: boolean): Task {
    const { process } = this.#context
    const path = resolvePath(process.directory, name)
    const inode = process.kernel.fileSystem.lookup(path)
    if (inode.kind !== 'directory') return
    const visible = [...inode.entries]
      .map(([entry, child]): Entry => ({ name: entry, inode: child }))
      .filter(({ name: entry }) => !entry.startsWith('.') || this.#options.has('a') || this.#options.has('A'))
    const entries = this.sorted(visible)
    if (this.#options.has('a')) {
      const parent = process.kernel.fileSystem.lookup(`${path}/..`)
      entries.unshift({ name: '.', inode }, { name: '..', inode: parent })
    }
    if (showsName) yield* print(this.#context, `${isFirst ? '' : '\n'}${name}:\n`)
    if (this.#isLong) {
      const blocks = entries.reduce((sum, entry) => sum + Math.ceil(sizeOf(entry.inode) / 4096) * 4, 0)
      yield* print(this.#context, `total ${this.#options.has('h') ? humanSize(blocks * 1024) : blocks}\n`)
    }
    yield* this.entries(entries)
    if (!this.#options.has('R')) return
    for (const child of entries) {
      if (child.inode.kind !== 'directory' || child.name === '.' || child.name === '..') continue
      yield* this.directory(`${name.replace(/\/$/, '')}/${child.name}`, true, false)
    }
  }

  get #isLong(): boolean {
    return this.#options.has('l') || this.#options.has('n')
  }

  *entries(entries: readonly Entry[]): Task {
    if (this.#isLong) yield* this.#long(entries)
    else {
      const names = entries.map((entry) => this.#shown(entry))
      const isTerminal = this.#context.process.files.get(1)?.isTerminal ?? false
      yield* print(
        this.#context,
        isTerminal && !this.#options.has('1') ? columns(names) : names.map((name) => `${name}\n`).join(''),
      )
    }
  }

  *#long(entries: readonly Entry[]): Task {
    const { process } = this.#context
    const rows = entries.map((entry) => {
      const { inode } = entry
      const owner = this.#options.has('n') ? String(inode.owner) : inode.owner === 0 ? 'root' : process.user.name
      const size = this.#options.has('h') ? humanSize(sizeOf(inode)) : String(sizeOf(inode))
      const links = inode.kind === 'file' ? inode.links : inode.kind === 'directory' ? 2 : 1
      return { inode, links: String(links), owner, size, entry }
    })
    const width = (pick: (row: (typeof rows)[number]) => string): number =>
      Math.max(0, ...rows.map((row) => pick(row).length))
    const [links, owner, size] = [width((row) => row.links), width((row) => row.owner), width((row) => row.size)]
    for (const row of rows) {
      const target = row.inode.kind === 'link' ? ` -> ${row.inode.target}` : ''
      const owned = `${row.owner.padEnd(owner)} ${row.owner.padEnd(owner)}`
      const text = `${modeText(row.inode)} ${row.links.padStart(links)} ${owned} ${row.size.padStart(size)} ${this.#time(row.inode)} ${this.#shown(row.entry)}${target}`
      yield* print(this.#context, `${text}\n`)
    }
  }

  #time(inode: Inode): string {
    const now = this.#context.process.kernel.host.clockMicroseconds
    const age = now - inode.modifiedMicroseconds
    const isRecent = age >= 0 && age < RECENT_MICROSECONDS
    return strftime(
      isRecent ? '%b %e %H:%M' : '%b %e  %Y',
      inode.modifiedMicroseconds,
      this.#context.environment.get('TZ'),
    )
  }

  #shown({ name, inode }: Entry): string {
    const number = this.#options.has('i') ? `${inode.number} ` : ''
    let mark = ''
    if (inode.kind === 'directory' && (this.#options.has('F') || this.#options.has('p'))) mark = '/'
    else if (this.#options.has('F'))
      mark = inode.kind === 'link' ? '@' : inode.kind === 'file' && inode.mode & 0o111 ? '*' : ''
    return number + name + mark
  }
}

function sizeOf(inode: Inode): number {
  if (inode.kind === 'file') return inode.size
  if (inode.kind === 'link') return inode.target.length
  return inode.kind === 'directory' ? 4096 : 0
}

function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes)
  let value = bytes
  let unit = ''
  for (const next of ['K', 'M', 'G', 'T']) {
    if (value < 1024) break
    value /= 1024
    unit = next
  }
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${unit}`
}

/** Names in columns, down and then across, as few rows as fit. */
function columns(names: readonly string[]): string {
  if (names.length === 0) return ''
  for (let rows = 1; ; rows += 1) {
    const count = Math.ceil(names.length / rows)
    const widths = Array.from({ length: count }, (_, column) =>
      Math.max(...names.slice(column * rows, column * rows + rows).map((name) => name.length)),
    )
    const total = widths.reduce((sum, width) => sum + width + 2, -2)
    if (total > TERMINAL_COLUMNS && rows < names.length) continue
    let text = ''
    for (let row = 0; row < rows; row += 1) {
      const cells = widths
        .map((width, column) => ({ name: names[column * rows + row], width }))
        .filter((cell) => cell.name !== undefined)
      text += `${cells.map(({ name = '', width }, i) => (i === cells.length - 1 ? name : name.padEnd(width + 2))).join('')}\n`
    }
    return text
  }
}

/** `shuf [-e] [-n count] [-i low-high] [-r] [file|text …]`: by the simulation's seed. */
export const shuf: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: 'en:i:rz',
    long: { echo: 'e', 'head-count=': 'n', 'input-range=': 'i', repeat: 'r' },
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  const { values, operands } = parsed
  const { process } = context
  const limit = process.kernel.budget.limits.expandedWords
  let lines: string[]
  const range = /^(\d+)-(\d+)$/.exec(values.get('i') ?? '')
  if (values.has('i')) {
    if (!range || Number(range[2]) < Number(range[1])) {
      yield* printError(context, `shuf: invalid input range: ‘${values.get('i')}’\n`)
      return 1
    }
    const [low, high] = [Number(range[1]), Number(range[2])]
    if (values.get('n') === '1') {
      yield* print(context, `${low + Math.floor((process.kernel.host.randomUint32() / 2 ** 32) * (high - low + 1))}\n`)
      return 0
    }
    if (high - low >= limit) {
      yield* printError(context, `shuf: more than ${limit} numbers are not simulated\n`)
      return 1
    }
    lines = Array.from({ length: high - low + 1 }, (_, i) => String(low + i))
  } else if (values.has('e')) lines = [...operands]
  else {
    const inputs: string[] = []
    try {
      if (operands[0] !== undefined && operands[0] !== '-') {
        inputs.push(toText(process.kernel.fileSystem.read(resolvePath(process.directory, operands[0]))))
      } else inputs.push(toText(yield* readToEnd(process, process.files.require(0))))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* printError(context, `shuf: ${operands[0]}: ${error.message}\n`)
      return 1
    }
    lines = inputs.join('').replace(/\n$/, '').split('\n')
    if (inputs.join('') === '') lines = []
  }
  const count = values.has('n') ? Number(values.get('n')) : values.has('r') ? limit : lines.length
  const chosen: string[] = []
  const pool = [...lines]
  while (chosen.length < count && pool.length > 0) {
    process.kernel.budget.operation()
    const at = Math.floor((process.kernel.host.randomUint32() / 2 ** 32) * pool.length)
    chosen.push(pool[at] as string)
    if (values.has('r')) continue
    pool[at] = pool.at(-1) as string
    pool.pop()
  }
  yield* print(context, chosen.map((line) => `${line}\n`).join(''))
  return 0
}

/** `mktemp [-d] [template]` */
export const mktemp: Program = function* (context) {
  const parsed = parseOptions(context.args, { short: 'dqtup:', long: { directory: 'd', quiet: 'q', 'dry-run': 'u' } })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  const template = parsed.operands[0] ?? 'tmp.XXXXXXXXXX'
  const marks = /X{3,}(?!.*XXX)/.exec(template)
  if (!marks) {
    yield* printError(context, `mktemp: too few X's in template ‘${template}’\n`)
    return 1
  }
  const { process } = context
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const chosen = Array.from(marks[0], () => letters[process.kernel.host.randomUint32() % letters.length]).join('')
  const name = template.slice(0, marks.index) + chosen + template.slice(marks.index + marks[0].length)
  const folder =
    parsed.values.get('p') ??
    (parsed.operands.length === 0 || parsed.values.has('t') ? (context.environment.get('TMPDIR') ?? '/tmp') : '')
  const path = folder === '' ? name : `${folder}/${name}`
  const absolute = resolvePath(process.directory, path)
  try {
    if (parsed.values.has('d')) process.kernel.fileSystem.makeDirectory(absolute, { mode: 0o700 })
    else if (!parsed.values.has('u')) process.kernel.fileSystem.write(absolute, toBytes(''), { mode: 0o600 })
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const what = parsed.values.has('d') ? 'directory' : 'file'
    yield* printError(
      context,
      `mktemp: failed to create ${what} via template ‘${folder === '' ? template : `${folder}/${template}`}’: ${error.message}\n`,
    )
    return 1
  }
  yield* print(context, `${path}\n`)
  return 0
}
