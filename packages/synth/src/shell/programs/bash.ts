import type { BashExecutor } from '../bash/bash-executor.ts'
import type { Executor } from '../bash/executor.ts'
import { parseRunnable } from '../bash/parse-script.ts'
import { SET_OPTIONS, type SetOption } from '../bash/shell-options.ts'
import { runShellProcess } from '../bash/shell-process.ts'
import { ShellState } from '../bash/shell-state.ts'
import { BASH_VERSION } from '../bash/special-variables.ts'
import { FileError } from '../files/file-error.ts'
import { toText } from '../kernel/bytes.ts'
import { readAll, readToEnd } from '../kernel/open-path.ts'
import type { Process } from '../kernel/process.ts'
import { type Program, print, printError } from '../program.ts'
import type { Task } from '../task.ts'

/** `bash [-celux…] [-o option] [-c text|file] [argument …]` and `sh`, which is the same shell here. */
export function makeBash(executor: () => BashExecutor): Program {
  return function* (context) {
    const { process, name } = context
    const rest = [...context.args]
    const options = new Set<SetOption>()
    let command: string | undefined
    let wantsCommand = false
    let readsInput = false
    let onlyReads = false
    while (/^[-+]./.test(rest[0] ?? '')) {
      const word = rest.shift() as string
      if (word === '--') break
      if (word === '--version') {
        yield* print(context, `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)\n`)
        return 0
      }
      if (word.startsWith('--')) {
        if (['--login', '--norc', '--noprofile', '--posix'].includes(word)) continue
        yield* printError(context, `${name}: ${word}: invalid option\n`)
        return 2
      }
      for (const letter of word.slice(1)) {
        const option = (Object.keys(SET_OPTIONS) as SetOption[]).find((candidate) => SET_OPTIONS[candidate] === letter)
        if (letter === 'c') wantsCommand = true
        else if (letter === 's') readsInput = true
        else if (letter === 'n') onlyReads = true
        else if (letter === 'o') {
          const long = rest.shift() ?? ''
          if (!Object.hasOwn(SET_OPTIONS, long)) {
            yield* printError(context, `${name}: line 0: ${name}: ${long}: invalid option name\n`)
            return 2
          }
          options.add(long as SetOption)
        } else if (option) options.add(option)
        else if (!'lih'.includes(letter)) {
          yield* printError(context, `${name}: -${letter}: invalid option\n`)
          return 2
        }
      }
    }
    let shellName = name
    let place = ''
    try {
      if (wantsCommand) {
        command = rest.shift()
        if (command === undefined) {
          yield* printError(context, `${name}: -c: option requires an argument\n`)
          return 2
        }
        shellName = rest.shift() ?? name
        place = '-c'
      } else if (readsInput || rest.length === 0) command = toText(yield* readToEnd(process, process.files.require(0)))
      else {
        shellName = rest.shift() as string
        command = toText(yield* readAll(process, shellName))
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      yield* printError(context, `${name}: ${shellName}: ${error.message}\n`)
      return error.code === 'ENOENT' ? 127 : 126
    }
    const shell = startShellState(executor(), process, context.environment, shellName)
    shell.positional = rest
    for (const option of options) shell.options.add(option)
    return yield* runScript(executor(), shell, command, place, onlyReads)
  }
}

/** Runs a script's text as the whole life of a shell; with `onlyReads` it is looked through for mistakes of syntax alone. */
export function* runScript(
  executor: BashExecutor,
  shell: ShellState,
  text: string,
  place: string,
  onlyReads = false,
): Task<number> {
  const { script, error } = parseRunnable(text)
  shell.isCommandString = place === '-c'
  return yield* runShellProcess(
    shell,
    (function* (): Task<number> {
      const status = onlyReads ? 0 : yield* executor.script(shell, script, text)
      if (!error) return status
      const prefix = `${shell.name}: ${place === '' ? '' : `${place}: `}line ${error.line}: `
      const line = text.split('\n')[error.line - 1] ?? ''
      const quoted = /near unexpected token/.test(error.message) ? `${prefix}\`${line}'\n` : ''
      yield* shell.process.write(2, `${prefix}${error.message}\n${quoted}`)
      return 2
    })(),
  )
}

/** The state of a bash that has just started with an environment. */
export function startShellState(
  executor: Executor,
  process: Process,
  environment: ReadonlyMap<string, string>,
  name: string,
): ShellState {
  const shell = new ShellState(executor, process)
  shell.name = name
  const set = (variable: string, value: string, isExported = false): void => {
    const made = shell.variables.obtain(variable)
    made.value = value
    made.isExported = isExported
  }
  set('IFS', ' \t\n')
  set('OPTIND', '1')
  set('PS4', '+ ')
  set('BASH', '/usr/bin/bash')
  set('HOSTNAME', process.kernel.host.identity.hostname)
  set('HOSTTYPE', 'x86_64')
  set('MACHTYPE', 'x86_64-pc-linux-gnu')
  set('OSTYPE', 'linux-gnu')
  for (const [variable, value] of environment) if (/^[A-Za-z_]\w*$/.test(variable)) set(variable, value, true)
  set('PWD', process.directory, true)
  set('SHLVL', String((Number(environment.get('SHLVL')) || 0) + 1), true)
  shell.lastArgument = environment.get('_') ?? name
  return shell
}
