import { Bash, type CommandName } from 'just-bash'
import { FileError } from '../files/file-error.ts'
import type { InstanceFileSystem } from '../files/instance-file-system.ts'
import { TextProgramFiles } from '../files/text-program-files.ts'
import { joinBytes, toBytes, toText } from '../kernel/bytes.ts'
import { descriptorOf, readAll, readToEnd } from '../kernel/open-path.ts'
import { type Program, type ProgramContext, print, printError } from '../program.ts'
import type { ShellScheduler } from '../shell-scheduler.ts'
import type { Task } from '../task.ts'
import { parseOptions } from './options.ts'

/** When a text program reads its standard input. */
type InputRule =
  | 'never'
  | 'always'
  /** When no file is named: `operands` come before the files, none of them where one of `given` is there instead. */
  | { readonly options: string; readonly operands: number; readonly given?: string }

/** The text programs of just-bash that an instance has. Each is a function of its arguments, its input and the files. */
const TEXT_PROGRAMS: Readonly<Partial<Record<CommandName, InputRule>>> = {
  awk: { options: 'F:v:f:e:', operands: 1, given: 'fe' },
  base64: { options: 'dw:i', operands: 0 },
  basename: 'never',
  chmod: 'never',
  column: { options: 'ts:o:c:N:H:xn', operands: 0 },
  comm: { options: '123', operands: 0 },
  cp: 'never',
  cut: { options: 'b:c:d:f:nsz', operands: 0 },
  dirname: 'never',
  du: 'never',
  egrep: { options: 'e:f:ivwxcnlLqsohHrRm:A:B:C:aUzZyEFGPb', operands: 1, given: 'ef' },
  expand: { options: 't:i', operands: 0 },
  expr: 'never',
  fgrep: { options: 'e:f:ivwxcnlLqsohHrRm:A:B:C:aUzZyEFGPb', operands: 1, given: 'ef' },
  file: 'never',
  find: 'never',
  fold: { options: 'w:bs', operands: 0 },
  grep: { options: 'e:f:ivwxcnlLqsohHrRm:A:B:C:aUzZyEFGPb', operands: 1, given: 'ef' },
  gunzip: { options: 'cdfklnqrtv123456789', operands: 0 },
  gzip: { options: 'cdfklnqrtv123456789S:', operands: 0 },
  join: { options: 'a:e:i1:2:j:o:t:v:', operands: 0 },
  jq: { options: 'rnescSCMjaf:', operands: 1, given: 'f' },
  ln: 'never',
  md5sum: { options: 'bctwz', operands: 0 },
  mkdir: 'never',
  mv: 'never',
  nl: { options: 'b:d:f:h:i:l:n:ps:v:w:', operands: 0 },
  od: { options: 'A:j:N:t:vw:abcdfiloxS:', operands: 0 },
  paste: { options: 'd:sz', operands: 0 },
  readlink: 'never',
  rev: { options: '', operands: 0 },
  rm: 'never',
  rmdir: 'never',
  sed: { options: 'e:f:nErsi:zl:u', operands: 1, given: 'ef' },
  sha1sum: { options: 'bctwz', operands: 0 },
  sha256sum: { options: 'bctwz', operands: 0 },
  split: { options: 'a:b:C:dl:n:x', operands: 0 },
  stat: 'never',
  strings: { options: 'an:t:fo', operands: 0 },
  tac: { options: 'brs:', operands: 0 },
  tar: { options: 'cxtzjJf:C:vpkOrua:T:X:', operands: 9 },
  tr: 'always',
  tree: 'never',
  unexpand: { options: 'at:', operands: 0 },
  uniq: { options: 'cdDf:is:uw:z', operands: 0 },
  wc: { options: 'clmLw', operands: 0 },
  zcat: { options: 'fhlLrtvV', operands: 0 },
}

/** Names of the text programs. */
export const TEXT_PROGRAM_NAMES: readonly CommandName[] = Object.keys(TEXT_PROGRAMS) as CommandName[]

/**
 * just-bash's text programs over an instance's files. Nothing of its shell, its network and its clock is in use: each call is one program
 * with its arguments, and the scheduler lets no time pass meanwhile.
 */
export class TextPrograms {
  readonly #scheduler: ShellScheduler
  readonly #bash: Bash

