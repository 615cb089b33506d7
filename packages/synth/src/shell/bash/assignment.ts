import type { Task } from '../task.ts'
import { expandArrayElements } from './array-literal.ts'
import { assign, assignArray } from './assign.ts'
import { evaluateInShell } from './evaluate-in-shell.ts'
import { placeOf } from './expand-parameter.ts'
import { expandArithmetic, expandToText } from './expand-word.ts'
import { ExpansionFailure } from './flow.ts'
import { quotedIfNeeded } from './quote.ts'
import type { ShellState } from './shell-state.ts'
import type { AssignmentNode } from './syntax.ts'

/** Makes an assignment that stands alone. Throws an ExpansionFailure. */
export function* runAssignment(shell: ShellState, assignment: AssignmentNode): Task {
  const { name, append } = assignment
  if (assignment.array) {
    const isAssociative = shell.variables.find(name)?.associative !== undefined
    const elements: { subscript: number | string | undefined; value: string; append: boolean }[] = []
    for (const element of yield* expandArrayElements(shell, assignment.array)) {
      const { subscript } = element
      elements.push({
        ...element,
        subscript: subscript === undefined || isAssociative ? subscript : Number(evaluateInShell(shell, subscript)),
      })
    }
    if (isAssociative && elements.every((element) => element.subscript === undefined)) {
      // An associative array may also be given as keys and values in turn.
      const flat = elements.map((element) => element.value)
      elements.length = 0
      for (let i = 0; i < flat.length; i += 2) {
        elements.push({ subscript: flat[i] ?? '', value: flat[i + 1] ?? '', append: false })
      }
    }
    assignArray(shell, name, elements, { append })
    return
  }
  const value = assignment.value ? yield* expandToText(shell, assignment.value) : ''
  if (shell.options.has('xtrace'))
    yield* shell.process.write(2, `+ ${name}${append ? '+' : ''}=${quotedIfNeeded(value)}\n`)
  const place = yield* placeOf(shell, name, { expandArithmetic })
  if (!place) throw new ExpansionFailure(`${name}: invalid variable name`)
  assign(shell, place.name, value, { subscript: place.subscript, append })
}
