import type { FlowView } from './match-context.ts'
import type { FlowbitCommand } from './signature.ts'

/** Whether the flow's bits are as the rule asks. Without a flow nothing is set and nothing can be asked. */
export function passesFlowbits(commands: readonly FlowbitCommand[], flow: FlowView | undefined): boolean {
  for (const { action, names } of commands) {
    if (action !== 'isset' && action !== 'isnotset') continue
    if (flow === undefined) return false
    const isWanted = action === 'isset'
    if (!names.some((name) => (flow.flowbits?.has(name) ?? false) === isWanted)) return false
  }
  return true
}

/** What a rule that matched does to the flow's bits. */
export function applyFlowbits(commands: readonly FlowbitCommand[], flow: FlowView | undefined): void {
  if (flow === undefined) return
  for (const { action, names } of commands) {
    if (action === 'isset' || action === 'isnotset') continue
    const bits = flow.flowbits ?? new Set<string>()
    flow.flowbits = bits
    for (const name of names) {
      if (action === 'set' || (action === 'toggle' && !bits.has(name))) bits.add(name)
      else bits.delete(name)
    }
  }
}
