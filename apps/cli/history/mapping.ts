/** How a table of another system is to be read: written by a person or proposed, kept with the import (docs/import.md). */
import { sources } from '@pentad/cases/model'
import { kinds } from '@pentad/rulebook/model'
import { parse } from 'yaml'
import { z } from 'zod'
import { instantFormats } from './instants.ts'
import { frames } from './places.ts'
import { encodings } from './table-file.ts'

export const outcomes = ['open', 'closed', 'rejected', 'leave'] as const

const column = z.string().min(1)
const instant = z.strictObject({ column, formats: z.array(z.enum(instantFormats)).min(1) })

/** `event 0110`, or `leave`. */
const ClassWord = z
  .string()
  .regex(new RegExp(`^((${kinds.join('|')}) \\d{4}|leave)$`), 'say “event 0110”, “component 0281” or “leave”')

/** YAML reads a bare word like 12 or yes as something else than text. */
const words = <T extends z.ZodType>(value: T) => z.record(z.coerce.string(), value).default({})

export const Mapping = z.strictObject({
  file: z
    .strictObject({ encoding: z.enum(encodings).optional(), delimiter: z.string().length(1).optional() })
    .default({}),
  /** The file's own number of each case; without a column rows count by file and line. */
  id: z.strictObject({ column: column.nullable(), prefix: z.string().default('') }),
  type: z.union([
    z.strictObject({
      columns: z.array(column).min(1),
      map: words(ClassWord),
      rest: z.union([z.literal('words'), ClassWord]).default('words'),
    }),
    /** The file tells the class of our scheme itself. */
    z.strictObject({
      kind: column.nullable(),
      code: column,
      rest: ClassWord.default('leave'),
      /** Looked at by words where the code is empty. */
      name: z.array(column).default([]),
    }),
  ]),
  status: z
    .strictObject({
      column,
      map: words(z.enum(outcomes)),
      /** `by-time`: closed when a closing time is told. */
      rest: z.enum([...outcomes, 'by-time']).default('by-time'),
    })
    .nullable()
    .default(null),
  channel: z
    .strictObject({
      column: column.nullable(),
      map: words(z.enum(sources)),
      rest: z.enum(sources).default('hotline'),
    })
    .default({ column: null, map: {}, rest: 'hotline' }),
  created: instant,
  closed: instant.nullable().default(null),
  /** Taken for the closing time of a closed case that tells none. */
  updated: instant.nullable().default(null),
  /** Of times that do not tell their own. */
  zone: z.string().refine(isZone, 'not a time zone, e.g. Asia/Shanghai').default('Asia/Shanghai'),
  place: z.union([
    z.strictObject({ lon: column, lat: column, crs: z.enum(frames).default('wgs84') }),
    z.strictObject({ point: column, crs: z.enum(frames).default('wgs84') }),
  ]),
  outside: z.enum(['leave', 'keep']).default('leave'),
  address: z.array(column).default([]),
  description: z.array(column).default([]),
})
export type Mapping = z.infer<typeof Mapping>

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** The mapping, or everything that is wrong with it. */
export function readMapping(text: string): Mapping {
  const read = Mapping.safeParse(parse(text))
  if (!read.success) throw new Error(`the mapping is not right:\n${z.prettifyError(read.error)}`)
  return read.data
}

/** Every column that a mapping names: they are kept with the case, the others are not. */
export function columnsOf(m: Mapping): string[] {
  const place = 'point' in m.place ? [m.place.point] : [m.place.lon, m.place.lat]
  const type = 'columns' in m.type ? m.type.columns : [m.type.kind, m.type.code, ...m.type.name]
  const named = [m.id.column, ...type, m.status?.column, m.channel.column, m.created.column, m.closed?.column]
  const all = [...named, m.updated?.column, ...place, ...m.address, ...m.description]
  return [...new Set(all.filter((c): c is string => typeof c === 'string'))]
}
