import type { Task } from '../../task.ts'
import { assign } from '../assign.ts'
import type { Builtin } from '../executor.ts'
import {
  SET_OPTIONS,
  SET_OPTIONS_WITHOUT_EFFECT,
  type SetOption,
  SHOPT_DEFAULTS,
  SHOPT_WITHOUT_EFFECT,
  type ShoptOption,
} from '../shell-options.ts'
import type { ShellState } from '../shell-state.ts'
import { hasValue } from '../variable.ts'
import { setText } from './declarations.ts'

/** `set [-+aefuxC…] [-o name] [--] [argument …]` */
export const set: Builtin = function* ({ shell, args }) {
  if (args.length === 0) {
    for (const name of shell.variables.names()) {
      const variable = shell.variables.find(name)
      if (variable && hasValue(variable)) yield* shell.process.write(1, `${setText(name, variable)}\n`)
    }
    return 0
  }
  let at = 0
  for (; at < args.length; at += 1) {
    const word = args[at] as string
    if (word === '--') {
      shell.positional = args.slice(at + 1)
      return 0
    }
    if (word === '-' || !/^[-+]/.test(word)) {
      shell.positional = args.slice(word === '-' ? at + 1 : at)
      return 0
    }
    const isOn = word.startsWith('-')
    for (const letter of word.slice(1)) {
      if (letter === 'o') {
        at += 1
        if (args[at] === undefined) return yield* printOptions(shell, isOn)
        if (!(yield* setByName(shell, args[at] as string, isOn))) return 2
      } else if (!(yield* setByLetter(shell, letter, isOn))) return 2
    }
  }
  return 0
}

function change(shell: ShellState, option: SetOption, isOn: boolean): void {
  if (isOn) shell.options.add(option)
  else shell.options.delete(option)
}

function* setByName(shell: ShellState, name: string, isOn: boolean): Task<boolean> {
  if (Object.hasOwn(SET_OPTIONS, name)) change(shell, name as SetOption, isOn)
  else if (!Object.hasOwn(SET_OPTIONS_WITHOUT_EFFECT, name)) {
    yield* shell.complain(`set: ${name}: ${NOT_SIMULATED.has(name) ? 'option not simulated' : 'invalid option name'}`)
    return false
  }
  return true
}

/** Options of bash that would change what scripts do, and that this shell does not have. */
const NOT_SIMULATED: ReadonlySet<string> = new Set([
  'functrace',
  'ignoreeof',
  'keyword',
  'noexec',
  'onecmd',
  'physical',
  'posix',
  'privileged',
  'verbose',
])
const NOT_SIMULATED_LETTERS = 'kntvPTp'

function* setByLetter(shell: ShellState, letter: string, isOn: boolean): Task<boolean> {
  const option = (Object.keys(SET_OPTIONS) as SetOption[]).find((name) => SET_OPTIONS[name] === letter)
  if (option) {
    change(shell, option, isOn)
    return true
  }
  if (Object.values(SET_OPTIONS_WITHOUT_EFFECT).includes(letter)) return true
  const sign = isOn ? '-' : '+'
  if (NOT_SIMULATED_LETTERS.includes(letter)) {
    yield* shell.complain(`set: ${sign}${letter}: option not simulated`)
    return false
  }
  yield* shell.complain(`set: ${sign}${letter}: invalid option`)
  yield* shell.process.write(2, 'set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n')
  return false
}

function* printOptions(shell: ShellState, isTable: boolean): Task<number> {
  const names = [...Object.keys(SET_OPTIONS), ...Object.keys(SET_OPTIONS_WITHOUT_EFFECT)].sort()
  for (const name of names) {
    const isOn = Object.hasOwn(SET_OPTIONS, name)
      ? shell.options.has(name as SetOption)
      : ['braceexpand', 'hashall', 'interactive-comments'].includes(name)
    const line = isTable ? `${name.padEnd(15)}\t${isOn ? 'on' : 'off'}` : `set ${isOn ? '-' : '+'}o ${name}`
    yield* shell.process.write(1, `${line}\n`)
  }
  return 0
}

