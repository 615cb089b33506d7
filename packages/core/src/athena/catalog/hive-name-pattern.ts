/**
 * The filter of SHOW TABLES, SHOW DATABASES and SHOW VIEWS: `*` is any text, `|` parts choices, everything else is as it
 * is; without regard to case. Source: Amazon Athena User Guide, "SHOW TABLES".
 */
export function matchHiveName(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true
  const choices = pattern.split('|').map((choice) => choice.trim().split(/\*+/).map(escapeRegExp).join('.*'))
  const matcher = new RegExp(`^(?:${choices.join('|')})$`, 'is')
  return (name) => matcher.test(name)
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
