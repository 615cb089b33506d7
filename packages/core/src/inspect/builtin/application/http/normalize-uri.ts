/**
 * A request's target as Suricata's `http.uri` has it (libhtp's personality IDS): without scheme and authority, the path percent-decoded,
 * with backslashes made slashes, runs of slashes made one, and `.` and `..` resolved; the query as sent, without the fragment.
 */
export function normalizeUri(target: string): string {
  const { path, query } = splitTarget(target)
  const decoded = decodePath(path)
  return query === undefined ? decoded : `${decoded}?${query}`
}

/** The decoded path alone: what a file is named after. */
export function uriPath(target: string): string {
  return decodePath(splitTarget(target).path)
}

function splitTarget(target: string): { path: string; query: string | undefined } {
  let rest = target
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#]*/.exec(rest)?.[0]
  if (scheme !== undefined) rest = rest.slice(scheme.length)
  const fragment = rest.indexOf('#')
  if (fragment >= 0) rest = rest.slice(0, fragment)
  const mark = rest.indexOf('?')
  return mark < 0 ? { path: rest, query: undefined } : { path: rest.slice(0, mark), query: rest.slice(mark + 1) }
}

function decodePath(path: string): string {
  let decoded = path
  if (decoded.includes('%')) {
    decoded = decoded.replace(/%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})/g, (_whole, wide?: string, narrow?: string) =>
      String.fromCharCode(Number.parseInt(wide === undefined ? (narrow ?? '0') : wide.slice(2), 16)),
    )
  }
  if (decoded.includes('\\')) decoded = decoded.replaceAll('\\', '/')
  if (decoded.includes('//')) decoded = decoded.replace(/\/{2,}/g, '/')
  return decoded.includes('/.') ? withoutDots(decoded) : decoded
}

/** RFC 3986 section 5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = []
  const segments = path.split('/')
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1
    if (segment === '.') {
      if (isLast) kept.push('')
    } else if (segment === '..') {
      if (kept.length > 1) kept.pop()
      if (isLast) kept.push('')
    } else kept.push(segment)
  })
  return kept.join('/')
}
