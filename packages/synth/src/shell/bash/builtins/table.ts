import type { Builtin } from '../executor.ts'
import { declare, evaluateLet, exportNames, local, readonlyNames, unset } from './declarations.ts'
import { cd, dirs, popd, pushd, pwd } from './directory.ts'
import { colon, evaluate, exec, exit, leaveFunction, loopJump, no, runBuiltinOnly, source } from './flow-control.ts'
import { mapfile, read } from './input.ts'
import { disown, jobs, kill, noJobControl, trap, wait } from './jobs.ts'
import { alias, caller, hash, makeCommand, makeType, notSimulated, test, ulimit, unalias } from './lookup.ts'
import { echo, printf } from './output.ts'
import { getopts, set, shift, shopt, times, umask } from './settings.ts'

const names = { has: (name: string): boolean => Object.hasOwn(BUILTINS, name) }

/** The commands that are part of the shell. */
export const BUILTINS: Readonly<Record<string, Builtin>> = {
  '.': source,
  ':': colon,
  '[': test,
  alias,
  bg: noJobControl,
  bind: notSimulated,
  break: loopJump,
  builtin: runBuiltinOnly,
  caller,
  cd,
  command: makeCommand(() => names),
  compgen: notSimulated,
  complete: notSimulated,
  compopt: notSimulated,
  continue: loopJump,
  declare,
  dirs,
  disown,
  echo,
  enable: notSimulated,
  eval: evaluate,
  exec,
  exit,
  export: exportNames,
  false: no,
  fc: notSimulated,
  fg: noJobControl,
  getopts,
  hash,
  help: notSimulated,
  history: notSimulated,
  jobs,
  kill,
  let: evaluateLet,
  local,
  logout: notSimulated,
  mapfile,
  popd,
  printf,
  pushd,
  pwd,
  read,
  readarray: mapfile,
  readonly: readonlyNames,
  return: leaveFunction,
  set,
  shift,
  shopt,
  source,
  suspend: notSimulated,
  test,
  times,
  trap,
  true: colon,
  type: makeType(() => names),
  typeset: declare,
  ulimit,
  umask,
  unalias,
  unset,
  wait,
}
