import type { Topology } from '@flowtap/core'
import { EmulatedClock } from './clock/emulated-clock.ts'
import type { ServiceFactory } from './endpoint/aws-endpoint.ts'
import { IdSource } from './identity/id-source.ts'
import { LiveNetwork } from './network/live-network.ts'
import { NetworkOfEc2 } from './network/network-of-ec2.ts'
import { NetworkedStateStore } from './network/networked-state-store.ts'
import { setUpAccount } from './services/ec2/default-vpc.ts'
import type { Ec2Context } from './services/ec2/ec2-context.ts'
import { Ec2Tables } from './services/ec2/ec2-tables.ts'
import { ResourceTags } from './services/ec2/resource-tags.ts'
import { BucketStore } from './services/s3/bucket-store.ts'
import { BucketLogSink } from './services/s3/log-object-sink.ts'
import { BlobReferences } from './state/blob-references.ts'
import type { BlobStore } from './state/blob-store.ts'
import { MemoryBlobStore } from './state/memory-blob-store.ts'
import type { Persistence } from './state/persistence.ts'
import type { StateStore } from './state/state-store.ts'
import type { ServiceName } from './wire/service-catalogue.ts'

/** What an account begins with. */
export interface EmulatedAccountOptions {
  readonly region: string
  readonly accountId: string
  readonly seed: number
  readonly startMilliseconds: number
  readonly persistence?: Persistence
  /** Where bodies are; in memory unless given. */
  readonly blobs?: BlobStore
}

/** An emulated account in a region: its state, its network, its time, and the services that its clients call. */
export class EmulatedAccount {
  readonly store: StateStore
  readonly clock: EmulatedClock
  readonly services: Readonly<Partial<Record<ServiceName, ServiceFactory>>>
  /** The network as it runs: its hosts and traffic, and the topology that follows from the state. */
  readonly network: LiveNetwork
  /** EC2's tables and what its operations share, for services that make instances, ENIs or endpoints. */
  readonly ec2: Ec2Context
  /** What follows from the state: services add what they have in the network. */
  readonly networkOfState: NetworkOfEc2
  readonly #blobs: BlobStore
  readonly #references: BlobReferences

  constructor(options: EmulatedAccountOptions) {
    const { seed, startMilliseconds, region, accountId, persistence, blobs = new MemoryBlobStore() } = options
    const store = new NetworkedStateStore(persistence)
    this.store = store
    this.#blobs = blobs
    this.#references = new BlobReferences(this.store, blobs)
    const ids = new IdSource(seed, this.store)
    const buckets = new BucketStore({ store: this.store, ids, blobs, references: this.#references, accountId })
    this.network = new LiveNetwork({
      design: { region, accountId, vpcs: {} },
      seed,
      startMilliseconds,
      objectSink: new BucketLogSink(buckets),
      eventSink: { put: () => undefined },
    })
    this.clock = new EmulatedClock(this.network, () => performance.now())
    const tables = new Ec2Tables(store)
    const topology = (): Topology => this.network.topologyBefore
    this.ec2 = {
      ...{ tables, ids, tags: new ResourceTags(tables), accountId, region, topology },
      deliveryStatus: (flowLogId) => this.network.deliveryStatus(flowLogId),
    }
    this.networkOfState = new NetworkOfEc2(tables, { accountId, region }, this.network)
    store.transact(() => setUpAccount(this.ec2))
    store.follow(this.networkOfState)
    this.services = {
      ec2: async () => (await import('./services/ec2/ec2-service.ts')).ec2Service(this.ec2),
      s3: async () => (await import('./services/s3/s3-service.ts')).s3Service(buckets),
      sts: async () => (await import('./services/sts/sts-service.ts')).stsService(ids),
    }
  }

  /** Called once, before the first request: what a crash has left half-written is removed. */
  async open(): Promise<void> {
    await this.#references.removeUnreferenced()
  }

  /** Leaves what the account holds open. */
  async close(): Promise<void> {
    await this.#references.settled()
    await this.store.close()
    await this.#blobs.close()
  }
}
