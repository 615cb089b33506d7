import {
  BuiltinInspector,
  checkSuricataRules,
  compileSignatures,
  type EveEvent,
  type Inspector,
  SuricataError,
  SuricataInspector,
  SuricataStream,
} from '@flowtap/core/inspect'
import { UsageError } from '../exit-code.ts'
import type { EventOutput } from '../output/event-output.ts'
import { formatCount } from '../output/format-quantity.ts'
import {
  type HomeNetwork,
  parseRuleFiles,
  type RuleFileError,
  readRuleFiles,
  reportRuleErrors,
  variablesAt,
  withoutRules,
} from '../rule-files.ts'
import type { Streams } from '../streams.ts'

/** Which inspector, with which rules. */
export interface InspectorOptions {
  readonly ids: 'builtin' | 'suricata'
  readonly rules?: readonly string[]
  readonly keepGoodRules?: boolean
  readonly design?: string
  /** Suricata in a container, of this image where it is named. */
  readonly container?: string | true
}

/** An inspector that has to be closed where it is not ended. */
export interface OpenInspector {
  readonly inspector: Inspector
  close(): Promise<void>
}

/** @throws UsageError for rules and options that cannot be used, SuricataError where there is no Suricata. */
export async function openInspector(
  options: InspectorOptions,
  home: HomeNetwork | undefined,
  isLive: boolean,
  output: Pick<EventOutput, 'take' | 'isFull' | 'flush'>,
  streams: Streams,
): Promise<OpenInspector> {
  const sessions = await mirrorSessions(options.design, streams)
  const mirrorSession = sessions && { mirrorSession: (vni: number) => sessions.get(vni) }
  const files = await readRuleFiles(options.rules ?? [], streams)
  if (options.ids === 'builtin') {
    if (options.container !== undefined) throw new UsageError('--container is for --ids suricata')
    const { signatures, errors } = parseRuleFiles(files, home?.group)
    refuseRules(errors, options, streams)
    const inspector = new BuiltinInspector({
      ...mirrorSession,
      onEvent: (event) => output.take(event),
      ...(files.length > 0 && { rules: compileSignatures(signatures) }),
    })
    return { inspector, close: async () => undefined }
  }
  const engine = {
    ...(home && { variables: variablesAt(home.group) }),
    ...(options.container !== undefined && {
      container: options.container === true ? {} : { image: options.container },
    }),
  }
  const { errors } = files.length > 0 ? await checkRules(files, engine) : { errors: [] }
  refuseRules(errors, options, streams)
  const suricata = {
    ...mirrorSession,
    ...engine,
    rules: files.map((file) => withoutRules(file, errors)),
    onEvent: (event: EveEvent) => {
      output.take(event)
      return output.isFull ? output.flush() : undefined
    },
  }
  const inspector = isLive ? await SuricataStream.open(suricata) : await SuricataInspector.open(suricata)
  return { inspector, close: () => inspector.close() }
}

/** Suricata's opinion of rules. Where nothing is left for $EXTERNAL_NET, it names a file that the user does not know. */
async function checkRules(...call: Parameters<typeof checkSuricataRules>): ReturnType<typeof checkSuricataRules> {
  try {
    return await checkSuricataRules(...call)
  } catch (error) {
    if (!(error instanceof SuricataError && error.message.includes('complete IP space negated'))) throw error
    throw new UsageError(
      '--home-net is every address, which leaves none for $EXTERNAL_NET: Suricata refuses that; name less',
    )
  }
}

/** Lists what is wrong with rules. @throws UsageError unless the good ones are to be kept. */
function refuseRules(errors: readonly RuleFileError[], { keepGoodRules }: InspectorOptions, streams: Streams): void {
  if (errors.length === 0) return
  reportRuleErrors(errors, streams)
  const wrong = `${formatCount(errors.length, 'rule')} cannot be used`
  if (!keepGoodRules) throw new UsageError(`${wrong}; --keep-good-rules goes on with the others`)
  streams.stderr.write(`${wrong}; the others are\n`)
}

/** The ids of a design's mirror sessions by their VXLAN network identifiers. */
async function mirrorSessions(
  named: string | undefined,
  { workingDirectory }: Streams,
): Promise<ReadonlyMap<number, string> | undefined> {
  if (named === undefined) return undefined
  // Loaded where there is a design: inspection without one starts sooner.
  const [{ resolveDesign }, { loadDesign }] = await Promise.all([import('@flowtap/core'), import('../design-file.ts')])
  const { mirrorSessions: sessions } = resolveDesign(await loadDesign(named, workingDirectory))
  return new Map(sessions.map(({ virtualNetworkId, id }) => [virtualNetworkId, id]))
}