  constructor(files: InstanceFileSystem, scheduler: ShellScheduler) {
    this.#scheduler = scheduler
    this.#bash = new Bash({
      fs: new TextProgramFiles(files),
      commands: [...TEXT_PROGRAM_NAMES, 'printf'],
      cwd: '/',
      defenseInDepth: false,
      // Deadlines would be timers of the real world; the other limits end programs that do not end.
      executionLimits: {
        maxExecutionTimeMs: Number.POSITIVE_INFINITY,
        maxExtensionCleanupTimeMs: Number.POSITIVE_INFINITY,
        maxAwkIterations: 1_000_000,
        maxSedIterations: 1_000_000,
        maxJqIterations: 1_000_000,
        maxOutputSize: 64 * 1024 * 1024,
      },
    })
  }

  /** The program of a name. */
  program(name: CommandName): Program {
    const rule = TEXT_PROGRAMS[name] ?? 'never'
    return (context) => this.#run(context, name, rule)
  }

  /** The groups that an extended regular expression finds; undefined without a match, `invalid` for what is none. */
  *matchRegex(text: string, pattern: string): Task<readonly string[] | undefined | 'invalid'> {
    const result = yield* this.#scheduler.outside(() =>
      this.#bash.exec('[[ $TEXT =~ $PATTERN ]]; s=$?; printf "%s\\0" "${BASH_REMATCH[@]}"; exit $s', {
        env: { TEXT: text, PATTERN: pattern },
        replaceEnv: true,
        rawScript: true,
      }),
    )
    if (result.exitCode === 2 || result.stderr !== '') return 'invalid'
    return result.exitCode === 0 ? result.stdout.split('\0').slice(0, -1) : undefined
  }

  *#run(context: ProgramContext, name: CommandName, rule: InputRule): Task<number> {
    const refusal = refusedUse(name, context.args)
    if (refusal !== undefined) {
      yield* printError(context, `${context.name}: ${refusal}\n`)
      return 2
    }
    let args = [...context.args]
    let stdin: Uint8Array
    try {
      const filter = lineFilter(name, args)
      if (filter && readsInput(rule, args)) return yield* this.#runByLines(context, name, args, filter)
      stdin = readsInput(rule, args)
        ? yield* readToEnd(context.process, context.process.files.require(0))
        : new Uint8Array(0)
      args = yield* this.#withReadPipes(context, args)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* printError(context, `${context.name}: ${error.message}\n`)
      return 1
    }
    const { bytes, errors, status } = yield* this.#call(context, name, timed(name, args, context), stdin)
    yield* print(context, name === 'uniq' && countsLines(context.args) ? widened(bytes) : bytes)
    if (errors !== '') yield* printError(context, errors)
    return status
  }

  *#call(
    context: ProgramContext,
    name: CommandName,
    args: readonly string[],
    stdin: Uint8Array,
  ): Task<{ readonly bytes: Uint8Array; readonly errors: string; readonly status: number }> {
    const environment = Object.fromEntries(context.environment)
    const result = yield* this.#scheduler.outside(() =>
      this.#bash.exec(name, {
        args: [...args],
        stdin: latin1(stdin),
        stdinKind: 'bytes',
        cwd: context.process.directory,
        env: { ...environment, PATH: '/usr/bin:/bin' },
        replaceEnv: true,
        rawScript: true,
      }),
    )
    const isBinary = result.stdoutKind === 'bytes' || result.stdoutEncoding === 'binary'
    const bytes = isBinary
      ? Uint8Array.from(result.stdout, (character) => character.charCodeAt(0))
      : toBytes(result.stdout)
    return { bytes, errors: withoutShellPrefix(result.stderr, name), status: result.exitCode }
  }

  /** Programs that look at each line by itself print as their input comes. */
  *#runByLines(context: ProgramContext, name: CommandName, args: readonly string[], filter: LineFilter): Task<number> {
    let matched = 0
    let status = 1
    const rest: Uint8Array[] = []
    for (;;) {
      const bytes = yield* context.process.read(0)
      const end = bytes.lastIndexOf(10)
      if (bytes.length > 0 && end < 0) {
        rest.push(bytes)
        continue
      }
      const whole = bytes.length === 0 ? rest.splice(0) : [...rest.splice(0), bytes.subarray(0, end + 1)]
      if (bytes.length > end + 1) rest.push(bytes.subarray(end + 1))
      const text = joinBytes(whole)
      if (text.length > 0) {
        const left = filter.maximum === undefined ? [] : ['-m', String(filter.maximum - matched)]
        const result = yield* this.#call(context, name, [...left, ...args], text)
        if (result.errors !== '') yield* printError(context, result.errors)
        if (result.status > 1) return result.status
        if (result.status === 0) status = 0
        yield* print(context, result.bytes)
        matched += countLines(result.bytes)
        if (result.status === 0 && filter.endsAtMatch) return 0
        if (filter.maximum !== undefined && matched >= filter.maximum) return 0
      }
      if (bytes.length === 0) return filter.isGrep ? status : 0
    }
  }

  /** Arguments that name pipes are read to their end and given as files. */
  *#withReadPipes(context: ProgramContext, args: readonly string[]): Task<string[]> {
    const { fileSystem } = context.process.kernel
    const replaced: string[] = []
    for (const [i, word] of args.entries()) {
      if (descriptorOf(word) === undefined || !context.process.files.get(descriptorOf(word) ?? -1)) {
        replaced.push(word)
        continue
      }
      const path = `/tmp/.fd-${context.process.id}-${i}`
      fileSystem.write(path, (yield* readAll(context.process, word)).slice())
      replaced.push(path)
    }
    return replaced
  }
}

