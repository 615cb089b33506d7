import type { ByteReader } from './adapters/byte-reader.ts'
import { JsonDocumentLimitError, JsonDocuments } from './adapters/json-documents.ts'
import { LogPayloadError, logEventsOf, messageLines, parseJson } from './cloudwatch-logs.ts'
import { ContentError, type ContentOptions, type ContentPiece, type ContentPieces } from './content-piece.ts'
import { cutRawText } from './parse-issue.ts'

/** Reads payloads of CloudWatch Logs: JSON documents one after another, or the base64 data of one. */
export async function* readPayloads(reader: ByteReader, isBase64: boolean, options: ContentOptions): ContentPieces {
  const { maxPayloadBytes } = options.limits
  const documents = new JsonDocuments(maxPayloadBytes)
  const decoder = new TextDecoder()
  try {
    if (isBase64) {
      const data = await wholeText(reader, maxPayloadBytes)
      yield eventsPiece(() => ({ data }), data, maxPayloadBytes)
    } else {
      for await (const chunk of reader.rest()) {
        for (const text of documents.push(decoder.decode(chunk, { stream: true })))
          yield documentPiece(text, maxPayloadBytes)
      }
      for (const text of documents.end()) yield documentPiece(text, maxPayloadBytes)
    }
  } catch (error) {
    if (!(error instanceof JsonDocumentLimitError)) throw error
    throw new ContentError('decompression-limit', error.message)
  }
}

async function wholeText(reader: ByteReader, maxLength: number): Promise<string> {
  let text = ''
  for await (const chunk of reader.rest()) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.length > maxLength) {
      throw new JsonDocumentLimitError(`A payload is longer than ${maxLength} characters (limits.maxPayloadBytes).`)
    }
  }
  return text
}

function documentPiece(text: string, maxPayloadBytes: number): ContentPiece {
  return eventsPiece(() => parseJson(text), text, maxPayloadBytes)
}

function eventsPiece(payload: () => unknown, raw: string, maxPayloadBytes: number): ContentPiece {
  try {
    const lines = messageLines(logEventsOf(payload(), maxPayloadBytes))
    return lines === '' ? { kind: 'understood' } : { kind: 'text', bytes: Buffer.from(lines) }
  } catch (cause) {
    if (!(cause instanceof LogPayloadError)) throw cause
    const code = 'invalid-payload'
    return { kind: 'problem', code, message: cause.message, isCut: false, raw: cutRawText(raw), cause }
  }
}
