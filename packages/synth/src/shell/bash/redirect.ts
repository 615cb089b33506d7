import type { WordNode } from 'just-bash'
import { FileError, type FileErrorCode } from '../files/file-error.ts'
import { resolvePath } from '../files/path.ts'
import { toBytes } from '../kernel/bytes.ts'
import { InputBytes } from '../kernel/file-handle.ts'
import type { FileTable } from '../kernel/file-table.ts'
import type { OpenFile } from '../kernel/open-file.ts'
import { type OpenPurpose, openPath } from '../kernel/open-path.ts'
import { SocketFile } from '../kernel/socket-file.ts'
import type { NetworkFailure } from '../shell-host.ts'
import type { Task } from '../task.ts'
import { assign } from './assign.ts'
import { expandQuoted, expandToText, expandWords } from './expand-word.ts'
import { ExpansionFailure } from './flow.ts'
import type { ShellState } from './shell-state.ts'
import type { RedirectionNode } from './syntax.ts'
import { scalarOf } from './variable.ts'

/** First descriptor that `{name}>file` takes. */
const FIRST_NAMED_DESCRIPTOR = 10

/** What redirections changed in a table of descriptors, to be taken back. */
export class RedirectionUndo {
  readonly #files: FileTable
  readonly #before: { readonly descriptor: number; readonly file: OpenFile | undefined }[] = []

  constructor(files: FileTable) {
    this.#files = files
  }

  /** Notes a descriptor before it is changed. */
  note(descriptor: number): void {
    this.#before.push({ descriptor, file: this.#files.get(descriptor)?.retain() })
  }

  /** Puts all descriptors back as they were. */
  undo(): void {
    for (const { descriptor, file } of this.#before.reverse()) {
      if (file) {
        this.#files.set(descriptor, file)
        file.release()
      } else this.#files.close(descriptor)
    }
    this.#before.length = 0
  }

