import type { Inode } from './files/inode.ts'
import type { InstanceFileSystem } from './files/instance-file-system.ts'
import { toBytes } from './kernel/bytes.ts'
import type { Program } from './program.ts'
import type { HostIdentity } from './shell-host.ts'

/** Directories of programs that live in /usr/sbin on Ubuntu. */
const SYSTEM_PROGRAMS: ReadonlySet<string> = new Set(['ip', 'ss', 'traceroute'])

/** The beginning of an executable of x86-64 Linux, which stands for a program whose code is not there. */
const EXECUTABLE = new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])

/**
 * Lays out an instance's files: the directories of an Ubuntu, a file for each program, and the configuration that programs read. Gives
 * the programs by their files.
 */
export function layOutFiles(
  files: InstanceFileSystem,
  programs: ReadonlyMap<string, Program>,
  identity: HostIdentity,
  user: { readonly name: string; readonly id: number; readonly home: string },
): WeakMap<Inode, Program> {
  for (const path of [
    '/usr/bin',
    '/usr/sbin',
    '/etc',
    '/dev',
    '/home',
    '/opt',
    '/root',
    '/tmp',
    '/var/log',
    '/var/tmp',
  ]) {
    files.makeDirectory(path, { recursive: true })
  }
  for (const path of ['/tmp', '/var/tmp']) files.lookup(path).mode = 0o1777
  files.lookup('/root').mode = 0o700
  files.symbolicLink('usr/bin', '/bin')
  files.symbolicLink('usr/sbin', '/sbin')
  for (const device of ['null', 'zero', 'full', 'tty'] as const) files.makeDevice(`/dev/${device}`, device)
  for (const name of ['random', 'urandom']) files.makeDevice(`/dev/${name}`, 'random')
  files.makeDirectory(user.home, { recursive: true })
  files.lookup(user.home).owner = user.id
  const byInode = new WeakMap<Inode, Program>()
  for (const [name, program] of programs) {
    const path = `/usr/${SYSTEM_PROGRAMS.has(name) ? 'sbin' : 'bin'}/${name}`
    files.write(path, EXECUTABLE, { mode: 0o755 })
    byInode.set(files.lookup(path), program)
  }
  for (const [path, text] of Object.entries(configuration(identity, user))) files.write(path, toBytes(text))
  return byInode
}

function configuration(
  identity: HostIdentity,
  user: { readonly name: string; readonly id: number; readonly home: string },
): Record<string, string> {
  const search = identity.domain === undefined ? '' : `search ${identity.domain}\n`
  const account = user.id === 0 ? '' : `${user.name}:x:${user.id}:${user.id}::${user.home}:/bin/bash\n`
  return {
    '/etc/hostname': `${identity.hostname}\n`,
    '/etc/hosts':
      '127.0.0.1 localhost\n\n# The following lines are desirable for IPv6 capable hosts\n::1 ip6-localhost ip6-loopback\n',
    '/etc/resolv.conf': `nameserver ${identity.nameServer}\noptions edns0 trust-ad\n${search}`,
    '/etc/passwd': `root:x:0:0:root:/root:/bin/bash\n${account}`,
    '/etc/os-release': OS_RELEASE,
    '/etc/timezone': 'Etc/UTC\n',
  }
}

const OS_RELEASE = `PRETTY_NAME="Ubuntu 24.04.1 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04.1 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
`
