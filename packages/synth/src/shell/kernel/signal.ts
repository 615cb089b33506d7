/** Names of signals without SIG. */
export type SignalName =
  | 'HUP'
  | 'INT'
  | 'QUIT'
  | 'ILL'
  | 'TRAP'
  | 'ABRT'
  | 'BUS'
  | 'FPE'
  | 'KILL'
  | 'USR1'
  | 'SEGV'
  | 'USR2'
  | 'PIPE'
  | 'ALRM'
  | 'TERM'
  | 'STKFLT'
  | 'CHLD'
  | 'CONT'
  | 'STOP'
  | 'TSTP'
  | 'TTIN'
  | 'TTOU'
  | 'URG'
  | 'XCPU'
  | 'XFSZ'
  | 'VTALRM'
  | 'PROF'
  | 'WINCH'
  | 'IO'
  | 'PWR'
  | 'SYS'

/** Signals with Linux's numbers (signal(7), x86 and ARM). */
export const SIGNAL_NUMBERS: Readonly<Record<SignalName, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
}

/** Ignored unless a process asks for them (signal(7), "Ign" and "Cont"). */
const IGNORED: ReadonlySet<SignalName> = new Set(['CHLD', 'URG', 'WINCH', 'CONT'])
/** They stop a process, which is not simulated. */
const STOPPING: ReadonlySet<SignalName> = new Set(['STOP', 'TSTP', 'TTIN', 'TTOU'])

/** What a signal does to a process that has not said otherwise. */
export function defaultAction(signal: SignalName): 'ignore' | 'stop' | 'terminate' {
  if (IGNORED.has(signal)) return 'ignore'
  return STOPPING.has(signal) ? 'stop' : 'terminate'
}

/** A signal by what commands take: `9`, `KILL`, `SIGKILL`, in any case. Undefined for anything else. */
export function parseSignal(text: string): SignalName | undefined {
  if (/^\d+$/.test(text)) {
    const number = Number(text)
    return SIGNAL_NAMES.find((name) => SIGNAL_NUMBERS[name] === number)
  }
  const name = text.toUpperCase().replace(/^SIG/, '')
  return Object.hasOwn(SIGNAL_NUMBERS, name) ? (name as SignalName) : undefined
}

/** All signals, by number. */
export const SIGNAL_NAMES: readonly SignalName[] = Object.keys(SIGNAL_NUMBERS) as SignalName[]

/** The text that a shell prints for a job that a signal ended (strsignal(3)). */
export const SIGNAL_DESCRIPTIONS: Readonly<Partial<Record<SignalName, string>>> = {
  HUP: 'Hangup',
  INT: 'Interrupt',
  QUIT: 'Quit',
  ILL: 'Illegal instruction',
  TRAP: 'Trace/breakpoint trap',
  ABRT: 'Aborted',
  BUS: 'Bus error',
  FPE: 'Floating point exception',
  KILL: 'Killed',
  USR1: 'User defined signal 1',
  SEGV: 'Segmentation fault',
  USR2: 'User defined signal 2',
  PIPE: 'Broken pipe',
  ALRM: 'Alarm clock',
  TERM: 'Terminated',
}