/** `shopt [-pqsu] [name …]` */
export const shopt: Builtin = function* ({ shell, args }) {
  const letters = args.filter((word) => /^-[pqsuo]+$/.test(word)).join('')
  const names = args.filter((word) => !word.startsWith('-'))
  if (letters.includes('o')) {
    yield* shell.complain('shopt: -o: option not simulated; use set -o')
    return 1
  }
  let status = 0
  for (const name of names.length > 0 ? names : Object.keys(SHOPT_DEFAULTS)) {
    if (!Object.hasOwn(SHOPT_DEFAULTS, name)) {
      if (SHOPT_WITHOUT_EFFECT.has(name)) continue
      yield* shell.complain(`shopt: ${name}: invalid shell option name`)
      status = 1
      continue
    }
    const option = name as ShoptOption
    if (letters.includes('s')) shell.shopt[option] = true
    else if (letters.includes('u')) shell.shopt[option] = false
    else {
      if (!shell.shopt[option] && names.length > 0) status = 1
      const line = letters.includes('p')
        ? `shopt ${shell.shopt[option] ? '-s' : '-u'} ${name}`
        : `${name.padEnd(15)}\t${shell.shopt[option] ? 'on' : 'off'}`
      if (!letters.includes('q')) yield* shell.process.write(1, `${line}\n`)
    }
  }
  return status
}

/** `shift [n]` */
export const shift: Builtin = function* ({ shell, args }) {
  const count = args[0] === undefined ? 1 : Number(args[0])
  if (!Number.isInteger(count)) {
    yield* shell.complain(`shift: ${args[0]}: numeric argument required`)
    return 1
  }
  if (count < 0) {
    yield* shell.complain(`shift: ${args[0]}: shift count out of range`)
    return 1
  }
  if (count > shell.positional.length) return 1
  shell.positional = shell.positional.slice(count)
  return 0
}

/** `getopts options name [argument …]` (POSIX getopts) */
export const getopts: Builtin = function* ({ shell, args }) {
  const [options, name, ...given] = args
  if (options === undefined || name === undefined) {
    yield* shell.process.write(2, 'getopts: usage: getopts optstring name [arg ...]\n')
    return 2
  }
  const words = given.length > 0 ? given : shell.positional
  const isSilent = options.startsWith(':')
  let index = Number(shell.variables.find('OPTIND')?.value ?? '1') || 1
  if (index === 1 && shell.optionPlace > 0 && shell.lastOptionIndex !== 1) shell.optionPlace = 0
  const word = words[index - 1]
  const finish = (letter: string, status: number, value?: string): number => {
    assign(shell, name, letter)
    if (value === undefined) shell.variables.unset('OPTARG')
    else assign(shell, 'OPTARG', value)
    assign(shell, 'OPTIND', String(index))
    shell.lastOptionIndex = index
    return status
  }
  if (word === undefined || !/^-./.test(word) || word === '--') {
    if (word === '--') index += 1
    shell.optionPlace = 0
    return finish('?', 1)
  }
  const place = shell.optionPlace || 1
  const letter = word[place] as string
  const next = (): void => {
    shell.optionPlace = place + 1
    if (shell.optionPlace < word.length) return
    index += 1
    shell.optionPlace = 0
  }
  const at = letter === ':' ? -1 : options.indexOf(letter)
  if (at < 0) {
    next()
    if (isSilent) return finish('?', 0, letter)
    yield* shell.process.write(2, `${shell.name}: illegal option -- ${letter}\n`)
    return finish('?', 0)
  }
  if (options[at + 1] !== ':') {
    next()
    return finish(letter, 0)
  }
  shell.optionPlace = 0
  index += 1
  if (place + 1 < word.length) return finish(letter, 0, word.slice(place + 1))
  const value = words[index - 1]
  if (value !== undefined) {
    index += 1
    return finish(letter, 0, value)
  }
  if (isSilent) return finish(':', 0, letter)
  yield* shell.process.write(2, `${shell.name}: option requires an argument -- ${letter}\n`)
  return finish('?', 0)
}

/** `umask [mode]` */
export const umask: Builtin = function* ({ shell, args }) {
  const mode = args.find((word) => !word.startsWith('-'))
  if (mode === undefined) {
    yield* shell.process.write(1, `${shell.umask.toString(8).padStart(4, '0')}\n`)
    return 0
  }
  if (!/^[0-7]{1,4}$/.test(mode)) {
    yield* shell.complain(`umask: ${mode}: octal number expected`)
    return 1
  }
  shell.umask = Number.parseInt(mode, 8)
  return 0
}

/** `times`: commands take no processor time in the simulation. */
export const times: Builtin = function* ({ process }) {
  yield* process.write(1, '0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n')
  return 0
}
