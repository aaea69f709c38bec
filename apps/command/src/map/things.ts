/** Things of a layer by the city's own OGC API: within the caller's rights, and as masked as it gives them. */

import { NoAnswer } from '@pentad/platform/client'
import { inBox, type LonLat, type Ring } from '@pentad/platform/geo'
import { language } from '@pentad/web/i18n.ts'
import { boxOf, inShape } from './shape.ts'

export interface Thing {
  id: string
  geometry: { type: string; coordinates: unknown }
  properties: Record<string, string | number | null>
}
interface Items {
  features: (Omit<Thing, 'id'> & { id: string | number })[]
  numberMatched?: number
  links?: { rel: string; href: string }[]
}

async function ask<T>(path: string, signal?: AbortSignal): Promise<T | null> {
  let response: Response
  try {
    response = await fetch(path, {
      headers: { accept: 'application/geo+json, application/json', 'accept-language': language.value },
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new NoAnswer(error)
  }
  if (response.status === 404) return null
  if (!response.ok) throw new NoAnswer(response.status)
  return (await response.json()) as T
}
const thingOf = (f: Items['features'][number]): Thing => ({ ...f, id: String(f.id) })

export const thing = async (layer: string, id: string, signal?: AbortSignal): Promise<Thing | null> => {
  const found = await ask<Items['features'][number]>(
    `/ogc/collections/${layer}/items/${encodeURIComponent(id)}`,
    signal,
  )
  return found ? thingOf(found) : null
}

/** The middle of a thing: of a point itself, else of the box around it. */
export function middleOf({ geometry }: Pick<Thing, 'geometry'>): LonLat {
  if (geometry.type === 'Point') return geometry.coordinates as unknown as LonLat
  const flat = (geometry.coordinates as unknown[]).flat(
    geometry.type === 'MultiPolygon' ? 2 : geometry.type === 'LineString' ? 0 : 1,
  )
  const [west, south, east, north] = boxOf(flat as unknown as Ring)
  return [(west + east) / 2, (south + north) / 2]
}

/** Things are read in pages; more than this of a layer are counted as “at least”. */
export const mostThings = 5000
const pageSize = 1000

export interface Found {
  things: Thing[]
  /** There are more in the box than were read. */
  cut: boolean
}
/** Things whose middle lies inside a ring. */
export async function thingsIn(layer: string, ring: Ring, signal?: AbortSignal): Promise<Found> {
  const box = boxOf(ring)
  const things: Thing[] = []
  let read = 0
  let next: string | null = `/ogc/collections/${layer}/items?bbox=${box.join(',')}&limit=${pageSize}`
  while (next && read < mostThings) {
    const page: Items | null = await ask<Items>(next, signal)
    if (!page) break
    read += page.features.length
    for (const f of page.features) {
      const at = middleOf(f as unknown as Thing)
      if (inBox(at, box) && inShape(at, ring)) things.push(thingOf(f))
    }
    const link: string | undefined = page.links?.find((l) => l.rel === 'next')?.href
    // Behind a proxy the server may know itself by another name; the path is the same.
    next =
      link && page.features.length
        ? new URL(link, location.origin).pathname + new URL(link, location.origin).search
        : null
  }
  return { things, cut: next !== null }
}

const cell = (value: unknown): string => {
  const words = value === null || value === undefined ? '' : String(value)
  // A spreadsheet would take what begins so for a formula.
  const safe = /^[=+\-@\t\r]/.test(words) && !/^-?\d+(\.\d+)?$/.test(words) ? `'${words}` : words
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
/** A table for a spreadsheet, with the mark by which it knows UTF-8. */
export function csvOf(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return `\uFEFF${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}
