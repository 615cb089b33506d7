import { parse, serialize } from 'just-bash'
import type { FunctionNode } from './syntax.ts'

/** A function's definition as `declare -f` and `type` print it; the lines are just-bash's. */
export function functionText(node: FunctionNode): string {
  const script = parse('')
  const text = serialize({
    ...script,
    statements: [
      {
        type: 'Statement',
        pipelines: [{ type: 'Pipeline', commands: [node], negated: false }],
        operators: [],
        background: false,
      },
    ],
  })
  return `${text.trimEnd()}\n`
}
