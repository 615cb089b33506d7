// What the benchmarks have in common: cases that are processes of their own, run in turns, and the medians of the rounds.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** Options with numbers, such as `--rounds 1`; what is not given is as in `defaults`. */
export function numericOptions(defaults) {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: String(value) }]),
  )
  const { values } = parseArgs({ options })
  return Object.fromEntries(
    Object.entries(values).map(([name, text]) => {
      const number = Number(text)
      if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} is a whole number from 1 on, not ${text}`)
      return [name, number]
    }),
  )
}

/** Runs a command that prints one line of JSON. */
export function measure([command, ...args]) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed\n${error?.message ?? stderr}`)
  return JSON.parse(stdout)
}

/** A command of lib/ in a process of its own. */
export function nodeCase(file, ...args) {
  return [process.execPath, fileURLToPath(new URL(file, import.meta.url)), ...args.map(String)]
}

/**
 * Runs each case once in every round, so that what else the machine does is the same for all; gives all runs, and the median of each case
 * by processor time.
 */
export function alternate(cases, rounds, run = measure) {
  const runs = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, each] of Object.entries(cases)) {
      process.stderr.write(`round ${round} of ${rounds}: ${name}\n`)
      runs[name].push(run(each))
    }
  }
  const results = Object.fromEntries(Object.entries(runs).map(([name, measured]) => [name, median(measured)]))
  return { runs, results }
}

/** The run in the middle, by processor time or by what `of` says. */
export function median(measured, of = ({ cpuSeconds }) => cpuSeconds) {
  return measured.toSorted((a, b) => of(a) - of(b))[Math.floor(measured.length / 2)]
}

/** The machine, in words. */
export function machine() {
  return `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, load ${loadavg()[0].toFixed(1)}`
}

export function atLeast(name, value, target, format) {
  return { name, value: format(value), target: `at least ${format(target)}`, isKept: value >= target }
}

export function atMost(name, value, target, format) {
  return { name, value: format(value), target: `at most ${format(target)}`, isKept: value <= target }
}

/** Prints what was promised and what is, writes results/NAME.json, and fails the process where a promise is broken. */
export function conclude(name, checks, facts) {
  for (const check of checks) {
    console.log(
      `  ${check.isKept ? 'kept  ' : 'BROKEN'} ${check.name.padEnd(46)} ${check.value} (promised ${check.target})`,
    )
  }
  const isKept = checks.every((check) => check.isKept)
  const folder = fileURLToPath(new URL('../results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    `${folder}${name}.json`,
    `${JSON.stringify({ machine: machine(), isKept, checks, ...facts }, null, 2)}\n`,
  )
  if (!isKept) process.exitCode = 1
}

export function millions(perSecond) {
  return `${(perSecond / 1e6).toFixed(perSecond < 1e6 ? 3 : 2)} M/s`
}

export function thousands(perSecond) {
  return `${(perSecond / 1e3).toFixed(perSecond < 1e5 ? 1 : 0)} thousand/s`
}

export function times(ratio) {
  return `${ratio.toFixed(2)} x`
}

export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
