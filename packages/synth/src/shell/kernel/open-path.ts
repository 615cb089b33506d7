import { FileError } from '../files/file-error.ts'
import { resolvePath } from '../files/path.ts'
import type { Task } from '../task.ts'
import { joinBytes } from './bytes.ts'
import { DeviceHandle, FileHandle } from './file-handle.ts'
import type { OpenFile } from './open-file.ts'
import type { Process } from './process.ts'

/** How a path is opened: as `<`, `>`, `>>` and `<>` do. */
export type OpenPurpose = 'read' | 'write' | 'append' | 'read-write'

const STANDARD: Readonly<Record<string, number>> = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 }

/**
 * Opens a file for a process: of the file system, or one of its own descriptors by /dev/fd/N, /dev/stdin and so on. Throws a FileError.
 */
export function openPath(process: Process, path: string, purpose: OpenPurpose): OpenFile {
  if (path === '') throw new FileError('ENOENT')
  const descriptor = descriptorOf(path)
  if (descriptor !== undefined) {
    const file = process.files.get(descriptor)
    if (!file) throw new FileError('ENOENT')
    return file
  }
  const { fileSystem, host } = process.kernel
  const inode = fileSystem.open(resolvePath(process.directory, path), { create: purpose !== 'read' })
  if (inode.kind === 'device') return new DeviceHandle(inode.device, () => host.randomUint32())
  if (purpose === 'write') fileSystem.truncate(inode)
  return new FileHandle(fileSystem, inode, {
    read: purpose === 'read' || purpose === 'read-write',
    write: purpose !== 'read',
    append: purpose === 'append',
  })
}

/** The descriptor that a path under /dev stands for. */
export function descriptorOf(path: string): number | undefined {
  const numbered = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)
  if (numbered) return Number(numbered[1])
  return Object.hasOwn(STANDARD, path) ? STANDARD[path] : undefined
}

/** Reads a whole file for a process. Throws a FileError. */
export function* readAll(process: Process, path: string): Task<Uint8Array> {
  const file = openPath(process, path, 'read').retain()
  try {
    return yield* readToEnd(process, file)
  } finally {
    file.release()
  }
}

/** Reads an open file to its end. */
export function* readToEnd(process: Process, file: OpenFile): Task<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    process.kernel.budget.operation()
    const chunk = yield* file.read(65_536)
    if (chunk.length === 0) break
    chunks.push(chunk)
    length += chunk.length
    process.kernel.budget.string(length)
  }
  return joinBytes(chunks)
}
