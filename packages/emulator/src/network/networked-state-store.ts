import type { Topology } from '@flowtap/core'
import { StateStore } from '../state/state-store.ts'

/**
 * What a table's change means to the network: nothing; that something stands elsewhere in it, which the operations have checked to the
 * last; or that it is another network, of which resolving alone tells whether it is one.
 */
export type NetworkEffect = 'none' | 'placement' | 'design'

/** What the network needs of the state's transactions. */
export interface NetworkOfState {
  effectOf(table: string): NetworkEffect
  /** Whether a change of placement is worth waiting with until someone looks. */
  readonly isLarge: boolean
  /** The network that the tables make now. @throws where they make none: everything is then undone. */
  resolve(): Topology
  /** Takes a network over. */
  apply(topology: Topology): void
  /** Resolves and takes over what the tables make when time passes next, or someone looks. */
  defer(): void
}

/**
 * The account's state with its network: a transaction that changes a table from which the network follows is done only where a network
 * comes of it, and the network has changed before the transaction returns. So the two are never apart. In a large network changes of
 * placement alone are taken over together, before the next packet or look: thousands of instances are made one by one in little time.
 */
export class NetworkedStateStore extends StateStore {
  #network: NetworkOfState | undefined
  #depth = 0
  #effect: NetworkEffect = 'none'

  /** Lets the network follow from now on. */
  follow(network: NetworkOfState): void {
    this.#network = network
    network.apply(network.resolve())
  }

  override transact<Result>(work: () => Result): Result {
    if (this.#depth > 0) return super.transact(work)
    this.#depth++
    this.#effect = 'none'
    try {
      let topology: Topology | undefined
      const result = super.transact(() => {
        const value = work()
        if (this.#isResolvedAtOnce()) topology = this.#network?.resolve()
        return value
      })
      if (topology) this.#network?.apply(topology)
      else if (this.#effect !== 'none') this.#network?.defer()
      return result
    } finally {
      this.#depth--
    }
  }

  override noteChange(...change: Parameters<StateStore['noteChange']>): void {
    super.noteChange(...change)
    const effect = this.#network?.effectOf(change[0]) ?? 'none'
    if (this.#effect !== 'design' && effect !== 'none') this.#effect = effect
  }

  #isResolvedAtOnce(): boolean {
    return this.#effect === 'design' || (this.#effect === 'placement' && !this.#network?.isLarge)
  }
}