  /** Leaves the descriptors as they are now. */
  keep(): void {
    for (const { file } of this.#before) file?.release()
    this.#before.length = 0
  }
}

/**
 * Makes redirections in a table of descriptors, in their order (bash manual, Redirections). Throws an ExpansionFailure with the message
 * for one that cannot be made.
 */
export function* redirect(
  shell: ShellState,
  redirections: readonly RedirectionNode[],
  files: FileTable,
  undo?: RedirectionUndo,
): Task {
  for (const redirection of redirections) {
    shell.process.kernel.budget.operation()
    yield* redirectOne(shell, redirection, files, undo)
  }
}

function* redirectOne(
  shell: ShellState,
  redirection: RedirectionNode,
  files: FileTable,
  undo: RedirectionUndo | undefined,
): Task {
  const { operator, target } = redirection
  if (target.type === 'HereDoc') {
    const text = target.quoted
      ? yield* expandToText(shell, target.content)
      : yield* expandQuoted(shell, target.stripTabs ? withoutTabs(target.content) : target.content)
    const stripped = target.quoted && target.stripTabs ? text.replace(/^\t+/gm, '') : text
    place(shell, redirection, 0, new InputBytes(toBytes(stripped)), files, undo)
    return
  }
  if (operator === '<<<') {
    place(shell, redirection, 0, new InputBytes(toBytes(`${yield* expandToText(shell, target)}\n`)), files, undo)
    return
  }
  const path = yield* targetText(shell, target)
  switch (operator) {
    case '<':
      place(shell, redirection, 0, yield* open(shell, path, 'read'), files, undo)
      return
    case '<>':
      place(shell, redirection, 0, yield* open(shell, path, 'read-write'), files, undo)
      return
    case '>':
      refuseClobbering(shell, path)
      place(shell, redirection, 1, yield* open(shell, path, 'write'), files, undo)
      return
    case '>|':
      place(shell, redirection, 1, yield* open(shell, path, 'write'), files, undo)
      return
    case '>>':
      place(shell, redirection, 1, yield* open(shell, path, 'append'), files, undo)
      return
    case '&>':
    case '&>>':
      yield* bothStreams(shell, path, operator === '&>>' ? 'append' : 'write', files, undo)
      return
    case '>&':
    case '<&':
      if (/^(?:\d+-?|-)$/.test(path)) duplicate(shell, redirection, path, files, undo)
      else if (operator === '>&' && redirection.fd === null) yield* bothStreams(shell, path, 'write', files, undo)
      else throw new ExpansionFailure(`${path}: ambiguous redirect`)
      return
  }
}

function* targetText(shell: ShellState, word: WordNode): Task<string> {
  const words = yield* expandWords(shell, [word])
  if (words.length !== 1)
    throw new ExpansionFailure(`${word.parts.length > 0 ? sourceOf(word) : ''}: ambiguous redirect`)
  return words[0] as string
}

function sourceOf(word: WordNode): string {
  return word.parts
    .map((part) => (part.type === 'ParameterExpansion' ? `$${part.parameter}` : 'value' in part ? part.value : ''))
    .join('')
}

function refuseClobbering(shell: ShellState, path: string): void {
  if (!shell.options.has('noclobber')) return
  const inode = shell.process.kernel.fileSystem.find(resolvePath(shell.process.directory, path))
  if (inode?.kind === 'file') throw new ExpansionFailure(`${path}: cannot overwrite existing file`)
}

function* bothStreams(
  shell: ShellState,
  path: string,
  purpose: OpenPurpose,
  files: FileTable,
  undo: RedirectionUndo | undefined,
): Task {
  const file = yield* open(shell, path, purpose)
  for (const descriptor of [1, 2]) {
    undo?.note(descriptor)
    files.set(descriptor, file)
  }
}

function duplicate(
  shell: ShellState,
  redirection: RedirectionNode,
  target: string,
  files: FileTable,
  undo: RedirectionUndo | undefined,
): void {
  const standard = redirection.operator === '>&' ? 1 : 0
  if (target === '-') {
    const descriptor = redirection.fdVariable
      ? namedDescriptor(shell, redirection.fdVariable)
      : (redirection.fd ?? standard)
    undo?.note(descriptor)
    files.close(descriptor)
    return
  }
  const from = Number.parseInt(target, 10)
  const file = files.get(from)
  if (!file) throw new ExpansionFailure(`${from}: Bad file descriptor`)
  place(shell, redirection, standard, file, files, undo)
  if (target.endsWith('-') && from !== (redirection.fd ?? standard)) {
    undo?.note(from)
    files.close(from)
  }
}

function namedDescriptor(shell: ShellState, name: string): number {
  const variable = shell.variables.find(name)
  const value = Number(variable && scalarOf(variable))
  if (!Number.isInteger(value)) throw new ExpansionFailure(`${name}: Bad file descriptor`)
  return value
}

function place(
  shell: ShellState,
  redirection: RedirectionNode,
  standard: number,
  file: OpenFile,
  files: FileTable,
  undo: RedirectionUndo | undefined,
): void {
  if (redirection.fdVariable) {
    // A descriptor taken by name stays open behind the command.
    const descriptor = files.free(FIRST_NAMED_DESCRIPTOR)
    files.set(descriptor, file)
    if (files !== shell.process.files) shell.process.files.set(descriptor, file)
    assign(shell, redirection.fdVariable, String(descriptor))
    return
  }
  const descriptor = redirection.fd ?? standard
  undo?.note(descriptor)
  try {
    files.set(descriptor, file)
  } catch (error) {
    if (error instanceof FileError) throw new ExpansionFailure(`${descriptor}: ${error.message}`)
    throw error
  }
}

function* open(shell: ShellState, path: string, purpose: OpenPurpose): Task<OpenFile> {
  const socket = /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/.exec(path)
  if (socket) return yield* openSocket(shell, socket[1] ?? '', socket[2] ?? '', socket[3] ?? '', path)
  try {
    return openPath(shell.process, path, purpose)
  } catch (error) {
    if (error instanceof FileError) throw new ExpansionFailure(`${path}: ${error.message}`)
    throw error
  }
}

const FAILURES: Readonly<Record<NetworkFailure, FileErrorCode>> = {
  refused: 'ECONNREFUSED',
  timeout: 'ETIMEDOUT',
  'host-unreachable': 'EHOSTUNREACH',
  'network-unreachable': 'ENETUNREACH',
  prohibited: 'EHOSTUNREACH',
  'address-in-use': 'EINVAL',
}

function* openSocket(shell: ShellState, protocol: string, name: string, service: string, path: string): Task<OpenFile> {
  if (protocol === 'udp') throw new ExpansionFailure(`${path}: /dev/udp is not simulated; use nc -u`)
  const port = Number(service)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ExpansionFailure(`${service}: service not found`)
  }
  const { host } = shell.process.kernel
  const found = yield* host.lookup(name)
  if (found.kind !== 'found') {
    yield* shell.complain(
      `${name}: ${found.kind === 'not-found' ? 'Name or service not known' : 'Temporary failure in name resolution'}`,
    )
    throw new ExpansionFailure(`${path}: Invalid argument`)
  }
  const outcome = yield* host.connect({ address: found.addresses[0] as string, port })
  if (outcome.kind === 'connected') return new SocketFile(outcome.connection)
  const message = new FileError(FAILURES[outcome.failure]).message
  yield* shell.complain(`connect: ${message}`)
  throw new ExpansionFailure(`${path}: ${message}`)
}

/** A here-document's text without the tabs that its lines begin with. */
function withoutTabs(content: WordNode): WordNode {
  const parts = content.parts.map((part, i) => {
    if (part.type !== 'Literal') return part
    const value = part.value.replace(/\n\t+/g, '\n')
    return { ...part, value: i === 0 ? value.replace(/^\t+/, '') : value }
  })
  return { type: 'Word', parts }
}
