/**
 * Something that acts in the simulation and is made of promises: an instance's shell. Simulated time stands still while it is busy, so
 * that the order of events does not depend on how long promises take.
 */
export interface AsyncParticipant {
  /** Whether something is under way that is no wait for the clock. Asked after every event. */
  readonly isBusy: boolean
  /** Resolves as soon as everything waits for the clock or has ended. */
  idle(): Promise<void>
}
