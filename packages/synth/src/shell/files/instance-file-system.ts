import { ShellLimitError } from '../shell-limits.ts'
import { FileError, type FileErrorCode } from './file-error.ts'
import { type Device, type DeviceName, type Directory, fileBytes, type Inode, type RegularFile } from './inode.ts'
import { normalizePath, parentOf } from './path.ts'

/** Symbolic links that are followed in one path (path_resolution(7)). */
const LINK_LIMIT = 40

/**
 * The files of a simulated instance: in memory, gone with it, and without any way to the files of the machine that simulates it. Paths
 * are absolute. Operations throw {@link FileError}. Times are those of the simulation.
 */
export class InstanceFileSystem {
  readonly root: Directory
  readonly #limitBytes: number
  readonly #now: () => number
  #nextNumber = 2
  #bytes = 0

  constructor(nowMicroseconds: () => number, limitBytes: number) {
    this.#now = nowMicroseconds
    this.#limitBytes = limitBytes
    this.root = { kind: 'directory', entries: new Map(), ...this.#metadata(0o755) }
  }

  /** What a path refers to, through links unless the last one is to be seen itself. Throws ENOENT, ENOTDIR, ELOOP. */
  lookup(path: string, options: { readonly followLast?: boolean } = {}): Inode {
    return this.#require(path, options.followLast ?? true).inode
  }

  /** As {@link InstanceFileSystem.lookup}, but undefined where there is nothing. */
  find(path: string, options: { readonly followLast?: boolean } = {}): Inode | undefined {
    // Without an error object: searching PATH misses more often than it finds.
    const found = this.#walk(path, options.followLast ?? true)
    return typeof found === 'string' ? undefined : found.inode
  }

  /** The path without links. Throws as lookup does. */
  realPath(path: string): string {
    return this.#require(path, true).path
  }

  /** Names in a directory, in the order of their code units. Throws ENOTDIR. */
  list(path: string): string[] {
    const inode = this.lookup(path)
    if (inode.kind !== 'directory') throw new FileError('ENOTDIR')
    return [...inode.entries.keys()].sort()
  }

  /** A file's bytes, not to be written to. Throws EISDIR. */
  read(path: string): Uint8Array {
    const inode = this.lookup(path)
    if (inode.kind === 'directory') throw new FileError('EISDIR')
    if (inode.kind !== 'file') return new Uint8Array(0)
    return fileBytes(inode)
  }

  /** The regular file or device at a path, made if it is not there. Throws EISDIR, ENOENT where the directory is missing. */
  open(path: string, options: { readonly create: boolean; readonly mode?: number }): RegularFile | Device {
    const existing = this.#followForCreation(path)
    const inode = existing.inode
    if (inode?.kind === 'directory') throw new FileError('EISDIR')
    if (inode && inode.kind !== 'link') return inode
    if (!options.create) throw new FileError('ENOENT')
    if (path.endsWith('/')) throw new FileError('EISDIR')
    const file: RegularFile = {
      kind: 'file',
      content: new Uint8Array(0),
      size: 0,
      links: 1,
      ...this.#metadata(options.mode ?? 0o644),
    }
    existing.directory.entries.set(existing.name, file)
    existing.directory.modifiedMicroseconds = this.#now()
    return file
  }

  /** Writes at a position, filling a gap with zeros. Throws a ShellLimitError where the files become too large. */
  writeAt(file: RegularFile, position: number, bytes: Uint8Array): void {
    const end = position + bytes.length
    if (end > file.size) {
      this.#use(end - file.size)
      if (end > file.content.length) {
        const grown = new Uint8Array(Math.max(end, file.content.length * 2))
        grown.set(fileBytes(file))
        file.content = grown
      }
      file.size = end
    }
    file.content.set(bytes, position)
    file.modifiedMicroseconds = this.#now()
  }

  truncate(file: RegularFile): void {
    this.#bytes -= file.size
    file.content = new Uint8Array(0)
    file.size = 0
    file.modifiedMicroseconds = this.#now()
  }

  /** Replaces or makes a whole file. */
  write(path: string, bytes: Uint8Array, options: { readonly append?: boolean; readonly mode?: number } = {}): void {
    const file = this.open(path, { create: true, ...(options.mode === undefined ? {} : { mode: options.mode }) })
    if (file.kind !== 'file') return
    if (!options.append) this.truncate(file)
    this.writeAt(file, file.size, bytes)
  }

  /** Makes a directory, with those above it if asked. Throws EEXIST. */
  makeDirectory(path: string, options: { readonly recursive?: boolean; readonly mode?: number } = {}): void {
    const parent = parentOf(path)
    if (options.recursive && path !== '/' && !this.find(parent)) this.makeDirectory(parent, { recursive: true })
    const existing = this.find(path)
    if (existing) {
      if (options.recursive && existing.kind === 'directory') return
      throw new FileError('EEXIST')
    }
    this.#place(path, { kind: 'directory', entries: new Map(), ...this.#metadata(options.mode ?? 0o755) })
  }

  makeDevice(path: string, device: DeviceName): void {
    this.#place(path, { kind: 'device', device, ...this.#metadata(0o666) })
  }

  /** Throws EEXIST. */
  symbolicLink(target: string, path: string): void {
    if (this.find(path, { followLast: false })) throw new FileError('EEXIST')
    this.#place(path, { kind: 'link', target, ...this.#metadata(0o777) })
  }

  /** A second name for a file. Throws EPERM for directories, EEXIST. */
  hardLink(existing: string, path: string): void {
    const inode = this.lookup(existing, { followLast: false })
    if (inode.kind === 'directory') throw new FileError('EPERM')
    if (this.find(path, { followLast: false })) throw new FileError('EEXIST')
    if (inode.kind === 'file') inode.links += 1
    this.#place(path, inode)
  }

  /** Removes a name; a directory only when it is empty or everything in it is to go too. Throws ENOENT, ENOTEMPTY. */
  remove(path: string, options: { readonly recursive?: boolean } = {}): void {
    const { directory, name, inode } = this.#entry(path)
    if (!inode) throw new FileError('ENOENT')
    if (inode.kind === 'directory' && inode.entries.size > 0 && !options.recursive) throw new FileError('ENOTEMPTY')
    directory.entries.delete(name)
    directory.modifiedMicroseconds = this.#now()
    this.#release(inode)
  }

  /** Gives a file another name, replacing what has it. Throws ENOENT, EISDIR, ENOTDIR, EINVAL into itself. */
  rename(from: string, to: string): void {
    const source = this.#entry(from)
    if (!source.inode) throw new FileError('ENOENT')
    const target = this.#entry(to)
    if (source.inode === target.inode) return
    if (`${normalizePath(to)}/`.startsWith(`${normalizePath(from)}/`)) throw new FileError('EINVAL')
    if (target.inode?.kind === 'directory') {
      if (source.inode.kind !== 'directory') throw new FileError('EISDIR')
      if (target.inode.entries.size > 0) throw new FileError('ENOTEMPTY')
    } else if (target.inode && source.inode.kind === 'directory') throw new FileError('ENOTDIR')
    if (target.inode) this.#release(target.inode)
    source.directory.entries.delete(source.name)
    target.directory.entries.set(target.name, source.inode)
    source.directory.modifiedMicroseconds = this.#now()
    target.directory.modifiedMicroseconds = this.#now()
  }

  #release(inode: Inode): void {
    if (inode.kind === 'directory') for (const child of inode.entries.values()) this.#release(child)
    if (inode.kind !== 'file') return
    inode.links -= 1
    if (inode.links === 0) this.#bytes -= inode.size
  }

