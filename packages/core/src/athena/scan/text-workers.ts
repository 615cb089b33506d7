import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { lineAssemblers } from './line-assembler.ts'
import { createLineFilter, type LineCondition } from './line-filter.ts'
import { createTextReader, TEXT_READER_LIMITS, type TextObject } from './text-reader.ts'
import { runTextWorker, type TextWorkerJob, type TextWorkerMessage } from './text-worker.ts'

const CREDIT_BYTES = 32 * 1024 * 1024
const WAIT_MILLIS = 50
/** Workers that are kept for the next query. */
const MOST_IDLE = 1

/**
 * The workers that read text objects for an engine's queries. One takes 50 ms to start, so that one that has done its work
 * waits for the next query. None of them keeps the process from ending.
 */
export class TextWorkers {
  readonly #idle: Worker[] = []
  #isClosed = false

  /** True if {@link read} need not start a worker. */
  get hasIdle(): boolean {
    return this.#idle.length > 0
  }

  /** Starts a worker that {@link read} will find. */
  warmUp(): void {
    if (!this.#isClosed && !this.hasIdle) this.#idle.push(this.#start())
  }

  /**
   * Lets a worker read objects; `firstObject` is what the first of them is counted as. Lines that do not meet the conditions
   * may be missing.
   */
  read(objects: readonly TextObject[], firstObject: number, lineConditions: readonly LineCondition[]): WorkerMessages {
    const worker = this.#idle.pop() ?? this.#start()
    return new WorkerMessages(worker, { objects, lineConditions }, firstObject, () => this.#giveBack(worker))
  }

  #giveBack(worker: Worker): void {
    if (!this.#isClosed && this.#idle.length < MOST_IDLE) this.#idle.push(worker)
    else void worker.terminate()
  }

  #start(): Worker {
    // The functions' own text, so that no file of the package has to be found at run time, bundled or not.
    const parts = [createTextReader, lineAssemblers, createLineFilter].map(String).join(', ')
    const code = `(${runTextWorker.toString()})(require, ${parts})`
    const worker = new Worker(code, { eval: true, execArgv: [] })
    worker.unref()
    // Whoever uses it hears of it; of an idle one nobody does.
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      const index = this.#idle.indexOf(worker)
      if (index >= 0) this.#idle.splice(index, 1)
    })
    return worker
  }

  close(): void {
    this.#isClosed = true
    for (const worker of this.#idle.splice(0)) void worker.terminate()
  }
}

/** Messages of a worker about one job, received without the event loop: DuckDB's calls leave it no turn. */
export class WorkerMessages {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #sent = new Int32Array(new SharedArrayBuffer(4))
  readonly #firstObject: number
  readonly #giveBack: () => void
  #failure: string | undefined
  #isOver = false

  constructor(
    worker: Worker,
    task: Pick<TextWorkerJob, 'objects' | 'lineConditions'>,
    firstObject: number,
    giveBack: () => void,
  ) {
    this.#worker = worker
    this.#firstObject = firstObject
    this.#giveBack = giveBack
    worker.on('error', this.#onError)
    worker.on('exit', this.#onExit)
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#port.unref()
    const job: TextWorkerJob = {
      ...task,
      limits: TEXT_READER_LIMITS,
      port: port2,
      sent: this.#sent,
      creditBytes: CREDIT_BYTES,
    }
    worker.postMessage(job, [port2])
  }

  /** The next message; undefined where none came within a short while. */
  next(): TextWorkerMessage | undefined {
    const seen = Atomics.load(this.#sent, 0)
    const message = this.#receive()
    if (message) return message
    Atomics.wait(this.#sent, 0, seen, WAIT_MILLIS)
    return this.#receive() ?? (this.#failure === undefined ? undefined : { kind: 'failed', message: this.#failure })
  }

  #receive(): TextWorkerMessage | undefined {
    const received: TextWorkerMessage | undefined = receiveMessageOnPort(this.#port)?.message
    if (received?.kind === 'done') this.#leave(this.#giveBack)
    if (received === undefined || !('object' in received)) return received
    if (received.kind === 'block') this.#port.postMessage({ bytes: received.bytes.length })
    return { ...received, object: received.object + this.#firstObject }
  }

  /** Ends a job that is not done, and the worker with it. */
  close(): void {
    this.#leave(() => void this.#worker.terminate())
  }

  #leave(then: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#worker.off('error', this.#onError)
    this.#worker.off('exit', this.#onExit)
    this.#port.close()
    then()
  }

  readonly #onError = (error: Error): void => {
    this.#failure ??= error.message
  }

  readonly #onExit = (status: number): void => {
    this.#failure ??= `the reader stopped with status ${status}`
  }
}
