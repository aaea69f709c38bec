import { holds } from '@pentad/platform/rights'
import { type Language, serve } from '@pentad/platform/serve'
import type { z } from 'zod'
import { type SearchHit, searchAll } from './contract.ts'
import { excerptOf, stretchesOf } from './model/index.ts'
import { type Cursor, type Found, search } from './search.ts'
import { sourceOf, sources } from './sources/index.ts'

export const routes = [
  serve(searchAll, async ({ query }, { db, actor, language, now }) => {
    const { q, kinds, from, until, cursor, most } = query
    const { asked, tooShort, groups } = await search(db, actor, {
      q,
      kinds: kinds ?? null,
      from: from ?? null,
      until: until ?? null,
      cursor: cursor ? cursorFrom(cursor) : null,
      most,
      now,
    })
    const words = asked.words.map((w) => w.word)
    return {
      groups: groups.map(({ kind, hits, next }) => ({
        kind,
        hits: hits.map((hit) => hitOut(hit, words, language)),
        next: next && cursorText(next),
      })),
      words,
      tooShort,
      kinds: sources.filter(({ may }) => may === null || holds(actor, may)).map((s) => s.kind),
    }
  }),
]

function hitOut(hit: Found, words: readonly string[], language: Language): z.input<typeof SearchHit> {
  const { kind, id, number, lon, lat } = hit
  const titles = language === 'en' ? [hit.titleEn, hit.titleZh] : [hit.titleZh, hit.titleEn]
  const notes = language === 'en' ? [hit.noteEn, hit.noteZh] : [hit.noteZh, hit.noteEn]
  const title = titles.find((t) => t !== '') ?? ''
  // Found by its name in the other language: that name is shown too, or nobody sees why it is here.
  const other = titles.find(
    (t) => t !== title && stretchesOf(t, words).length > 0 && stretchesOf(title, words).length === 0,
  )
  const shown = other ? `${title} (${other})` : title
  const note = excerptOf(notes.find((n) => n !== '') ?? '', words)
  return {
    kind,
    id,
    number,
    title: shown,
    note,
    at: hit.at?.toISOString() ?? null,
    lon,
    lat,
    href: hrefOf(hit),
    fit: hit.fit,
    marks: {
      title: stretchesOf(shown, words),
      note: stretchesOf(note, words),
      number: number ? stretchesOf(number, words) : [],
    },
  }
}

/** Where it opens; null where the pattern asks for what it does not have. */
function hrefOf({ kind, id, number, lon, lat, titleZh }: Found): string | null {
  const parts = id.split('/')
  const values: Record<string, string | number | null> = {
    id,
    first: parts[0] ?? '',
    last: parts.at(-1) ?? '',
    number,
    title: titleZh,
    lon,
    lat,
  }
  let complete = true
  const href = sourceOf(kind)?.opens.replace(/:([a-z]+)/g, (_, name: string) => {
    const value = values[name] ?? null
    if (value === null) complete = false
    return encodeURIComponent(typeof value === 'number' ? value.toFixed(6) : (value ?? ''))
  })
  return complete && href ? href : null
}

const cursorText = (c: Cursor): string => ('skip' in c ? `${c.skip}` : `${c.tier}~${c.at.toISOString()}~${c.id}`)

function cursorFrom(text: string): Cursor | null {
  const [first = '', instant, id] = text.split('~')
  if (!/^\d{1,4}$/.test(first)) return null
  if (instant === undefined || id === undefined) return { skip: Number(first) }
  const at = new Date(instant)
  return Number.isNaN(at.getTime()) ? null : { tier: Number(first), at, id }
}
