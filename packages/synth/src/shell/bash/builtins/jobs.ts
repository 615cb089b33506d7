import type { ExitStatus, Process } from '../../kernel/process.ts'
import { defaultAction, parseSignal, SIGNAL_DESCRIPTIONS, SIGNAL_NAMES, SIGNAL_NUMBERS } from '../../kernel/signal.ts'
import type { Task } from '../../task.ts'
import { Settlement } from '../../task.ts'
import { assign } from '../assign.ts'
import type { Builtin } from '../executor.ts'
import type { Job } from '../job.ts'
import type { ShellState } from '../shell-state.ts'
import { tellSignal } from '../subshell.ts'

/** `wait [-n] [-p name] [id …]` */
export const wait: Builtin = function* ({ shell, args }) {
  let any = false
  let variable: string | undefined
  const rest = [...args]
  while (/^-./.test(rest[0] ?? '')) {
    const option = rest.shift() as string
    if (option === '--') break
    if (option === '-n') any = true
    else if (option === '-f') continue
    else if (option === '-p') variable = rest.shift()
    else {
      yield* shell.complain(`wait: ${option}: invalid option`)
      yield* shell.process.write(2, 'wait: usage: wait [-fn] [-p var] [id ...]\n')
      return 2
    }
  }
  if (rest.length === 0 && !any) {
    for (const job of shell.jobs) {
      const status = yield* waitOrTrap(shell, [job])
      if (status.kind === 'trapped') return status.code
    }
    for (const job of shell.jobs) shell.rememberEnded(job)
    shell.jobs = []
    return 0
  }
  const jobs: Job[] = []
  for (const word of rest) {
    const job = findJob(shell, word)
    if (job) jobs.push(job)
    else {
      if (word.startsWith('%')) yield* shell.complain(`wait: ${word}: no such job`)
      else if (/^\d+$/.test(word)) yield* shell.complain(`wait: pid ${word} is not a child of this shell`)
      else yield* shell.complain(`wait: \`${word}': not a pid or valid job spec`)
      if (!any) return /^(?:%|\d+$)/.test(word) ? 127 : 1
    }
  }
  if (any) {
    const candidates = (rest.length > 0 ? jobs : shell.jobs).filter((job) => !job.isReported)
    if (candidates.length === 0) return 127
    const status = yield* waitOrTrap(shell, candidates)
    if (status.kind === 'trapped') return status.code
    if (variable !== undefined) assign(shell, variable, String(status.job.process.id))
    forget(shell, status.job)
    return status.code
  }
  let code = 0
  for (const job of jobs) {
    const status = yield* waitOrTrap(shell, [job])
    if (status.kind === 'trapped') return status.code
    code = status.code
    if (variable !== undefined) assign(shell, variable, String(job.process.id))
    forget(shell, job)
  }
  return code
}

type WaitEnd =
  | { readonly kind: 'ended'; readonly code: number; readonly job: Job }
  | { readonly kind: 'trapped'; readonly code: number }

/** Waits for the first of some jobs to end, or for a signal that has a trap. */
function* waitOrTrap(shell: ShellState, jobs: readonly Job[]): Task<WaitEnd> {
  for (const job of jobs) {
    if (job.status) return { kind: 'ended', code: job.status.code, job }
  }
  const trapped = new Settlement<undefined>()
  if (shell.pendingSignals.length > 0) trapped.settle(undefined)
  shell.onTrappedSignal = () => trapped.settle(undefined)
  try {
    const waits: Task<ExitStatus | undefined>[] = jobs.map((job) => job.process.exit.wait())
    const { index, result } = yield* shell.process.kernel.scheduler.race([...waits, trapped.wait()])
    const job = jobs[index]
    if (job && result) {
      job.status = result
      if (result.signal && result.signal !== 'TERM') yield* tellSignal(shell, job.process, result.signal, job.text)
      return { kind: 'ended', code: result.code, job }
    }
    const signal = parseSignal(shell.pendingSignals[0] ?? '')
    return { kind: 'trapped', code: 128 + (signal ? SIGNAL_NUMBERS[signal] : 0) }
  } finally {
    shell.onTrappedSignal = undefined
  }
}

