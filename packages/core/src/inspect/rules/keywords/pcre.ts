import type { BufferName } from '../buffer-names.ts'
import { parsePcre } from '../pcre/parse-pcre.ts'
import { PcreProgram } from '../pcre/program.ts'
import { refuse, refuseUnsupported } from '../rule-fault.ts'
import { short } from '../rule-text.ts'
import type { SignatureDraft } from '../signature-draft.ts'
import type { KeywordTable } from './keyword.ts'

/** The flags of `pcre` that name a buffer (Suricata user guide 7.0, "pcre (Perl Compatible Regular Expressions)"). */
const BUFFER_FLAGS: Readonly<Record<string, BufferName>> = {
  U: 'http.uri',
  I: 'http.uri.raw',
  P: 'http.request_body',
  Q: 'http.response_body',
  H: 'http.header',
  D: 'http.header.raw',
  M: 'http.method',
  C: 'http.cookie',
  S: 'http.stat_code',
  Y: 'http.stat_msg',
  V: 'http.user_agent',
  W: 'http.host',
  Z: 'http.host.raw',
}

/** `pcre`: a regular expression on the bytes of a buffer. */
export const PCRE_KEYWORDS: KeywordTable = {
  pcre: { value: 'either', isNegatable: true, read: readPcre },
}

function readPcre(draft: SignatureDraft, value: string, isNegated: boolean): void {
  const body = value.startsWith('m/') ? value.slice(1) : value
  const end = lastDelimiter(body)
  if (!body.startsWith('/') || end <= 0) {
    refuse(`pcre takes an expression between slashes and flags after them, as "/abc/i", not '${short(value)}'`)
  }
  const pattern = body.slice(1, end)
  const [flags = '', ...captures] = body.slice(end + 1).split(',')
  if (captures.length > 0)
    refuseUnsupported(
      `pcre with captures into variables (${short(captures.join())}), which the inspector does not have`,
    )
  for (const flag of flags) {
    if (!'ismxAEGRBO'.includes(flag) && !Object.hasOwn(BUFFER_FLAGS, flag)) {
      refuse(
        `pcre does not know the flag '${flag}'; it knows i s m x A E G R B O and, for buffers, ${Object.keys(BUFFER_FLAGS).join(' ')}`,
      )
    }
  }
  const named = [...flags].map((flag) => BUFFER_FLAGS[flag]).filter((buffer) => buffer !== undefined)
  if (named.length > 1) refuse(`pcre has ${named.length} flags that name a buffer; one is allowed`)
  const isRelative = flags.includes('R')
  const buffer = bufferFor(draft, named[0], isRelative)
  const has = (flag: string): boolean => flags.includes(flag)
  const parsed = parsePcre(pattern, {
    isNocase: has('i'),
    isDotAll: has('s'),
    isMultiline: has('m'),
    isExtended: has('x'),
    isUngreedy: has('G'),
    isDollarEndOnly: has('E'),
  })
  buffer.tests.push({ kind: 'pcre', pattern, flags, isNegated, isRelative, program: new PcreProgram(parsed, has('A')) })
}

function bufferFor(
  draft: SignatureDraft,
  named: BufferName | undefined,
  isRelative: boolean,
): ReturnType<SignatureDraft['current']> {
  if (draft.sticky) {
    if (named !== undefined && named !== draft.sticky.buffer) {
      refuse(`pcre names the buffer ${named} while the sticky buffer ${draft.sticky.buffer} is in force; drop the flag`)
    }
    return draft.current()
  }
  const buffer = draft.bufferOf(named ?? 'payload')
  if (isRelative && !buffer.tests.some(({ kind }) => kind === 'content' || kind === 'pcre'))
    refuse('pcre with R begins where the match before ended, and there is none in its buffer')
  if (named) draft.bindTo(named)
  return buffer
}

/** The last slash without a backslash before it. */
function lastDelimiter(text: string): number {
  for (let at = text.length - 1; at > 0; at -= 1) {
    if (text[at] === '/' && (text[at - 1] !== '\\' || text[at - 2] === '\\')) return at
  }
  return -1
}
