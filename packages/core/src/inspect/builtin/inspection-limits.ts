/** Bounds of the builtin inspector's time and memory. What goes beyond them gives an anomaly event, and is left out. */
export const INSPECTION_LIMITS = {
  /** Headers that are decoded in one frame, tunnels included: Suricata's `decoder.max-layers`. */
  layers: 16,
  vlanLayers: 3,
  ipv6ExtensionHeaders: 16,
  /** Flows at a time; past them the one that is looked at least recently ends, its reason `forced`. */
  flows: 150_000,
  /** Datagrams that are put together at a time, and for how long (Suricata's `defrag.timeout`). */
  datagrams: 4096,
  datagramSeconds: 60,
  fragmentsPerDatagram: 8192,
  fragmentBytes: 16_777_216,
  /** Bytes of a stream that are put together in one direction: Suricata's `stream.reassembly.depth`. */
  streamDepth: 1_048_576,
  /** Segments that wait for earlier ones, in one direction. */
  waitingSegments: 512,
  /** Bytes of all streams together: Suricata's `stream.reassembly.memcap`, but less. */
  streamBytes: 134_217_728,
  /** Bytes of a stream that are inspected at once by rules: Suricata's `toserver-chunk-size`. */
  rawChunk: 2560,
  /** Bytes of an HTTP head: libhtp's hard field limit. */
  httpHead: 18_000,
  httpHeaders: 1024,
  /** Bytes of a body that rules see: Suricata's `response-body-limit`, and the same for requests. */
  httpBody: 100_000,
  /** Bytes of a compressed body that are kept until it is complete, and of what comes out of it. */
  httpCompressedBody: 1_048_576,
  httpDecompressedBody: 8_388_608,
  /** Transactions of a flow that wait for their other side. */
  transactions: 256,
  /** Bytes of a TLS handshake message over several records. */
  tlsHandshake: 65_536,
  /** Records over which one message may go. */
  tlsHandshakeRecords: 64,
  /** RFC 5246 section 6.2.3. */
  tlsRecord: 18_432,
  /** RFC 4253 section 4.2: the line has at most 255 bytes. */
  sshBanner: 255,
} as const