function forget(shell: ShellState, job: Job): void {
  job.isReported = true
  shell.rememberEnded(job)
  shell.jobs = shell.jobs.filter((candidate) => candidate !== job)
}

/** A job by `%1`, `%%`, `%text`, or the id of its process. */
function findJob(shell: ShellState, word: string): Job | undefined {
  if (/^\d+$/.test(word)) {
    return shell.jobs.find((job) => job.process.id === Number(word)) ?? shell.endedJobs.get(Number(word))
  }
  const running = shell.jobs
  if (word === '%' || word === '%%' || word === '%+') return running.at(-1)
  if (word === '%-') return running.at(-2) ?? running.at(-1)
  const number = /^%(\d+)$/.exec(word)?.[1]
  if (number !== undefined) return running.find((job) => job.number === Number(number))
  if (word.startsWith('%?')) return running.findLast((job) => job.text.includes(word.slice(2)))
  return word.startsWith('%') ? running.findLast((job) => job.text.startsWith(word.slice(1))) : undefined
}

/** `jobs [-lpr]` */
export const jobs: Builtin = function* ({ shell, args }) {
  const letters = args.filter((word) => word.startsWith('-')).join('')
  const last = shell.jobs.at(-1)
  const previous = shell.jobs.at(-2)
  for (const job of [...shell.jobs]) {
    const status = yield* statusNow(job)
    if (letters.includes('r') && status) continue
    if (letters.includes('p')) {
      yield* shell.process.write(1, `${job.process.id}\n`)
      continue
    }
    const mark = job === last ? '+' : job === previous ? '-' : ' '
    const id = letters.includes('l') ? `${job.process.id} ` : ' '
    const text = status ? job.text : `${job.text} &`
    yield* shell.process.write(1, `[${job.number}]${mark} ${id}${stateText(status).padEnd(23)} ${text}\n`)
    if (status) shell.jobs = shell.jobs.filter((candidate) => candidate !== job)
  }
  return 0
}

function* statusNow(job: Job): Task<ExitStatus | undefined> {
  if (!job.status && job.process.exit.isSettled) job.status = yield* job.process.exit.wait()
  return job.status
}

function stateText(status: ExitStatus | undefined): string {
  if (!status) return 'Running'
  if (status.signal) return SIGNAL_DESCRIPTIONS[status.signal] ?? status.signal
  return status.code === 0 ? 'Done' : `Exit ${status.code}`
}

/** `kill [-s signal|-signal] id …`, `kill -l` */
export const kill: Builtin = function* ({ shell, args }) {
  let rest = [...args]
  let name = 'TERM'
  const first = rest[0]
  if (first === '-l' || first === '-L') return yield* listSignals(shell, rest.slice(1))
  if (first === '-s' || first === '-n') {
    name = rest[1] ?? ''
    rest = rest.slice(2)
  } else if (first !== undefined && /^-./.test(first) && first !== '--') {
    name = first.slice(1)
    rest = rest.slice(1)
  }
  if (rest[0] === '--') rest = rest.slice(1)
  const signal = parseSignal(name)
  if (!signal && name !== '0') {
    yield* shell.complain(`kill: ${name}: invalid signal specification`)
    return 1
  }
  if (signal && defaultAction(signal) === 'stop') {
    yield* shell.complain(`kill: SIG${signal}: stopping processes is not simulated`)
    return 1
  }
  if (rest.length === 0) {
    yield* shell.process.write(
      2,
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
    )
    return 2
  }
  let status = 0
  const { kernel } = shell.process
  for (const word of rest) {
    const targets = killTargets(shell, word)
    if (targets === undefined) {
      yield* shell.complain(`kill: ${word}: arguments must be process or job IDs`)
      status = 1
    } else if (targets.length === 0) {
      if (word.startsWith('%')) yield* shell.complain(`kill: ${word}: no such job`)
      else yield* shell.complain(`kill: (${word}) - No such process`)
      status = 1
    } else if (signal) for (const target of targets) kernel.signal(target, signal)
  }
  shell.process.checkpoint()
  return status
}

