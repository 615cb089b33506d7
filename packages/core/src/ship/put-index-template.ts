import { DEFAULT_DATA_STREAM, indexTemplate } from './index-template.ts'
import { ShipError } from './ship-error.ts'

/**
 * Puts the index template of a data stream (`PUT _index_template/NAME`), to be done before the first document; the same one again changes
 * nothing.
 *
 * @throws ShipError where it is refused, and what `fetch` throws.
 */
export async function putIndexTemplate(
  endpoint: string,
  fetch: typeof globalThis.fetch,
  dataStream: string = DEFAULT_DATA_STREAM,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const base = endpoint.replace(/\/+$/, '').replace(/\/_bulk$/, '')
  const url = `${base}/_index_template/${encodeURIComponent(dataStream)}`
  const response = await fetch(url, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(indexTemplate(dataStream)),
    redirect: 'manual',
  })
  const text = await response.text()
  if (!response.ok) {
    throw new ShipError('refused-request', `${url} answers ${response.status}: ${text.slice(0, 300)}`)
  }
}
