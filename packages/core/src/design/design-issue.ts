/** What can be wrong with a design. Each rule of AWS has its own code where a user may want to tell it from others. */
export type DesignIssueCode =
  // The data
  | 'not-plain-data'
  | 'too-large'
  | 'wrong-type'
  | 'missing-key'
  | 'unknown-key'
  | 'invalid-value'
  | 'invalid-name'
  | 'not-simulated'
  | 'conflicting-keys'
  // Names, ids, references
  | 'duplicate-name'
  | 'duplicate-id'
  | 'unknown-reference'
  | 'wrong-vpc'
  | 'quota'
  // Addresses
  | 'cidr-size'
  | 'cidr-range'
  | 'cidr-outside'
  | 'cidr-overlap'
  | 'cidr-not-canonical'
  | 'address-outside'
  | 'address-reserved'
  | 'address-in-use'
  | 'address-not-public'
  | 'no-free-address'
  | 'no-ipv6'
  // Zones
  | 'unknown-zone'
  | 'wrong-zone'
  | 'zone-twice'
  // Rules
  | 'rule-ports'
  | 'rule-never-matches'
  | 'duplicate-rule'
  | 'stale-rule'
  | 'group-name'
  // Routes and gateways
  | 'route-destination'
  | 'route-target'
  | 'duplicate-route'
  | 'gateway-route-table'
  | 'no-internet-gateway'
  | 'duplicate-peering'
  | 'duplicate-attachment'
  | 'not-propagated'
  | 'private-dns'
  // Instances and balancers
  | 'unknown-instance-type'
  | 'interface-in-use'
  | 'tracking-timeouts'
  | 'duplicate-listener'
  | 'listener-protocol'
  | 'client-address'
  // Flow logs and mirroring
  | 'flow-log-resource'
  | 'log-format'
  | 'log-destination'
  | 'duplicate-flow-log'
  | 'mirror-source'
  | 'mirror-target'
  | 'mirror-listener'
  | 'mirror-unreachable'
  | 'mirror-target-group'
  | 'duplicate-session-number'

/** Something wrong with a design, and where it stands. */
export interface DesignIssue {
  readonly code: DesignIssueCode
  /** `error`: EC2 would refuse it, or it cannot be simulated. `warning`: allowed, or allowed after a raised quota, but hardly meant. */
  readonly severity: 'error' | 'warning'
  /** The place in the design, e.g. `vpcs.main.subnets.private-a.cidrBlock`; empty for the design itself. */
  readonly path: string
  /** The same place as keys and array indexes. */
  readonly keys: readonly (string | number)[]
  /** What went wrong, the value received, what is allowed, and what to change, in sentences. */
  readonly message: string
  /** EC2's error code for it, where it has one, e.g. `InvalidSubnet.Conflict`. */
  readonly awsErrorCode?: string
}

/** How many issues an error's message lists; all of them are in `issues`. */
const LISTED_ISSUES = 20

/** A design that is not valid, with every issue found. */
export class DesignError extends Error {
  override readonly name = 'DesignError'
  readonly code = 'INVALID_DESIGN'
  /** Errors and warnings, in the order in which they were found. */
  readonly issues: readonly DesignIssue[]

  constructor(issues: readonly DesignIssue[]) {
    const errors = issues.filter((issue) => issue.severity === 'error')
    const lines = errors.slice(0, LISTED_ISSUES).map((issue) => `  ${formatDesignIssue(issue)}`)
    const more = errors.length > LISTED_ISSUES ? [`  … and ${errors.length - LISTED_ISSUES} more`] : []
    const count = errors.length === 1 ? 'an error' : `${errors.length} errors`
    super([`The design has ${count}:`, ...lines, ...more].join('\n'))
    this.issues = issues
  }
}

/** One line: the place and the message. */
export function formatDesignIssue(issue: DesignIssue): string {
  const place = issue.path === '' ? 'design' : issue.path
  return `${issue.severity === 'warning' ? 'warning: ' : ''}${place}: ${issue.message}`
}

/** A place as the user would write it: `vpcs.main.routeTables.private.routes[0]`. */
export function formatPath(keys: readonly (string | number)[]): string {
  return keys
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`
      if (/^[\w$-]+$/.test(key)) return index === 0 ? key : `.${key}`
      return `[${JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key)}]`
    })
    .join('')
}

/** A value for an error text: JSON, cut where it is long. */
export function quoteValue(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value !== null && typeof value === 'object') return 'an object'
  return String(value)
}
