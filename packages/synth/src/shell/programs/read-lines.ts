import { toText } from '../kernel/bytes.ts'
import { readAll, readToEnd } from '../kernel/open-path.ts'
import type { ProgramContext } from '../program.ts'
import type { Task } from '../task.ts'

/** All text of a file, `-` being standard input. Throws a FileError. */
export function* readText(context: ProgramContext, path: string): Task<string> {
  const { process } = context
  return toText(path === '-' ? yield* readToEnd(process, process.files.require(0)) : yield* readAll(process, path))
}

/** The lines of a text without their ends; a last line needs none. */
export function linesOf(text: string, end = '\n'): string[] {
  const lines = text.split(end)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
