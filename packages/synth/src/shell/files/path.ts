/** An absolute path without `.`, `..` and repeated slashes; `..` above the root stays there. */
export function normalizePath(path: string): string {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name === '..') names.pop()
    else names.push(name)
  }
  return `/${names.join('/')}`
}

/** A path as seen from a directory; a final slash stays, because it asks for a directory. */
export function resolvePath(directory: string, path: string): string {
  const absolute = path.startsWith('/') ? path : `${directory}/${path}`
  const normal = normalizePath(absolute)
  return path.endsWith('/') && normal !== '/' ? `${normal}/` : normal
}

/** The directory above. */
export function parentOf(path: string): string {
  const normal = path.endsWith('/') ? path.slice(0, -1) : path
  const at = normal.lastIndexOf('/')
  return at <= 0 ? '/' : normal.slice(0, at)
}

/** The last name of a path. */
export function baseName(path: string): string {
  const normal = path.replace(/\/+$/, '')
  return normal.slice(normal.lastIndexOf('/') + 1)
}
