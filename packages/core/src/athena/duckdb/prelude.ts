/**
 * SQL macros that generated SQL may call, each defined on demand. A body may name other macros and JavaScript functions.
 * The text behind a name is what follows it in CREATE MACRO: `(a, b) AS …`.
 */
const MACROS: Readonly<Record<string, string>> = {
  // The local time of an instant with a zone.
  ft_local_time: `(v) AS CASE WHEN v.z = 'UTC' THEN v.t ELSE v.t + to_microseconds(ft_zone_offset_micros(epoch_us(v.t), v.z)) END`,
  // An instant with a zone from a local time in that zone.
  ft_zoned: `(local, zone) AS struct_pack(
    t := CASE WHEN zone = 'UTC' THEN local ELSE make_timestamp(ft_local_to_instant_micros(epoch_us(local), zone)) END,
    z := zone)`,
}

/** CREATE statements of the macros that an SQL text uses, those that others use first. */
export function preludeStatements(sql: string): ReadonlyMap<string, string> {
  const statements = new Map<string, string>()
  const visit = (text: string): void => {
    for (const name of new Set(text.match(/\bft_[a-z0-9_]+/g))) {
      const body = MACROS[name]
      if (body === undefined || statements.has(name)) continue
      visit(body)
      statements.set(name, `CREATE OR REPLACE TEMP MACRO ${name}${body}`)
    }
  }
  visit(sql)
  return statements
}
