import {
  isChunkSource,
  streamFile
} from "./chunk-PBAO6P3L.js";

// src/adapters/s3.ts
function s3Source({ client, url }) {
  const places = (typeof url === "string" ? [url] : url).map(parseS3Url);
  async function* files() {
    const methods = await methodsOf(client);
    for (const { bucket, prefix } of places) yield* filesUnder(methods, bucket, prefix);
  }
  return { files: files() };
}
function parseS3Url(url) {
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(url) ?? [];
  if (bucket === void 0) throw new TypeError(`"${url}" is not a place in S3; it must be s3://bucket/prefix.`);
  return { bucket, prefix };
}
async function* filesUnder(methods, bucket, prefix) {
  let token;
  do {
    const page = await methods.listObjectsV2({
      Bucket: bucket,
      Prefix: prefix,
      ...token === void 0 ? {} : { ContinuationToken: token }
    });
    for (const { Key: key, Size: size = 0 } of page.Contents ?? []) {
      if (key === void 0 || size === 0 || isHidden(key)) continue;
      yield objectFile(methods, bucket, key, size);
    }
    token = page.NextContinuationToken;
  } while (token !== void 0);
}
function isHidden(key) {
  return /(?:^|\/)[._][^/]*$/.test(key);
}
function objectFile(methods, bucket, key, size) {
  const object = { Bucket: bucket, Key: key };
  return {
    name: `s3://${bucket}/${key}`,
    canReopen: true,
    async *open() {
      yield* bodyOf(await methods.getObject(object));
    },
    async randomAccess() {
      return {
        byteLength: size,
        async read(start, end) {
          const chunks = [];
          const ranged = await methods.getObject({ ...object, Range: `bytes=${start}-${end - 1}` });
          for await (const chunk of bodyOf(ranged)) chunks.push(Buffer.from(chunk));
          return Buffer.concat(chunks);
        }
      };
    }
  };
}
function bodyOf({ Body: body }) {
  if (body instanceof Uint8Array) return streamFile([body]).open();
  if (typeof body === "object" && body !== null && isChunkSource(body))
    return streamFile(body).open();
  throw new Error("GetObject gave no body that can be read");
}
async function methodsOf(client) {
  if ("listObjectsV2" in client) return client;
  const { ListObjectsV2Command, GetObjectCommand } = await commandsOfSdk();
  return {
    listObjectsV2: async (input) => await client.send(new ListObjectsV2Command(input)),
    getObject: async (input) => await client.send(new GetObjectCommand(input))
  };
}
async function commandsOfSdk() {
  const sdk = "@aws-sdk/client-s3";
  try {
    return await import(sdk);
  } catch (cause) {
    const message = `A client with send() needs the package ${sdk}, which cannot be loaded; install it, or give a client with listObjectsV2() and getObject().`;
    throw new Error(message, { cause });
  }
}
export {
  s3Source
};
//# sourceMappingURL=s3.js.map