import { BashRandom } from './bash-random.ts'
import type { ShellState } from './shell-state.ts'
import { elementsOf } from './variable.ts'

/** The bash that is simulated: that of Ubuntu 24.04 and Debian 12. */
export const BASH_VERSION = '5.2.21(1)-release'

const MICROSECONDS = 1_000_000

/** Variables whose value is made when they are read. */
const DYNAMIC: Readonly<Record<string, (shell: ShellState) => string | undefined>> = {
  RANDOM: (shell) => {
    shell.random ??= new BashRandom(shell.process.kernel.host.randomUint32())
    return String(shell.random.next())
  },
  SRANDOM: (shell) => String(shell.process.kernel.host.randomUint32()),
  SECONDS: (shell) => String(elapsedSeconds(shell) + shell.secondsOffset),
  EPOCHSECONDS: (shell) => String(Math.floor(shell.process.kernel.host.clockMicroseconds / MICROSECONDS)),
  EPOCHREALTIME: (shell) => {
    const now = shell.process.kernel.host.clockMicroseconds
    return `${Math.floor(now / MICROSECONDS)}.${String(now % MICROSECONDS).padStart(6, '0')}`
  },
  LINENO: (shell) => String(shell.line),
  BASHPID: (shell) => String(shell.process.id),
  BASH_SUBSHELL: (shell) => String(shell.subshellDepth),
  FUNCNAME: (shell) => shell.functionCalls[0]?.name,
  PPID: (shell) => String(shell.parentId),
  UID: (shell) => String(shell.process.user.id),
  EUID: (shell) => String(shell.process.user.id),
  BASH_VERSION: () => BASH_VERSION,
  PIPESTATUS: (shell) => String(shell.pipeStatuses[0] ?? 0),
  SHELLOPTS: (shell) => ['braceexpand', 'hashall', 'interactive-comments', ...shell.options].sort().join(':'),
}

/** Arrays whose elements are made when they are read. */
const DYNAMIC_ARRAYS: Readonly<Record<string, (shell: ShellState) => string[]>> = {
  PIPESTATUS: (shell) => shell.pipeStatuses.map(String),
  FUNCNAME: (shell) => shell.functionCalls.map((call) => call.name),
  BASH_LINENO: (shell) => shell.functionCalls.map((call) => String(call.line)),
  BASH_VERSINFO: () => ['5', '2', '21', '1', 'release', 'x86_64-pc-linux-gnu'],
  GROUPS: (shell) => [String(shell.process.user.id)],
  DIRSTACK: (shell) => [shell.process.directory, ...shell.directoryStack],
}

/** What assigning to a dynamic variable does; to the others nothing happens. */
const SETTERS: Readonly<Record<string, (shell: ShellState, value: string) => void>> = {
  RANDOM: (shell, value) => {
    const seed = Number.parseInt(value, 10) || 0
    shell.random ??= new BashRandom(seed)
    shell.random.seed(seed)
  },
  SECONDS: (shell, value) => {
    shell.secondsFrom = shell.process.kernel.host.clockMicroseconds
    shell.secondsOffset = Number.parseInt(value, 10) || 0
  },
}

/** Variables that a script may not assign to. */
export const READONLY_SPECIALS: ReadonlySet<string> = new Set(['EUID', 'PPID', 'UID', 'SHELLOPTS', 'BASH_VERSINFO'])

/** Whether a name's value is made when it is read, and nothing has been assigned that replaces it. */
export function isDynamic(name: string): boolean {
  return Object.hasOwn(DYNAMIC, name) || Object.hasOwn(DYNAMIC_ARRAYS, name)
}

/** The value of a dynamic variable, undefined where it has none. */
export function readDynamic(shell: ShellState, name: string): string | undefined {
  return Object.hasOwn(DYNAMIC, name) ? DYNAMIC[name]?.(shell) : DYNAMIC_ARRAYS[name]?.(shell)[0]
}

/** The elements of a dynamic array; of other dynamic variables their value. */
export function readDynamicElements(shell: ShellState, name: string): string[] {
  if (Object.hasOwn(DYNAMIC_ARRAYS, name)) return DYNAMIC_ARRAYS[name]?.(shell) ?? []
  const value = readDynamic(shell, name)
  return value === undefined ? [] : [value]
}

/** Assigns to a dynamic variable. */
export function assignDynamic(shell: ShellState, name: string, value: string): void {
  if (Object.hasOwn(SETTERS, name)) SETTERS[name]?.(shell, value)
}

function elapsedSeconds(shell: ShellState): number {
  const now = shell.process.kernel.host.clockMicroseconds
  return Math.floor(now / MICROSECONDS) - Math.floor(shell.secondsFrom / MICROSECONDS)
}

/** The elements of any variable, dynamic or not; undefined where it is not set. */
export function readElements(shell: ShellState, name: string): string[] | undefined {
  const resolved = shell.variables.resolve(name)
  if (isDynamic(resolved)) return readDynamicElements(shell, resolved)
  const variable = shell.variables.find(resolved)
  return variable && elementsOf(variable)
}
