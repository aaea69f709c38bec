import type { Db } from '@pentad/platform/db'
import { delimiterOf, takeFrom } from '@pentad/platform/pack'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import { raw, serve } from '@pentad/platform/serve'
import { type Locator, locatorOf } from '../locator.ts'
import { type Geocoded, geocode } from './ask.ts'
import { geocodeBatch, geocodeFile, mostFileRows, reversePlace, searchPlaces } from './contract.ts'
import { sayReason } from './model.ts'

export const geocodeRoutes = [
  serve(searchPlaces, async ({ query }, { db }) => {
    const locator = await locatorOf(db)
    const found = await geocode(db, { words: query.q, crs: query.crs }, locator)
    return { places: found.map((f) => foundOut(f, locator)) }
  }),

  serve(reversePlace, async ({ query }, { db }) => {
    const locator = await locatorOf(db)
    const place = granted(locator.placeOf(query))
    const named = (code: string) => ({ code, name: locator.nameOf(code) })
    return {
      cell: place.cell,
      street: named(place.street),
      community: named(place.community),
      words: locator.wordsFor(query, place),
      ...locator.around(query),
    }
  }),

  serve(geocodeBatch, async ({ body }, { db }) => {
    const locator = await locatorOf(db)
    const rows = await inTurn(body.sentences, async (sentence) => {
      const [best, ...others] = await geocode(db, { words: sentence }, locator)
      return { sentence, place: best ? foundOut(best, locator) : null, others: others.length }
    })
    return { rows, found: rows.filter((r) => r.place).length }
  }),

  serve(geocodeFile, async ({ file }, { db, language }) =>
    raw({
      raw: `\uFEFF${await tableWithPlaces(db, file, language)}`,
      type: 'text/csv; charset=utf-8',
      headers: { 'content-disposition': 'attachment; filename="places.csv"' },
    }),
  ),
]

export const foundOut = ({ cell, reasons, ...found }: Geocoded, locator: Locator) => {
  const code = cell.slice(0, 9)
  const street = { code, name: locator.nameOf(code) }
  return { ...found, cell, street, within: street.name, reasons: reasons.map((r) => ({ ...r, text: sayReason(r) })) }
}

/** A few at a time; between them the server answers others. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (const [i, item] of items.entries()) {
    done.push(await work(item))
    if (i % 20 === 19) await new Promise((next) => setImmediate(next))
  }
  return done
}

const addressColumn = /^(address|addr|place|地址|地点|位置|发生地址|案发地址)$/i

async function tableWithPlaces(db: Db, file: Buffer, language: 'zh-CN' | 'en'): Promise<string> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(file)
  } catch {
    throw new RefusalError(refuse('geography/not-utf8'))
  }
  const { records } = takeFrom(text, { delimiter: delimiterOf(text.slice(0, 20_000)), line: 1, last: true })
  const [head, ...lines] = records.flatMap((r) => ('fields' in r ? [r.fields] : []))
  if (!head || lines.length === 0) throw new RefusalError(refuse('geography/no-sentences'))
  if (lines.length > mostFileRows)
    throw new RefusalError(refuse('geography/too-many-sentences', { most: mostFileRows, rows: lines.length }))
  const at = Math.max(
    0,
    head.findIndex((name) => addressColumn.test(name.trim())),
  )
  const locator = await locatorOf(db)
  const rows = await inTurn(lines, async (fields) => {
    const [best] = await geocode(db, { words: fields[at] ?? '' }, locator)
    if (!best)
      return [
        ...fields,
        '',
        '',
        '',
        '',
        '',
        '0',
        language === 'en' ? 'no name of this city in it' : '没有认出本市的地名',
      ]
    const { name, lon, lat, confidence, street, cell, reasons } = foundOut(best, locator)
    return [
      ...fields,
      name,
      street.name,
      cell,
      String(lon),
      String(lat),
      String(confidence),
      reasons.map((r) => r.text[language]).join('; '),
    ]
  })
  const added = ['place', 'street', 'cell', 'lon', 'lat', 'confidence', 'reasons']
  return [[...head, ...added], ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')
}
/** A cell that begins like a formula is one to a spreadsheet; the apostrophe keeps it text. */
function csvCell(value: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
