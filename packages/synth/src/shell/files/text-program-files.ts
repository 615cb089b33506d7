import type { FsStat, IFileSystem } from 'just-bash'
import { toBytes, toText } from '../kernel/bytes.ts'
import { FileError } from './file-error.ts'
import { fileBytes, type Inode } from './inode.ts'
import type { InstanceFileSystem } from './instance-file-system.ts'
import { baseName, normalizePath, resolvePath } from './path.ts'

type Content = string | Uint8Array

/** An instance's files as just-bash's text programs see them; its errors carry their code in front, as those of Node.js do. */
export class TextProgramFiles implements IFileSystem {
  readonly #files: InstanceFileSystem

  constructor(files: InstanceFileSystem) {
    this.#files = files
  }

  async readFile(path: string, options?: { encoding?: string | null } | string): Promise<string> {
    const encoding = typeof options === 'string' ? options : options?.encoding
    const bytes = await this.readFileBuffer(path)
    return encoding === 'binary' || encoding === 'latin1' ? latin1(bytes) : toText(bytes)
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    return attempt(`open '${path}'`, () => this.#files.read(path).slice())
  }

  async writeFile(path: string, content: Content, options?: { encoding?: string } | string): Promise<void> {
    attempt(`open '${path}'`, () => this.#files.write(path, contentBytes(content, options)))
  }

  async appendFile(path: string, content: Content, options?: { encoding?: string } | string): Promise<void> {
    attempt(`open '${path}'`, () => this.#files.write(path, contentBytes(content, options), { append: true }))
  }

  async exists(path: string): Promise<boolean> {
    return this.#files.find(path) !== undefined
  }

  async stat(path: string): Promise<FsStat> {
    return attempt(`stat '${path}'`, () => statOf(this.#files.lookup(path)))
  }

  async lstat(path: string): Promise<FsStat> {
    return attempt(`lstat '${path}'`, () => statOf(this.#files.lookup(path, { followLast: false })))
  }

  async mkdir(path: string, options?: { recursive?: boolean }): Promise<void> {
    attempt(`mkdir '${path}'`, () => this.#files.makeDirectory(path, { recursive: options?.recursive ?? false }))
  }

  async readdir(path: string): Promise<string[]> {
    return attempt(`scandir '${path}'`, () => this.#files.list(path))
  }

  async readdirWithFileTypes(
    path: string,
  ): Promise<{ name: string; isFile: boolean; isDirectory: boolean; isSymbolicLink: boolean }[]> {
    return attempt(`scandir '${path}'`, () =>
      this.#files.list(path).map((name) => {
        const inode = this.#files.lookup(`${path}/${name}`, { followLast: false })
        return {
          name,
          isFile: inode.kind === 'file' || inode.kind === 'device',
          isDirectory: inode.kind === 'directory',
          isSymbolicLink: inode.kind === 'link',
        }
      }),
    )
  }

  async rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void> {
    if (options?.force && !this.#files.find(path, { followLast: false })) return
    attempt(`rm '${path}'`, () => this.#files.remove(path, { recursive: options?.recursive ?? false }))
  }

  async cp(source: string, destination: string, options?: { recursive?: boolean }): Promise<void> {
    attempt(`cp '${source}'`, () => this.#copy(source, destination, options?.recursive ?? false))
  }

  async mv(source: string, destination: string): Promise<void> {
    attempt(`mv '${source}'`, () => this.#files.rename(source, destination))
  }

  resolvePath(base: string, path: string): string {
    return normalizePath(resolvePath(base, path))
  }

  getAllPaths(): string[] {
    const paths: string[] = []
    const visit = (path: string, inode: Inode): void => {
      paths.push(path === '' ? '/' : path)
      if (inode.kind === 'directory') for (const [name, child] of inode.entries) visit(`${path}/${name}`, child)
    }
    visit('', this.#files.root)
    return paths
  }

  async chmod(path: string, mode: number): Promise<void> {
    attempt(`chmod '${path}'`, () => {
      this.#files.lookup(path).mode = mode & 0o7777
    })
  }

  async symlink(target: string, path: string): Promise<void> {
    attempt(`symlink '${path}'`, () => this.#files.symbolicLink(target, path))
  }

  async link(existing: string, path: string): Promise<void> {
    attempt(`link '${path}'`, () => this.#files.hardLink(existing, path))
  }

  async readlink(path: string): Promise<string> {
    return attempt(`readlink '${path}'`, () => {
      const inode = this.#files.lookup(path, { followLast: false })
      if (inode.kind !== 'link') throw new FileError('EINVAL')
      return inode.target
    })
  }

  async realpath(path: string): Promise<string> {
    return attempt(`realpath '${path}'`, () => this.#files.realPath(path))
  }

  async utimes(path: string, _accessed: Date, modified: Date): Promise<void> {
    attempt(`utime '${path}'`, () => {
      this.#files.lookup(path).modifiedMicroseconds = modified.getTime() * 1000
    })
  }

  #copy(source: string, destination: string, recursive: boolean): void {
    const inode = this.#files.lookup(source)
    if (inode.kind !== 'directory') {
      this.#files.write(destination, inode.kind === 'file' ? fileBytes(inode).slice() : new Uint8Array(0), {
        mode: inode.mode,
      })
      return
    }
    if (!recursive) throw new FileError('EISDIR')
    this.#files.makeDirectory(destination, { recursive: true, mode: inode.mode })
    for (const name of [...inode.entries.keys()]) {
      if (`${destination}/`.startsWith(`${source}/`) && baseName(destination) === name) continue
      this.#copy(`${source}/${name}`, `${destination}/${name}`, true)
    }
  }
}

function statOf(inode: Inode): FsStat {
  return {
    isFile: inode.kind === 'file' || inode.kind === 'device',
    isDirectory: inode.kind === 'directory',
    isSymbolicLink: inode.kind === 'link',
    mode: inode.mode,
    size: inode.kind === 'file' ? inode.size : inode.kind === 'directory' ? 4096 : 0,
    mtime: new Date(Math.floor(inode.modifiedMicroseconds / 1000)),
    ino: inode.number,
  }
}

function attempt<Result>(what: string, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    throw Object.assign(new Error(`${error.code}: ${error.message.toLowerCase()}, ${what}`), { code: error.code })
  }
}

function contentBytes(content: Content, options: { encoding?: string } | string | undefined): Uint8Array {
  if (typeof content !== 'string') return content
  const encoding = typeof options === 'string' ? options : options?.encoding
  if (encoding !== 'binary' && encoding !== 'latin1') return toBytes(content)
  return Uint8Array.from(content, (character) => character.charCodeAt(0))
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}
