import { echoUnescaped } from '../ansi-escapes.ts'
import { assign } from '../assign.ts'
import type { Builtin } from '../executor.ts'
import { formatPrintf } from '../format-printf.ts'

/** `echo [-neE] [text …]` */
export const echo: Builtin = function* ({ shell, process, args }) {
  let rest = args
  let hasLineEnd = true
  let escapes = shell.shopt.xpg_echo
  while (/^-[neE]+$/.test(rest[0] ?? '')) {
    for (const letter of (rest[0] as string).slice(1)) {
      if (letter === 'n') hasLineEnd = false
      else escapes = letter === 'e'
    }
    rest = rest.slice(1)
  }
  const text = rest.join(' ')
  const { text: shown, stopped } = escapes ? echoUnescaped(text) : { text, stopped: false }
  yield* process.write(1, hasLineEnd && !stopped ? `${shown}\n` : shown)
  return 0
}

/** `printf [-v name] format [argument …]` */
export const printf: Builtin = function* ({ shell, process, args }) {
  let rest = args
  let variable: string | undefined
  if (rest[0] === '-v') {
    variable = rest[1]
    rest = rest.slice(2)
  }
  if (rest[0] === '--') rest = rest.slice(1)
  const [format, ...values] = rest
  if (format === undefined || (args[0] === '-v' && variable === undefined)) {
    yield* process.write(2, 'printf: usage: printf [-v var] format [arguments]\n')
    return 2
  }
  const now = process.kernel.host.clockMicroseconds
  const { text, problems } = formatPrintf(format, values, {
    nowSeconds: Math.floor(now / 1_000_000),
    startSeconds: Math.floor(shell.secondsFrom / 1_000_000),
    timeZone: shell.variables.find('TZ')?.value,
  })
  for (const problem of problems) yield* shell.complain(`printf: ${problem}`)
  if (variable === undefined) yield* process.write(1, text)
  else {
    const subscripted = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/s.exec(variable)
    const name = subscripted?.[1] ?? variable
    const subscript = subscripted?.[2]
    const isNumber = subscript !== undefined && !shell.variables.find(name)?.associative
    assign(shell, name, text, { subscript: isNumber ? Number(subscript) : subscript })
  }
  return problems.length > 0 ? 1 : 0
}
