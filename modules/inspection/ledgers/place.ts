/** Where an entry lies: by its point, by the middle of its outline, else with the unit that keeps it. */
import type { Locator } from '@pentad/geography'
import { isRefusal, type Refusal } from '@pentad/platform/refusal'
import { type LedgerSchema, outlineField, pointField, type Values } from './model/index.ts'
import type { EntryRow } from './queries/index.ts'

export type PlaceOfEntry = Pick<EntryRow, 'lon' | 'lat' | 'areaCode' | 'placeZh' | 'placeEn'>

export function pointOf(s: LedgerSchema, values: Values): { lon: number; lat: number } | null {
  const point = pointField(s)
  const at = point ? (values[point.key] as { lon: number; lat: number } | undefined) : undefined
  if (at) return at
  const outline = outlineField(s)
  const ring = outline ? (values[outline.key] as [number, number][] | undefined) : undefined
  if (!ring?.length) return null
  const sum = ring.reduce(([x, y], [lon, lat]) => [x + lon, y + lat] as [number, number], [0, 0] as [number, number])
  return { lon: sum[0] / ring.length, lat: sum[1] / ring.length }
}

/** A sensitive place is not put on maps: only its street is kept beside the values. */
export const isHiddenPlace = (s: LedgerSchema): boolean => {
  const field = pointField(s) ?? outlineField(s)
  return field !== undefined && (field.dataClass === 'personal' || field.dataClass === 'sensitive')
}

/** A point outside of the city is refused, unless it is to be kept for the quality board to name (`lenient`). */
export function placeOf(
  s: LedgerSchema,
  values: Values,
  { locator, keeperArea, lenient }: { locator: Locator; keeperArea: string | null; lenient: boolean },
): PlaceOfEntry | Refusal {
  const nowhere = { lon: null, lat: null, areaCode: keeperArea, placeZh: '', placeEn: '' }
  const at = pointOf(s, values)
  if (!at) return nowhere
  const place = locator.placeOf(at)
  if (isRefusal(place)) return lenient ? { ...nowhere, ...at } : place
  if (isHiddenPlace(s)) {
    const street = locator.nameOf(place.street)
    return { lon: null, lat: null, areaCode: place.street, placeZh: street, placeEn: street }
  }
  const words = locator.wordsFor(at, place)
  return { ...at, areaCode: place.cell, placeZh: words['zh-CN'], placeEn: words.en }
}
