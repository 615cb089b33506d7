import { refuse } from './rule-fault.ts'
import { short } from './rule-text.ts'

/** How deep lists and variables may stand in each other, against a variable that names itself. */
export const LIST_DEPTH_MAX = 64
/** How many elements a list may come to, with variables replaced. */
export const LIST_ELEMENTS_MAX = 100_000

/**
 * Walks a list of a rule's header, `a,!b,[c,![d,$E]]`, and reports each element that is not a list; a negation turns around what
 * stands in it. `variable` gives the text behind a name. Throws a RuleFault for a malformed list.
 */
export function walkList(
  what: string,
  text: string,
  variable: (name: string) => string | undefined,
  element: (text: string, isNegated: boolean) => void,
): void {
  let elements = 0
  const walk = (list: string, isNegated: boolean, depth: number): void => {
    if (depth > LIST_DEPTH_MAX)
      refuse(`the ${what} '${short(text)}' has lists or variables in each other more than ${LIST_DEPTH_MAX} deep`)
    let at = 0
    while (at < list.length) {
      let isElementNegated = isNegated
      while (list[at] === '!' || list[at] === ' ') {
        if (list[at] === '!') isElementNegated = !isElementNegated
        at += 1
      }
      const start = at
      let open = 0
      while (at < list.length && (open > 0 || list[at] !== ',')) {
        if (list[at] === '[') open += 1
        if (list[at] === ']') open -= 1
        if (open < 0) break
        at += 1
      }
      if (open !== 0) refuse(`brackets do not match in the ${what} '${short(text)}'`)
      const item = list.slice(start, at)
      elements += 1
      if (elements > LIST_ELEMENTS_MAX)
        refuse(`the ${what} '${short(text)}' has more than ${LIST_ELEMENTS_MAX} elements`)
      if (item.startsWith('[')) {
        if (!item.endsWith(']')) refuse(`after the list in the ${what} '${short(text)}' a comma is missing`)
        const inner = item.slice(1, -1)
        if (inner === '') refuse(`the ${what} '${short(text)}' has an empty list`)
        walk(inner, isElementNegated, depth + 1)
      } else if (item.startsWith('$')) {
        const value = variable(item.slice(1))
        if (value === undefined)
          refuse(`the variable ${item} of the ${what} is not defined; define it, or write the ${what} itself`)
        else walk(value, isElementNegated, depth + 1)
      } else if (item === '') {
        refuse(`an element is missing in the ${what} '${short(text)}'`)
      } else {
        element(item, isElementNegated)
      }
      at += 1
    }
  }
  if (text === '') refuse(`the ${what} is missing`)
  walk(text, false, 0)
}
