// src/adapters/node-stream.ts
function isDestroyable(source) {
  return "destroy" in source && typeof source.destroy === "function" && Symbol.asyncIterator in source;
}

// src/adapters/web-stream.ts
function isWebStream(source) {
  return "getReader" in source && typeof source.getReader === "function";
}
function webStreamChunks(stream) {
  const reader = stream.getReader();
  const cancel = () => {
    reader.cancel().catch(() => {
    });
  };
  async function* read() {
    let ended = false;
    try {
      for (; ; ) {
        const { done, value } = await reader.read();
        ended = done;
        if (done) return;
        yield value;
      }
    } finally {
      if (ended) reader.releaseLock();
      else cancel();
    }
  }
  return { [Symbol.asyncIterator]: read, destroy: cancel };
}

// src/adapters/chunks.ts
function isChunkSource(source) {
  return isWebStream(source) || Symbol.asyncIterator in source || Symbol.iterator in source;
}
function streamFile(source) {
  return {
    open: () => {
      if (isWebStream(source)) return webStreamChunks(source);
      return Symbol.asyncIterator in source ? source : fromIterable(source);
    }
  };
}
async function* fromIterable(source) {
  yield* source;
}
async function* byteChunks(chunks, signal) {
  const iterator = chunks[Symbol.asyncIterator]();
  const abortion = new Abortion(signal);
  let ended = false;
  try {
    for (; ; ) {
      const next = await abortion.race(iterator.next());
      ended = next.done === true;
      if (ended) return;
      yield toBytes(next.value);
    }
  } finally {
    abortion.forget();
    if (!ended) await close(chunks, iterator, signal?.aborted === true);
  }
}
async function close(chunks, iterator, isWaiting) {
  if (!isWaiting) {
    await iterator.return?.();
    return;
  }
  if (isDestroyable(chunks)) chunks.destroy();
  iterator.return?.().then(void 0, () => {
  });
}
var Abortion = class {
  #signal;
  #reject;
  #abort = () => this.#reject?.(this.#signal?.reason);
  constructor(signal) {
    this.#signal = signal;
    signal?.addEventListener("abort", this.#abort);
  }
  race(waiting) {
    const signal = this.#signal;
    if (signal === void 0) return waiting;
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      waiting.then(resolve, reject);
      if (signal.aborted) reject(signal.reason);
    });
  }
  forget() {
    this.#signal?.removeEventListener("abort", this.#abort);
  }
};
function toBytes(chunk) {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError(`a chunk is ${chunk === null ? "null" : typeof chunk}; chunks are bytes (Uint8Array) or text`);
}

export {
  isChunkSource,
  streamFile,
  byteChunks
};
//# sourceMappingURL=chunk-PBAO6P3L.js.map