interface LineFilter {
  readonly isGrep: boolean
  readonly endsAtMatch: boolean
  readonly maximum: number | undefined
}

/** Whether a call looks at each line by itself, so that it can be made for the lines that are there. */
function lineFilter(name: CommandName, args: readonly string[]): LineFilter | undefined {
  if (name === 'cut' || name === 'rev') return { isGrep: false, endsAtMatch: false, maximum: undefined }
  if (name !== 'grep' && name !== 'egrep' && name !== 'fgrep') return undefined
  if (args.some((word) => word.startsWith('--') && !LINE_OPTIONS.has(word.split('=')[0] ?? ''))) return undefined
  const rule = TEXT_PROGRAMS.grep
  if (typeof rule !== 'object') return undefined
  const parsed = parseOptions(
    args.filter((word) => !word.startsWith('--')),
    { short: rule.options },
  )
  if ('problem' in parsed || /[cnABCblLHrRzm]/.test([...parsed.values.keys()].join(''))) return undefined
  return { isGrep: true, endsAtMatch: parsed.values.has('q'), maximum: undefined }
}

const LINE_OPTIONS: ReadonlySet<string> = new Set(['--line-buffered', '--color', '--colour'])

function readsInput(rule: InputRule, args: readonly string[]): boolean {
  if (typeof rule === 'string') return rule === 'always'
  const short = args.filter((word) => !word.startsWith('--'))
  const parsed = parseOptions(short, { short: rule.options })
  if ('problem' in parsed) return false
  const given = rule.given !== undefined && [...rule.given].some((letter) => parsed.values.has(letter))
  const files = parsed.operands.slice(given ? 0 : rule.operands)
  if (files.includes('-')) return true
  return files.length === 0 && !(parsed.values.has('r') && rule.given === 'ef') && !parsed.values.has('R')
}

/** Uses that would look at the clock or at chance of the real world. */
function refusedUse(name: CommandName, args: readonly string[]): string | undefined {
  if (name === 'find') {
    const test = args.find((word) => /^-(?:[acm](?:time|min)|newer[acmB]t|daystart|used)$/.test(word))
    if (test !== undefined) return `${test}: not simulated; compare with a file by -newer`
    const action = args.find((word) => /^-(?:exec|execdir|ok|okdir)$/.test(word))
    if (action !== undefined) return `${action}: not simulated; use find … -print0 | xargs -0`
  }
  if (name === 'awk') {
    const call = args
      .map((word) => /\b(rand|srand|systime|strftime)\s*\(/.exec(word)?.[1])
      .find((found) => found !== undefined)
    if (call !== undefined)
      return `${call}(): not simulated; give the value by -v, e.g. -v now=$EPOCHSECONDS or -v r=$RANDOM`
  }
  return undefined
}

/** Gives jq the simulation's time. */
function timed(name: CommandName, args: readonly string[], context: ProgramContext): readonly string[] {
  if (name === 'paste') return separated(args, TEXT_PROGRAMS.paste)
  if (name === 'tr') return args.map(octalEscapes)
  if (name !== 'jq') return args
  const seconds = context.process.kernel.host.clockMicroseconds / 1_000_000
  const at = args.findIndex(
    (word, i) => !word.startsWith('-') && !/^--(?:arg|argjson|slurpfile|rawfile|indent)$/.test(args[i - 1] ?? ''),
  )
  const program = args[at]
  if (program === undefined || !/\bnow\b/.test(program)) return args
  return args.map((word, i) => (i === at ? `def now: ${seconds}; ${word}` : word))
}

/** Options one by one: this program of just-bash takes no clusters. */
function separated(args: readonly string[], rule: InputRule | undefined): readonly string[] {
  if (typeof rule !== 'object' || args.some((word) => word.startsWith('--'))) return args
  const parsed = parseOptions(args, { short: rule.options })
  if ('problem' in parsed) return args
  const options = parsed.all.map(({ name, value }) => `-${name}${value}`)
  return [...options, ...(parsed.operands.length > 0 ? parsed.operands : ['-'])]
}

function countsLines(args: readonly string[]): boolean {
  return args.some((word) => /^-[a-z]*c/.test(word) || word === '--count')
}

/** Counts in seven columns, as GNU uniq prints them. */
function widened(bytes: Uint8Array): Uint8Array {
  return toBytes(toText(bytes).replace(/^ *(\d+) /gm, (_, count: string) => `${count.padStart(7)} `))
}

/** The characters of `tr`'s escapes `\\0` to `\\377`. */
function octalEscapes(word: string): string {
  return word.replace(/\\([0-3]?[0-7]{1,2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

/** just-bash's shell puts its own name before some messages. */
function withoutShellPrefix(errors: string, name: string): string {
  return errors.replace(new RegExp(`^bash: (?:line \\d+: )?(?=${name}: )`, 'gm'), '')
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

function countLines(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if (byte === 10) count += 1
  return count
}
