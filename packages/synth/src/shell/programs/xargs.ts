import { FileError } from '../files/file-error.ts'
import { toText } from '../kernel/bytes.ts'
import { DeviceHandle } from '../kernel/file-handle.ts'
import { openPath, readToEnd } from '../kernel/open-path.ts'
import type { ExitStatus, Process } from '../kernel/process.ts'
import { type Program, type ProgramContext, printError } from '../program.ts'
import type { Task } from '../task.ts'
import { coreutilsProblem } from './coreutils-time.ts'
import { missingReason } from './not-simulated.ts'
import { parseOptions } from './options.ts'

/** Characters of one command line, as GNU xargs has it unless told otherwise. */
const LINE_LIMIT = 128 * 1024

/** `xargs [-0rt] [-n count] [-L lines] [-P count] [-I text] [-d delimiter] [-a file] [command …]` (findutils) */
export const xargs: Program = function* (context) {
  const parsed = parseOptions(context.args, {
    short: '0rtn:L:P:I:d:a:x',
    long: {
      null: '0',
      'no-run-if-empty': 'r',
      verbose: 't',
      'max-args=': 'n',
      'max-lines=': 'L',
      'max-procs=': 'P',
      'replace=': 'I',
      'delimiter=': 'd',
      'arg-file=': 'a',
    },
    stopsAtOperand: true,
  })
  if ('problem' in parsed) return yield* coreutilsProblem(context, parsed.problem)
  const { values } = parsed
  for (const option of ['n', 'L', 'P']) {
    const text = values.get(option)
    if (text === undefined || (/^\d+$/.test(text) && (Number(text) > 0 || option === 'P'))) continue
    yield* printError(
      context,
      `xargs: invalid number "${text}" for -${option} option\nTry 'xargs --help' for more information.\n`,
    )
    return 1
  }
  let text: string
  try {
    const file = values.get('a')
    const input = file === undefined ? context.process.files.require(0) : openPath(context.process, file, 'read')
    text = toText(yield* readToEnd(context.process, input))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    yield* printError(context, `xargs: Cannot open input file ‘${values.get('a')}’: ${error.message}\n`)
    return 1
  }
  const delimiter = values.has('0') ? '\0' : values.has('d') ? delimiterOf(values.get('d') ?? '') : undefined
  const command = parsed.operands.length > 0 ? parsed.operands : ['echo']
  const lines = commandLines(text, command, {
    delimiter,
    replace: values.get('I'),
    perCommand: values.has('n') ? Number(values.get('n')) : undefined,
    linesPerCommand: values.has('L') ? Number(values.get('L')) : undefined,
  })
  if (lines === undefined) {
    yield* printError(
      context,
      'xargs: unmatched single quote; by default quotes are special to xargs unless you use the -0 option\n',
    )
    return 1
  }
  if (lines.length === 0 && !values.has('r') && !values.has('I')) lines.push([...command])
  return yield* runAll(context, lines, Number(values.get('P') ?? '1') || lines.length, values.has('t'))
}

interface ItemOptions {
  readonly delimiter: string | undefined
  readonly replace: string | undefined
  readonly perCommand: number | undefined
  readonly linesPerCommand: number | undefined
}

function delimiterOf(text: string): string {
  return text.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\0/g, '\0').slice(0, 1)
}

/** The command lines to run; undefined where a quote has no end. */
function commandLines(text: string, command: readonly string[], options: ItemOptions): string[][] | undefined {
  const { replace, delimiter } = options
  if (replace !== undefined) {
    const items = text
      .split(delimiter ?? '\n')
      .map((line) => (delimiter === undefined ? line.replace(/^[ \t]+/, '') : line))
    return items.filter((item) => item !== '').map((item) => command.map((word) => word.replaceAll(replace, item)))
  }
  if (options.linesPerCommand !== undefined) {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    const groups: string[][] = []
    for (let at = 0; at < lines.length; at += options.linesPerCommand) {
      const items = quotedItems(lines.slice(at, at + options.linesPerCommand).join('\n'))
      if (!items) return undefined
      groups.push([...command, ...items])
    }
    return groups
  }
  const items =
    delimiter === undefined
      ? quotedItems(text)
      : text.split(delimiter).filter((item, i, all) => item !== '' || i < all.length - 1)
  if (!items) return undefined
  const groups: string[][] = []
  let group: string[] = []
  let length = 0
  for (const item of items) {
    if (group.length > 0 && (group.length === options.perCommand || length + item.length > LINE_LIMIT)) {
      groups.push([...command, ...group])
      group = []
      length = 0
    }
    group.push(item)
    length += item.length + 1
  }
  if (group.length > 0) groups.push([...command, ...group])
  return groups
}

/** Items by blanks and line ends; quotes and backslashes take their meaning away. */
function quotedItems(text: string): string[] | undefined {
  const items: string[] = []
  let item: string | undefined
  let quote = ''
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] as string
    if (quote !== '') {
      if (character === quote) quote = ''
      else if (character === '\n') return undefined
      else item = (item ?? '') + character
    } else if (character === '"' || character === "'") {
      quote = character
      item ??= ''
    } else if (character === '\\' && i + 1 < text.length) {
      i += 1
      item = (item ?? '') + text[i]
    } else if (/\s/.test(character)) {
      if (item !== undefined) items.push(item)
      item = undefined
    } else item = (item ?? '') + character
  }
  if (quote !== '') return undefined
  if (item !== undefined) items.push(item)
  return items
}

function* runAll(
  context: ProgramContext,
  lines: readonly (readonly string[])[],
  parallel: number,
  isVerbose: boolean,
): Task<number> {
  const { process } = context
  const { kernel } = process
  let status = 0
  const running: Process[] = []
  const finish = function* (): Task<boolean> {
    const { index, result } = yield* kernel.scheduler.race<ExitStatus>(running.map((child) => child.exit.wait()))
    const [child] = running.splice(index, 1)
    if (result.code === 126 || result.code === 127) status = result.code
    else if (result.signal) {
      yield* printError(context, `xargs: ${child?.name}: terminated by signal ${result.code - 128}\n`)
      status = 125
    } else if (result.code === 255) {
      yield* printError(context, `xargs: ${child?.name}: exited with status 255; aborting\n`)
      status = 124
    } else if (result.code !== 0 && status === 0) status = 123
    return status >= 124
  }
  for (const line of lines) {
    if (running.length >= parallel && (yield* finish())) break
    if (isVerbose) yield* printError(context, `${line.join(' ')}\n`)
    const files = process.files.clone()
    files.set(0, new DeviceHandle('null', () => 0))
    running.push(
      kernel.spawn(process, { name: line[0] ?? '', commandLine: line.join(' '), files }, function* (child) {
        const ended = yield* context.system.execute(child, line, context.environment)
        if (typeof ended === 'number') return ended
        const reason =
          ended === 'not-found' ? missingReason(line[0] ?? '', 'No such file or directory') : 'Permission denied'
        yield* child.write(2, `xargs: ${line[0]}: ${reason}\n`)
        return ended === 'not-found' ? 127 : 126
      }),
    )
  }
  while (running.length > 0) yield* finish()
  return status
}
