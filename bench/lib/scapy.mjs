// Scapy (PyPI) as a peer of benchmarks.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../.cache/scapy', import.meta.url))
const interpreter = `${folder}/bin/python`

/** A command of lib/ in Python with scapy. */
export function scapyCase(file, ...args) {
  return [interpreter, '-B', fileURLToPath(new URL(file, import.meta.url)), ...args.map(String)]
}

/** The interpreter of a virtual environment with scapy, made once; undefined where it cannot be had, which is printed with the reason. */
export function scapyInterpreter() {
  const works = () => spawnSync(interpreter, ['-c', 'import scapy.all']).status === 0
  if (!existsSync(interpreter)) {
    const made = spawnSync('python3', ['-m', 'venv', folder], { encoding: 'utf8' })
    if (made.status !== 0) return isLeftOut(made.error?.message ?? made.stdout)
  }
  if (works()) return interpreter
  const installed = spawnSync(interpreter, ['-m', 'pip', 'install', '--quiet', 'scapy'], { encoding: 'utf8' })
  return works() ? interpreter : isLeftOut(installed.error?.message ?? installed.stderr)
}

function isLeftOut(reason) {
  console.log(`scapy is left out, as it cannot be installed here: ${reason.trim().split('\n').at(-1)}`)
  return undefined
}
