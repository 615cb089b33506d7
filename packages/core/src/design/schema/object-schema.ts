import { z } from 'zod'

/** The schema of a key that can be left out. */
export interface OptionalSchema<T> {
  readonly optional: z.ZodType<T>
}

/**
 * The schemas of an interface's keys, each key once: a key that one side has and the other has not, or that is optional on one side
 * only, does not compile. So the interfaces, written by hand for readers, and the schemas cannot drift apart.
 */
export type Shape<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? OptionalSchema<Exclude<T[K], undefined>> : z.ZodType<T[K]>
}

/** The schema of an interface; keys that it does not have are refused. */
export function objectSchema<T>(shape: Shape<T>): z.ZodType<T> {
  const entries = Object.entries<z.ZodType | OptionalSchema<unknown>>(shape)
  const schemas = entries.map(([key, schema]) => [key, '_zod' in schema ? schema : schema.optional.exactOptional()])
  return z.strictObject(Object.fromEntries(schemas)) as unknown as z.ZodType<T>
}

/** A key that can be left out. */
export function optional<T>(schema: z.ZodType<T>): OptionalSchema<T> {
  return { optional: schema }
}

/** One of a closed set of texts: the record must name each member of the type. */
export function oneOf<T extends string>(members: Readonly<Record<T, true>>): z.ZodType<T> {
  return z.enum(Object.keys(members) as [T, ...T[]]) as unknown as z.ZodType<T>
}

/** What a custom check says of a value: the issue's `allowed` part. */
export interface FormatParameters {
  /** What the value must be, after "must be". */
  readonly allowed: string
}

/** A text of a certain form. `allowed` completes "must be". */
export function textOf(isValid: (text: string) => boolean, allowed: string): z.ZodType<string> {
  return z.string().refine(isValid, { params: { allowed } satisfies FormatParameters })
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): z.ZodType<number> {
  return z.number().refine((value) => Number.isInteger(value) && value >= least && value <= most, {
    params: { allowed: `a whole number from ${least} to ${most}` } satisfies FormatParameters,
  })
}