  #use(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#limitBytes) {
      this.#bytes -= bytes
      throw new ShellLimitError('fileSystemBytes', this.#limitBytes)
    }
  }

  #metadata(mode: number): { number: number; mode: number; modifiedMicroseconds: number; owner: number } {
    this.#nextNumber += 1
    return { number: this.#nextNumber, mode, modifiedMicroseconds: this.#now(), owner: 0 }
  }

  #place(path: string, inode: Inode): void {
    const { directory, name } = this.#entry(path)
    if (name === '') throw new FileError('EEXIST')
    directory.entries.set(name, inode)
    directory.modifiedMicroseconds = this.#now()
  }

  /** The directory that holds a path's last name, and what that name refers to there. */
  #entry(path: string): { directory: Directory; name: string; inode: Inode | undefined } {
    const normal = normalizePath(path)
    const directory = this.#require(parentOf(normal), true).inode
    if (directory.kind !== 'directory') throw new FileError('ENOTDIR')
    const name = normal.slice(normal.lastIndexOf('/') + 1)
    return { directory, name, inode: name === '' ? directory : directory.entries.get(name) }
  }

  /** As #entry, following a link at the last place to where a file would be made. */
  #followForCreation(path: string): { directory: Directory; name: string; inode: Inode | undefined } {
    let at = path
    for (let links = 0; links <= LINK_LIMIT; links += 1) {
      const entry = this.#entry(at)
      if (entry.inode?.kind !== 'link') return entry
      const base = this.realPath(parentOf(normalizePath(at)))
      at = normalizePath(entry.inode.target.startsWith('/') ? entry.inode.target : `${base}/${entry.inode.target}`)
    }
    throw new FileError('ELOOP')
  }

  #require(path: string, followLast: boolean): { inode: Inode; path: string } {
    const found = this.#walk(path, followLast)
    if (typeof found === 'string') throw new FileError(found)
    return found
  }

  #walk(path: string, followLast: boolean): { inode: Inode; path: string } | FileErrorCode {
    let names = path.split('/').filter((name) => name !== '' && name !== '.')
    let stack: { name: string; inode: Inode }[] = []
    let links = 0
    while (names.length > 0) {
      const name = names.shift() as string
      const current = stack.at(-1)?.inode ?? this.root
      if (current.kind !== 'directory') return 'ENOTDIR'
      if (name === '..') {
        stack.pop()
        continue
      }
      const next = current.entries.get(name)
      if (!next) return 'ENOENT'
      if (next.kind === 'link' && (names.length > 0 || followLast)) {
        links += 1
        if (links > LINK_LIMIT) return 'ELOOP'
        if (next.target.startsWith('/')) stack = []
        names = [...next.target.split('/').filter((part) => part !== '' && part !== '.'), ...names]
        continue
      }
      stack.push({ name, inode: next })
    }
    const inode = stack.at(-1)?.inode ?? this.root
    if (path.endsWith('/') && inode.kind !== 'directory') return 'ENOTDIR'
    return { inode, path: `/${stack.map((entry) => entry.name).join('/')}` }
  }
}