function killTargets(shell: ShellState, word: string): Process[] | undefined {
  const { processes } = shell.process.kernel
  if (word.startsWith('%')) {
    const job = findJob(shell, word)
    return job && !job.process.exit.isSettled ? [job.process] : []
  }
  if (!/^-?\d+$/.test(word)) return undefined
  const id = Number(word)
  if (id > 0) {
    const target = processes.get(id)
    return target ? [target] : []
  }
  const group = id === 0 ? shell.process.groupId : -id
  return [...processes.values()].filter((target) => target.groupId === group)
}

function* listSignals(shell: ShellState, words: readonly string[]): Task<number> {
  if (words.length === 0) {
    yield* shell.process.write(1, `${SIGNAL_NAMES.map((name) => `${SIGNAL_NUMBERS[name]}) SIG${name}`).join('\n')}\n`)
    return 0
  }
  for (const word of words) {
    const number = /^\d+$/.test(word) ? String(Number(word) & 127) : word
    const signal = parseSignal(number)
    if (!signal) {
      yield* shell.complain(`kill: ${word}: invalid signal specification`)
      return 1
    }
    yield* shell.process.write(1, `${/^\d+$/.test(word) ? signal : SIGNAL_NUMBERS[signal]}\n`)
  }
  return 0
}

/** `disown [-a] [job …]` */
export const disown: Builtin = function* ({ shell, args }) {
  const words = args.filter((word) => !word.startsWith('-'))
  if (args.includes('-a')) {
    shell.jobs = []
    return 0
  }
  for (const word of words.length > 0 ? words : ['%%']) {
    const job = findJob(shell, word)
    if (!job) {
      yield* shell.complain(`disown: ${words.length > 0 ? word : 'current'}: no such job`)
      return 1
    }
    forget(shell, job)
  }
  return 0
}

/** `fg` and `bg`: there is no job control in a shell that runs scripts. */
export const noJobControl: Builtin = function* ({ shell, name }) {
  yield* shell.complain(`${name}: no job control`)
  return 1
}

/** `trap [-lp] [[commands] signal …]` */
export const trap: Builtin = function* ({ shell, args }) {
  if (args[0] === '-l') return yield* listSignals(shell, [])
  if (args.length === 0 || args[0] === '-p') {
    const wanted = args.slice(1).map(trapName)
    for (const [name, commands] of [...shell.traps].sort(([a], [b]) => order(a) - order(b))) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      const shown = SIGNAL_NAMES.some((signal) => signal === name) ? `SIG${name}` : name
      yield* shell.process.write(1, `trap -- '${commands.replaceAll("'", "'\\''")}' ${shown}\n`)
    }
    return 0
  }
  const rest = args[0] === '--' ? args.slice(1) : args
  const [first = '', ...names] = rest
  const isReset = names.length === 0 || first === '-'
  let status = 0
  for (const word of names.length === 0 ? [first] : names) {
    const name = trapName(word)
    if (name === undefined) {
      yield* shell.complain(`trap: ${word}: invalid signal specification`)
      status = 1
    } else if (name === 'DEBUG' || name === 'RETURN') {
      yield* shell.complain(`trap: ${name}: not simulated`)
      status = 1
    } else setTrap(shell, name, isReset ? undefined : first)
  }
  return status
}

function order(name: string): number {
  const signal = parseSignal(name)
  return name === 'EXIT' ? 0 : signal ? SIGNAL_NUMBERS[signal] : 100
}

function trapName(word: string): string | undefined {
  const name = word.toUpperCase()
  if (name === '0' || name === 'EXIT') return 'EXIT'
  if (['ERR', 'DEBUG', 'RETURN'].includes(name)) return name
  return parseSignal(word)
}

function setTrap(shell: ShellState, name: string, commands: string | undefined): void {
  if (commands === undefined) shell.traps.delete(name)
  else shell.traps.set(name, commands)
  const signal = parseSignal(name)
  if (!signal || signal === 'KILL' || signal === 'STOP') return
  const { signalActions } = shell.process
  if (commands === undefined) {
    signalActions.delete(signal)
    shell.restoreSignals()
  } else if (commands === '') signalActions.set(signal, 'ignore')
  else {
    signalActions.set(signal, () => {
      shell.pendingSignals.push(signal)
      shell.onTrappedSignal?.()
    })
  }
}
