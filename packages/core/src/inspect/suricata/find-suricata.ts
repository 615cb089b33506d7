import { SURICATA_IMAGE, type SuricataContainer } from './container-command.ts'
import { SuricataError } from './suricata-error.ts'
import { HOW_TO_INSTALL, type SuricataProcessOptions, startSuricata } from './suricata-process.ts'

/** The major version whose events and options are known. */
export const LEAST_SURICATA_VERSION = 7

/** The installed Suricata. */
export interface SuricataInstallation {
  readonly command: string
  /** E.g. `7.0.10`. */
  readonly version: string
}

const VERSION = /Suricata version ([0-9]+)(?:\.[0-9]+)*[^ ]*/

/** Finds the command and asks for its version. SuricataError where there is none, or none that is new enough. */
export async function findSuricata(options: SuricataProcessOptions = {}): Promise<SuricataInstallation> {
  const { container } = options
  const command = options.command ?? 'suricata'
  const { log } = await startSuricata(['-V'], { timeoutMilliseconds: 30_000, ...options }).exit
  const said = log.messages.map(({ text }) => text).join(' ')
  const match = VERSION.exec(said)
  if (!match) {
    if (container) throw new SuricataError('not-installed', imageFailure(container, said))
    const heard = said === '' ? 'nothing' : `"${said.slice(0, 200)}"`
    throw new SuricataError(
      'unsupported-version',
      `the command "${command}" does not say which Suricata it is: "${command} -V" gave ${heard}; ${HOW_TO_INSTALL}`,
    )
  }
  const version = match[0].slice('Suricata version '.length)
  if (Number(match[1]) < LEAST_SURICATA_VERSION) {
    throw new SuricataError(
      'unsupported-version',
      `the command "${command}" is Suricata ${version}, and ${LEAST_SURICATA_VERSION} or newer is needed; ${HOW_TO_INSTALL}`,
    )
  }
  return { command, version }
}

function imageFailure({ image = SURICATA_IMAGE, command = 'docker' }: SuricataContainer, said: string): string {
  const heard = said === '' ? '' : ` (it says: ${said.slice(0, 300)})`
  return (
    `Suricata does not run in a container of the image ${image}${heard}; is the Docker engine running, and was the image ` +
    `fetched with "${command} pull ${image}"?`
  )
}
