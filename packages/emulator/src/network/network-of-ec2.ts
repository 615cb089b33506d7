import { DesignError, resolveDesign, type Topology } from '@flowtap/core'
import { type Ec2Tables, PLACEMENT_TABLES, TABLES_BESIDE_THE_NETWORK } from '../services/ec2/ec2-tables.ts'
import type { DesignOfOthers } from './design-of-others.ts'
import { designOfState, type NetworkPlace } from './design-of-state.ts'
import { designRefusal } from './design-refusal.ts'
import type { LiveNetwork } from './live-network.ts'
import type { NetworkEffect, NetworkOfState } from './networked-state-store.ts'

/** ENIs from which on changes of placement wait: up to here a change costs some 10 to 20 ms, with 1,000 ENIs 70 ms. */
const LARGE_NETWORK_INTERFACES = 100

/** The network that follows from EC2's tables, and from what other services have in it. */
export class NetworkOfEc2 implements NetworkOfState {
  readonly #tables: Ec2Tables
  readonly #place: NetworkPlace
  readonly #live: LiveNetwork
  readonly #others: { readonly tables: ReadonlySet<string>; readonly design: () => DesignOfOthers }[] = []

  constructor(tables: Ec2Tables, place: NetworkPlace, live: LiveNetwork) {
    this.#tables = tables
    this.#place = place
    this.#live = live
  }

  /** Adds what another service has in the network, and the tables from which it follows. */
  include(tables: readonly string[], design: () => DesignOfOthers): void {
    this.#others.push({ tables: new Set(tables), design })
  }

  get isLarge(): boolean {
    return this.#tables.networkInterfaces.size >= LARGE_NETWORK_INTERFACES
  }

  effectOf(table: string): NetworkEffect {
    if (PLACEMENT_TABLES.has(table)) return 'placement'
    if (table.startsWith('ec2-')) return TABLES_BESIDE_THE_NETWORK.has(table) ? 'none' : 'design'
    return this.#others.some(({ tables }) => tables.has(table)) ? 'design' : 'none'
  }

  /** @throws ServiceError with EC2's code, or InvalidParameterValue, where EC2 would have refused what the tables have. */
  resolve(): Topology {
    const others = Object.assign({}, ...this.#others.map(({ design }) => design())) as DesignOfOthers
    try {
      return resolveDesign(designOfState(this.#tables, this.#place, others))
    } catch (error) {
      throw error instanceof DesignError ? designRefusal(error) : error
    }
  }

  apply(topology: Topology): void {
    this.#live.changeDesign(topology)
  }

  defer(): void {
    this.#live.changeDesignLater(() => this.resolve())
  }
}
