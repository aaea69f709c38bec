import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { fits, kinds } from './model/index.ts'

const instant = z.iso.datetime()
/** UTF-16 index from, to (not included). */
const Stretches = z.array(z.tuple([z.number(), z.number()]))

/** A thing that was found; `marks` say where the words stand. */
export const SearchHit = z.object({
  kind: z.enum(kinds),
  id: z.string(),
  /** Number of a case, code of an area or class, address of a device. */
  number: z.string().nullable(),
  /** In the caller's language, or as the words found it. */
  title: z.string(),
  note: z.string(),
  at: instant.nullable(),
  lon: z.number().nullable(),
  lat: z.number().nullable(),
  /** Where it opens in the command web; null where it has no page. */
  href: z.string().nullable(),
  fit: z.enum(fits),
  marks: z.object({ title: Stretches, note: Stretches, number: Stretches }),
})

export const searchAll = route({
  method: 'GET',
  path: '/search',
  summary: '全局搜索 Find anything that one may see, by words, pinyin, numbers, plates',
  may: 'signed-in',
  query: z.object({
    q: z.string().min(1).max(80),
    /** Only these kinds, with commas between. */
    kinds: z
      .string()
      .max(200)
      .transform((list) => list.split(','))
      .pipe(z.array(z.enum(kinds)))
      .optional(),
    /** Only what happened in this time. */
    from: instant.transform((t) => new Date(t)).optional(),
    until: instant.transform((t) => new Date(t)).optional(),
    /** The next page of a group; with the one kind that it is of. */
    cursor: z.string().max(120).optional(),
    /** So many of each kind. */
    most: z.coerce.number().int().min(1).max(50).default(5),
  }),
  reply: z.object({
    groups: z.array(z.object({ kind: z.enum(kinds), hits: z.array(SearchHit), next: z.string().nullable() })),
    /** The words as they were understood, without signs and blanks. */
    words: z.array(z.string()),
    /** One Latin letter or digit: nothing was looked up. */
    tooShort: z.boolean(),
    /** Kinds that the caller may find at all. */
    kinds: z.array(z.enum(kinds)),
  }),
})
