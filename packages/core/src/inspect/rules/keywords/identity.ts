import { parseInteger } from '../number-test.ts'
import { refuse } from '../rule-fault.ts'
import { short } from '../rule-text.ts'
import type { SignatureDraft } from '../signature-draft.ts'
import type { KeywordTable } from './keyword.ts'

const ID_MAX = 4_294_967_294

/** Keywords that say what a rule is called and how it is filed (Suricata user guide 7.0, "Meta Keywords"). */
export const IDENTITY_KEYWORDS: KeywordTable = {
  msg: {
    value: 'quoted',
    read(draft, value) {
      if (draft.msg !== undefined) refuse('msg stands twice in the rule')
      draft.msg = value.replace(/\\([;"\\:])/g, '$1')
    },
  },
  sid: {
    value: 'plain',
    read(draft, value) {
      if (draft.sid !== undefined) refuse('sid stands twice in the rule')
      draft.sid = parseInteger('sid', value, 1, ID_MAX)
    },
  },
  rev: {
    value: 'plain',
    read(draft, value) {
      if (draft.rev !== undefined) refuse('rev stands twice in the rule')
      draft.rev = parseInteger('rev', value, 1, ID_MAX)
    },
  },
  gid: {
    value: 'plain',
    read(draft, value) {
      draft.gid = parseInteger('gid', value, 0, ID_MAX)
    },
  },
  classtype: {
    value: 'plain',
    read(draft, value) {
      if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(value))
        refuse(`classtype takes the name of a class such as misc-attack, not '${short(value)}'`)
      draft.classtype ??= value.toLowerCase()
    },
  },
  priority: {
    value: 'plain',
    read(draft, value) {
      draft.priority ??= Math.min(255, parseInteger('priority', value, 0, Number.MAX_SAFE_INTEGER))
    },
  },
  reference: { value: 'plain', read: readReference },
  metadata: { value: 'plain', read: readMetadata },
  target: {
    value: 'plain',
    read(draft, value) {
      if (value !== 'src_ip' && value !== 'dest_ip')
        return refuse(`target takes src_ip or dest_ip, not '${short(value)}'`)
      if (draft.target !== undefined && draft.target !== value)
        refuse('target stands twice in the rule, with different values')
      draft.target = value
    },
  },
}

function readReference(draft: SignatureDraft, value: string): void {
  const comma = value.indexOf(',')
  const system = value.slice(0, comma).trim()
  const id = value.slice(comma + 1).trim()
  if (comma < 0 || !/^[A-Za-z0-9]+$/.test(system) || id === '') {
    refuse(`reference takes a system and an id, as url,example.com/page or cve,2024-1234, not '${short(value)}'`)
  }
  draft.references.push({ system: system.toLowerCase(), id })
}

function readMetadata(draft: SignatureDraft, value: string): void {
  for (const part of value.split(',')) {
    const item = part.trim()
    if (item === '') continue
    const space = item.indexOf(' ')
    if (space > 0) draft.metadata.push({ key: item.slice(0, space), value: item.slice(space + 1).trim() })
  }
}
