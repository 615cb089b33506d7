import { ruleLines } from '../rules/rule-lines.ts'
import type { EngineLog } from './engine-log.ts'
import { findSuricata } from './find-suricata.ts'
import { badRules, SuricataError, type SuricataRuleError } from './suricata-error.ts'
import { SuricataFolder, type SuricataFolderOptions, type SuricataRules } from './suricata-folder.ts'
import { type SuricataExit, type SuricataProcessOptions, startSuricata } from './suricata-process.ts'

/** What Suricata says of rules. */
export interface SuricataRuleReport {
  /** By the order of the files and of the rules in them. */
  readonly errors: readonly SuricataRuleError[]
  /** What it only warns of, in its words. */
  readonly warnings: readonly string[]
}

/** Asks Suricata for its opinion of rules (`suricata -T`). SuricataError where it cannot be asked. */
export async function checkSuricataRules(
  rules: readonly SuricataRules[],
  options: Omit<SuricataFolderOptions, 'rules'> & SuricataProcessOptions = {},
): Promise<SuricataRuleReport> {
  await findSuricata(options)
  const folder = await SuricataFolder.make({ ...options, rules })
  try {
    const exit = await testConfiguration(folder, options)
    const errors = await rejectedRules(exit.log, folder)
    if (exit.exitCode !== 0 && errors.length === 0) throw exitFailure(exit)
    const warnings = exit.log.messages.filter(({ level }) => level === 'Warning').map(({ text }) => text)
    return { errors, warnings }
  } finally {
    await folder.remove()
  }
}

/** Runs `suricata -T` on a folder's configuration and rules. */
export function testConfiguration(folder: SuricataFolder, options: SuricataProcessOptions): Promise<SuricataExit> {
  return startSuricata(['-T', '-c', folder.configuration, '-l', folder.path], options).exit
}

/** The error of a run that ended otherwise than by exit code 0. */
export async function runFailure(exit: SuricataExit, folder: SuricataFolder): Promise<SuricataError> {
  const errors = await rejectedRules(exit.log, folder)
  return errors.length > 0 ? badRules(errors) : exitFailure(exit)
}

function exitFailure({ exitCode, exitSignal, log }: SuricataExit): SuricataError {
  const said = log.summary()
  const datalink = log.messages.find(({ text }) => text.startsWith('datalink type '))
  if (datalink)
    return new SuricataError('bad-capture', `Suricata does not read captures of this link type: ${datalink.text}`)
  const end = exitSignal === undefined ? `with exit code ${exitCode}` : `by signal ${exitSignal}`
  return new SuricataError('failed', `Suricata ended ${end}${said === '' ? ' and said nothing' : `: ${said}`}`)
}

const REFUSED = 'error parsing signature "'
const PLACE = /" from file (.*) at line ([0-9]+)$/s

/** The rules of which the log says that they were refused, with the reasons that stand before. */
async function rejectedRules(log: EngineLog, folder: SuricataFolder): Promise<SuricataRuleError[]> {
  const errors: SuricataRuleError[] = []
  let reasons: string[] = []
  for (const { level, text } of log.messages) {
    if (level !== 'Error') continue
    if (!text.startsWith(REFUSED)) {
      reasons.push(text)
      continue
    }
    const message = reasons.length > 0 ? reasons.join('; ') : 'Suricata gives no reason'
    reasons = []
    const place = PLACE.exec(text)
    const file = folder.rules.get(place?.[1] ?? '')
    if (place && file !== undefined) {
      errors.push({ file, line: Number(place[2]), rule: text.slice(REFUSED.length, place.index), message })
    } else {
      errors.push({ ...(await locate(text.slice(REFUSED.length), folder)), message })
    }
  }
  return errors
}

/** A long rule is cut in the log, and its place with it: the rule is looked for by its start. */
async function locate(start: string, folder: SuricataFolder): Promise<Omit<SuricataRuleError, 'message'>> {
  for (const [copy, file] of folder.rules) {
    for (const { line, text } of ruleLines(await folder.readRules(copy))) {
      // The log may have been cut behind the rule, too.
      if (text.startsWith(start) || start.startsWith(`${text}"`)) return { file, line, rule: text }
    }
  }
  return { file: [...folder.rules.values()].join(', '), line: 0, rule: start }
}
