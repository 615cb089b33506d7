import { type Program, print, printError } from '../../program.ts'
import { getoptMessage, parseOptions } from '../options.ts'
import { WgetDownload, type WgetSettings } from './wget-download.ts'

const USER_AGENT = 'Wget/1.21.4'
/** `wget [-qO file] [-nv] [-S] [--spider] [-T seconds] [-t tries] [-U agent] [-P directory] [--header=…] [--post-data=…] url …` (wget 1.21) */
export const wget: Program = function* (context) {
  const normalized = context.args.map(
    (word) => ({ '-nv': '--no-verbose', '-nd': '--no-directories', '-nc': '--no-clobber' })[word] ?? word,
  )
  const parsed = parseOptions(normalized, {
    short: 'qvSO:T:t:U:P:46cbdNrlkpmhVi:e:',
    long: {
      quiet: 'q',
      verbose: 'v',
      'no-verbose': 'nv',
      'no-directories': 'nd',
      'server-response': 'S',
      'output-document=': 'O',
      'timeout=': 'T',
      'connect-timeout=': 'T',
      'read-timeout=': 'T',
      'tries=': 't',
      'user-agent=': 'U',
      'directory-prefix=': 'P',
      'header=': 'header',
      'post-data=': 'post',
      spider: 'spider',
      'no-check-certificate': 'nc',
      'show-progress': 'progress',
      'progress=': 'bar',
      version: 'V',
      help: 'h',
    },
  })
  if ('problem' in parsed) {
    yield* printError(
      context,
      `wget: ${getoptMessage(parsed.problem)}\nUsage: wget [OPTION]... [URL]...\n\nTry \`wget --help' for more options.\n`,
    )
    return 2
  }
  const { values, all, operands } = parsed
  const refused = [...'cbdNrlkpmhie'].find((letter) => values.has(letter))
  if (refused !== undefined) {
    yield* printError(context, `wget: -${refused}: option not simulated\n`)
    return 2
  }
  if (values.has('V')) {
    yield* print(context, 'GNU Wget 1.21.4 built on linux-gnu.\n')
    return 0
  }
  if (operands.length === 0) {
    yield* printError(
      context,
      "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n",
    )
    return 1
  }
  const [tries, seconds] = [values.get('t') ?? '20', values.get('T') ?? '900']
  if (!/^(?:\d+|inf)$/.test(tries)) {
    yield* printError(context, `wget: --tries: Invalid number ‘${tries}’.\n`)
    return 2
  }
  if (!/^(?:\d+|\d*\.\d+)$/.test(seconds)) {
    yield* printError(context, `wget: --timeout: Invalid time period ‘${seconds}’.\n`)
    return 2
  }
  const settings: WgetSettings = {
    isQuiet: values.has('q'),
    isTerse: values.has('nv'),
    output: values.get('O'),
    prefix: values.get('P'),
    headers: all.filter(({ name }) => name === 'header').map(({ value }) => value),
    userAgent: values.get('U') ?? USER_AGENT,
    isSpider: values.has('spider'),
    showsHeaders: values.has('S'),
    tries: tries === 'inf' || Number(tries) === 0 ? Number.POSITIVE_INFINITY : Number(tries),
    // Zero is none.
    seconds: Number(seconds) || Number.POSITIVE_INFINITY,
    postData: values.get('post'),
    showsProgress: !values.has('q') && !values.has('nv'),
  }
  let status = 0
  for (const text of operands) {
    const result = yield* new WgetDownload(context, settings).run(text)
    if (result !== 0) status = result
  }
  return status
}
