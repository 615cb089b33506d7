/** Special files under /dev. */
export type DeviceName = 'null' | 'zero' | 'full' | 'random' | 'tty'

interface Metadata {
  /** Stable number of the file, as `ls -i` prints it. */
  readonly number: number
  /** Permission bits. */
  mode: number
  modifiedMicroseconds: number
  /** 0 is root. */
  owner: number
}

/** A regular file. Its bytes are the first `size` of `content`. */
export interface RegularFile extends Metadata {
  readonly kind: 'file'
  content: Uint8Array
  size: number
  links: number
}

/** A directory. */
export interface Directory extends Metadata {
  readonly kind: 'directory'
  readonly entries: Map<string, Inode>
}

/** A symbolic link. */
export interface SymbolicLink extends Metadata {
  readonly kind: 'link'
  readonly target: string
}

/** A device. */
export interface Device extends Metadata {
  readonly kind: 'device'
  readonly device: DeviceName
}

/** What a directory entry refers to. */
export type Inode = RegularFile | Directory | SymbolicLink | Device

/** A file's bytes, not to be written to. */
export function fileBytes(file: RegularFile): Uint8Array {
  return file.content.subarray(0, file.size)
}

/** The first column of `ls -l`: `-rw-r--r--`. */
export function modeText(inode: Inode): string {
  const kind = { file: '-', directory: 'd', link: 'l', device: 'c' }[inode.kind]
  let text = kind
  for (let shift = 6; shift >= 0; shift -= 3) {
    const bits = inode.mode >> shift
    text += (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + (bits & 1 ? 'x' : '-')
  }
  if (inode.mode & 0o1000) text = text.slice(0, -1) + (inode.mode & 1 ? 't' : 'T')
  return text
}
