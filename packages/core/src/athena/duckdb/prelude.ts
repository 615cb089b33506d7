/**
 * SQL macros that generated SQL may call, each defined on demand. A body may name other macros and JavaScript functions.
 * The text behind a name is what follows it in CREATE MACRO: `(a, b) AS …`.
 */
const MACROS: Readonly<Record<string, string>> = {
  // An instant in UTC as a value with a zone.
  ft_utc: `(instant) AS CASE WHEN instant IS NOT NULL THEN struct_pack(t := instant, z := 'UTC') END`,
  // An instant in UTC as a value with this zone.
  ft_at_zone: `(instant, zone) AS CASE WHEN instant IS NOT NULL AND zone IS NOT NULL THEN struct_pack(t := instant, z := zone) END`,
  // The local time of an instant with a zone.
  ft_local_time: `(v) AS CASE WHEN v.z = 'UTC' THEN v.t::TIMESTAMP
    ELSE v.t::TIMESTAMP + to_microseconds(ft_zone_offset_micros(epoch_us(v.t::TIMESTAMP), v.z)) END`,
  // An instant with a zone from a local time in that zone.
  ft_zoned: `(local, zone) AS CASE WHEN local IS NOT NULL AND zone IS NOT NULL THEN struct_pack(
    t := CASE WHEN zone = 'UTC' THEN local ELSE make_timestamp(ft_local_to_instant_micros(epoch_us(local), zone)) END,
    z := zone) END`,
  // The same in the zone of a value close by, whose offset settles a local time that comes twice.
  ft_zoned_near: `(local, v) AS CASE WHEN local IS NOT NULL AND v.z IS NOT NULL THEN struct_pack(
    t := CASE WHEN v.z = 'UTC' THEN local
      ELSE make_timestamp(ft_local_to_instant_near(epoch_us(local), v.z, epoch_us(v.t::TIMESTAMP))) END,
    z := v.z) END`,
  // The offset of a value with a zone in ISO 8601.
  ft_iso_offset: `(v) AS CASE WHEN v.z = 'UTC' THEN 'Z' ELSE ft_offset_text(ft_zone_offset_micros(epoch_us(v.t::TIMESTAMP), v.z)) END`,
  ft_floor_div: `(a, b) AS (a - ((a % b) + b) % b) // b`,
}

/** CREATE statements of the macros that an SQL text uses, those that others use first. */
export function preludeStatements(sql: string): ReadonlyMap<string, string> {
  const statements = new Map<string, string>()
  const visit = (text: string): void => {
    for (const name of new Set(text.match(/\bft_[a-z0-9_]+/g))) {
      const body = MACROS[name]
      if (body === undefined || statements.has(name)) continue
      visit(body)
      statements.set(name, `CREATE OR REPLACE MACRO ${name}${body}`)
    }
  }
  visit(sql)
  return statements
}
