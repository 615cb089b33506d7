import { checkInput } from './check-design.ts'
import type { Design } from './design.ts'
import { DesignError } from './design-issue.ts'
import { freezePlainData } from './plain-data.ts'

/** Designs that `defineDesign` has checked: they need no second check. */
const checked = new WeakSet<object>()

/**
 * A design that has been checked: a frozen copy of the input, the keys that were left out still left out, so that it can be written as
 * JSON, compared and spread.
 *
 * @throws DesignError with every located issue where one is an error. Warnings do not throw; `checkDesign` lists them.
 */
export function defineDesign(input: Design): Design {
  if (checked.has(input)) return input
  const { design, issues } = checkInput(input)
  if (!design) throw new DesignError(issues)
  freezePlainData(design)
  checked.add(design)
  return design
}
