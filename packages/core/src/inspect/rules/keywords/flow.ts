import { parseInteger } from '../number-test.ts'
import { refuse } from '../rule-fault.ts'
import { short } from '../rule-text.ts'
import type { FlowbitAction, FlowRequirement, Threshold, TrackBy } from '../signature.ts'
import type { SignatureDraft } from '../signature-draft.ts'
import type { KeywordTable } from './keyword.ts'

/** Keywords on flows, flow bits and rates (Suricata user guide 7.0, "Flow Keywords", "Thresholding Keywords"). */
export const FLOW_KEYWORDS: KeywordTable = {
  flow: { value: 'plain', read: readFlow },
  flowbits: { value: 'either', read: readFlowbits },
  threshold: { value: 'plain', read: readThreshold },
  detection_filter: { value: 'plain', read: readDetectionFilter },
  noalert: {
    value: 'none',
    read(draft) {
      draft.isNoalert = true
    },
  },
  alert: { value: 'none', read() {} },
}

/** The group of a word of `flow`, and what it says: no two words of one group may stand together. */
const FLOW_WORDS: Readonly<Record<string, Partial<FlowRequirement>>> = {
  to_server: { direction: 'toserver' },
  from_client: { direction: 'toserver' },
  to_client: { direction: 'toclient' },
  from_server: { direction: 'toclient' },
  established: { state: 'established' },
  not_established: { state: 'not_established' },
  stateless: { state: 'stateless' },
  only_stream: { stream: 'only' },
  no_stream: { stream: 'none' },
  only_frag: { fragments: 'only' },
  no_frag: { fragments: 'none' },
}

function readFlow(draft: SignatureDraft, value: string): void {
  if (draft.flow) refuse('flow stands twice in the rule')
  const words = value.split(',').map((word) => word.trim().toLowerCase())
  if (words.length > 3) refuse(`flow takes at most three words, not ${words.length}`)
  let flow: FlowRequirement = { direction: undefined, state: undefined, stream: undefined, fragments: undefined }
  for (const word of words) {
    const says = Object.hasOwn(FLOW_WORDS, word) ? FLOW_WORDS[word] : undefined
    if (!says) refuse(`flow does not know '${short(word)}'; it knows ${Object.keys(FLOW_WORDS).join(', ')}`)
    for (const [group, meaning] of Object.entries(says)) {
      const before = flow[group as keyof FlowRequirement]
      const isLoose =
        before !== meaning && (before === 'stateless' || before === 'not_established') && meaning !== 'established'
      if (before !== undefined && !isLoose)
        refuse(`flow: ${word} contradicts or repeats another word of '${short(value)}'`)
    }
    flow = { ...flow, ...says }
  }
  draft.flow = flow
}

const FLOWBIT_ACTIONS: Readonly<Record<string, FlowbitAction>> = {
  set: 'set',
  unset: 'unset',
  toggle: 'toggle',
  isset: 'isset',
  isnotset: 'isnotset',
}

function readFlowbits(draft: SignatureDraft, value: string): void {
  if (value === 'noalert') {
    draft.isNoalert = true
    return
  }
  const comma = value.indexOf(',')
  const action = comma < 0 ? undefined : FLOWBIT_ACTIONS[value.slice(0, comma)]
  const name = value.slice(comma + 1).trim()
  if (!action || name === '') {
    refuse(
      `flowbits takes noalert, or set, unset, toggle, isset or isnotset with a name after a comma, not '${short(value)}'`,
    )
  }
  const names = name
    .split('|')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  if (names.length === 0 || (!name.includes('|') && name.includes(' ')))
    refuse(`flowbits: '${short(name)}' is no name: names have no blanks`)
  draft.flowbits.push({ action, names })
}

const TYPES = ['limit', 'threshold', 'both'] as const
const COUNT_MAX = 4_294_967_295

function readThreshold(draft: SignatureDraft, value: string): void {
  if (draft.detectionFilter) refuse('threshold and detection_filter cannot stand in the same rule')
  if (draft.threshold) refuse('threshold stands twice in the rule')
  const fields = fieldsOf(value, ['type', 'track', 'count', 'seconds'], 'threshold')
  const type = TYPES.find((each) => each === fields.type)
  if (!type) refuse(`threshold: the type is limit, threshold or both, not '${short(fields.type ?? '')}'`)
  draft.threshold = {
    type,
    track: trackOf('threshold', fields.track, ['by_src', 'by_dst', 'by_both', 'by_rule']),
    count: parseInteger('threshold count', fields.count ?? '', 0, COUNT_MAX),
    seconds: parseInteger('threshold seconds', fields.seconds ?? '', 0, COUNT_MAX),
  }
}

function readDetectionFilter(draft: SignatureDraft, value: string): void {
  if (draft.threshold) refuse('threshold and detection_filter cannot stand in the same rule')
  if (draft.detectionFilter) refuse('detection_filter stands twice in the rule')
  const fields = fieldsOf(value, ['track', 'count', 'seconds'], 'detection_filter')
  draft.detectionFilter = {
    type: 'rate',
    track: trackOf('detection_filter', fields.track, ['by_src', 'by_dst']),
    count: parseInteger('detection_filter count', fields.count ?? '', 1, COUNT_MAX),
    seconds: parseInteger('detection_filter seconds', fields.seconds ?? '', 1, COUNT_MAX),
  } satisfies Threshold
}

function trackOf(keyword: string, track: string | undefined, allowed: readonly TrackBy[]): TrackBy {
  const found = allowed.find((each) => each === track)
  return found ?? refuse(`${keyword}: track is ${allowed.join(', ')}, not '${short(track ?? '')}'`)
}

function fieldsOf(value: string, names: readonly string[], keyword: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (const part of value.split(',')) {
    const [name = '', ...rest] = part.trim().split(/ +/)
    if (name === '' || !names.includes(name) || rest.length !== 1 || Object.hasOwn(fields, name)) {
      refuse(`${keyword} takes ${names.join(', ')} once each with a value, not '${short(part.trim())}'`)
    }
    fields[name] = rest[0] ?? ''
  }
  for (const name of names) if (!Object.hasOwn(fields, name)) refuse(`${keyword} lacks its ${name}`)
  return fields
}
