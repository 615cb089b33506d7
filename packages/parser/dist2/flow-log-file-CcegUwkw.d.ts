/** Bytes that can be read from anywhere within, as Parquet needs it. */
interface RandomAccess {
    readonly byteLength: number;
    /** The bytes from `start` up to, and without, `end`. */
    read(start: number, end: number): Promise<Uint8Array>;
    close?(): Promise<void>;
}
/**
 * A file, an object or a stream with flow logs in it, in any form that the parser knows.
 *
 * Implement it to read from a store that has no adapter here; errors that `open` and `randomAccess` throw become issues
 * located in the file.
 */
interface FlowLogFile {
    /** Path, URL or key, for issues. */
    readonly name?: string;
    /**
     * The bytes as they are stored, compressed or not, in pieces of any size; text stands for its UTF-8 bytes. If it has a
     * method `destroy`, as Node's streams have, that is called where a read has to be given up.
     */
    open(): AsyncIterable<Uint8Array | string>;
    /** Whether `open` may be called once more, from the start. Then a damaged gzip file gives all it holds. */
    readonly canReopen?: boolean;
    /** Without it a Parquet file is held in memory while it is read. */
    randomAccess?(): Promise<RandomAccess>;
}

export type { FlowLogFile as F, RandomAccess as R };
