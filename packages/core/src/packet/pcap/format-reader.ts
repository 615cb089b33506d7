import type { ChunkWindow } from './chunk-window.ts'

/** Reads one format of capture files unit by unit. */
export interface CaptureFormatReader {
  /** Whether bytes were consumed of a block that has not ended. */
  readonly isInsideBlock: boolean
  /**
   * Reads the next header, record or block. `incomplete`: it is not there as a whole, and nothing was consumed that is needed again;
   * `stop`: what follows cannot be read, and an issue says why.
   */
  readNext(window: ChunkWindow): 'read' | 'incomplete' | 'stop'
}
