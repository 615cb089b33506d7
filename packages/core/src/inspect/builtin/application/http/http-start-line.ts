/** How a response begins. */
export const RESPONSE_START = 'HTTP'

/** The parts of a request line (RFC 9112 section 3), with more space between them than allowed; by hand, since lines may be hostile. */
export function requestLine(line: string): { method: string; target: string; protocol: string } {
  const trimmed = line.trim()
  const methodEnd = firstSpace(trimmed)
  const rest = trimmed.slice(methodEnd).trim()
  const last = Math.max(rest.lastIndexOf(' '), rest.lastIndexOf('\t')) + 1
  const protocol = rest.slice(last)
  const isProtocol = protocol.startsWith('HTTP/')
  return {
    method: trimmed.slice(0, methodEnd),
    target: isProtocol ? rest.slice(0, last).trim() : rest,
    protocol: isProtocol ? protocol : '',
  }
}

function firstSpace(text: string): number {
  const space = text.indexOf(' ')
  const tab = text.indexOf('\t')
  if (space < 0) return tab < 0 ? text.length : tab
  return tab < 0 ? space : Math.min(space, tab)
}

/** Whether bytes begin as a response does. */
export function startsResponse(bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < RESPONSE_START.length; at += 1) {
    if (bytes[start + at] !== RESPONSE_START.charCodeAt(at)) return false
  }
  return true
}
