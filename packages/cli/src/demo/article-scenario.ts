import { cataloguedScenario, defineScenario, hours, openShell, type Scenario } from '@flowtap/synth'

/** 25 October 2021, the day that the article's first question names. */
const START_MICROSECONDS = Date.UTC(2021, 9, 25) * 1_000
const DURATION_MICROSECONDS = hours(48)
/** The instance that the article connects to. */
const INSTANCE = 'demo'

/** What the article types into the demo instance's shell, and a download from the address that its third question asks for. */
const COMMANDS: readonly string[] = [
  'ping google.com -c 3',
  'dig GuardDutyC2ActivityB.com any',
  'curl -sS -o /dev/null -w "%{http_code} from %{remote_ip}, %{size_download} bytes\\n" http://54.246.214.20/',
  'while true; do curl google.com; sleep 30; done',
]

/** Who is told what happens in the session. */
export interface SessionListener {
  /** A command is entered. Simulated time, microseconds since 1970. */
  command(text: string, timeMicroseconds: number): void
  /** It prints something. */
  output(text: string, timeMicroseconds: number): void
}

/** The article's session on the demo instance over two days, beside the usual background of the reference design. */
export function articleScenario(listener: SessionListener): Scenario {
  const times = { startMicroseconds: START_MICROSECONDS, durationMicroseconds: DURATION_MICROSECONDS }
  const background = cataloguedScenario('background', times)
  return defineScenario({
    name: 'article',
    ...times,
    setup(context) {
      background?.setup(context)
      const host = context.host(INSTANCE)
      const shell = openShell(context, INSTANCE, {
        onOutput: ({ text }) => listener.output(text, host.nowMicroseconds),
      })
      void (async () => {
        for (const text of COMMANDS) {
          listener.command(text, host.nowMicroseconds)
          await shell.run(text)
        }
      })()
    },
  })
}
