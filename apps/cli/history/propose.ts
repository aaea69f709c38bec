/** Proposes how a file is to be read, from the names of its columns and what is in them; says what it is not sure of. */
import type { Source } from '@pentad/cases/model'
import type { Locator } from '@pentad/geography'
import { isRefusal } from '@pentad/platform/refusal'
import type { ClassFinder } from './classes.ts'
import { type ColumnFacts, candidates, type Role } from './columns.ts'
import type { FileFacts } from './facts.ts'
import { formatsOf, type InstantFormat } from './instants.ts'
import type { Mapping, outcomes } from './mapping.ts'
import { type Point, pairIn, pointOf } from './places.ts'
import { type ProposedType, proposeType } from './propose-type.ts'
import { outcomeSaid, sourceSaid } from './words.ts'
import { zoneAt } from './zones.ts'

export interface Proposal {
  /** Undefined when a column is missing without which nothing can be read. */
  mapping: Mapping | undefined
  /** What a person must look at before it is used; empty: it can be used as it is. */
  doubts: string[]
  /** What was decided, and why; written into the file above the line that it is about. */
  notes: Partial<Record<keyof Mapping, string>>
  types: ProposedType | undefined
}

export function propose(
  { rows, columns, sample }: FileFacts,
  { finder, locator }: { finder: ClassFinder; locator: Pick<Locator, 'placeOf'> },
): Proposal {
  const doubts: string[] = []
  const notes: Proposal['notes'] = {}
  const used = new Set<string>()
  const pick = (role: Role): ColumnFacts | undefined => {
    const found = candidates(columns, role).find((c) => !used.has(c.name))
    if (found) used.add(found.name)
    return found
  }
  const [id, created, closed, updated, status, channel] = [
    pick('id'),
    pick('created'),
    pick('closed'),
    pick('updated'),
    pick('status'),
    pick('channel'),
  ]
  const place = proposePlace(columns, used)
  const type = proposeType(
    columns.filter((c) => !used.has(c.name)),
    { sample, names: columns.map((c) => c.name), finder },
  )
  for (const c of type?.columns ?? []) used.add(c)
  const address = pick('address')
  const description = pick('description')

  if (!id) notes.id = 'no column was found whose values differ in every row: rows are counted by file and line'
  if (!created) doubts.push('no column tells when a case was reported')
  if (!place) doubts.push('no columns tell where a case lies (longitude and latitude, or a point)')
  if (!type) doubts.push('no column tells what a case is about')
  else if (type.coverage < 0.5)
    doubts.push(
      `only ${percent(type.coverage)} of the rows are of a type that has a class; fill in the list under type`,
    )
  if (rows === 0) doubts.push('the file has no rows')
  if (!created || !place || !type) return { mapping: undefined, doubts, notes, types: type }

  const times = [created, closed, updated].flatMap((c) => (c ? [c] : []))
  for (const c of times) {
    if (!formatsOf(c.sample).sure)
      doubts.push(`${c.name}: no value shows whether day or month comes first (mdy or dmy)`)
  }
  const points = pointsOf(place, sample, columns)
  const outside = points.filter((p) => isRefusal(locator.placeOf(p))).length
  const mostOutside = points.length > 0 && outside > points.length / 2
  if (points.length > 0)
    notes.outside = mostOutside
      ? `keep, because ${percent(outside / points.length)} of the points lie outside this city: with leave, hardly a row would be taken. Kept cases have no area.`
      : `${percent(outside / points.length)} of the points lie outside this city; keep would take them without an area`
  const zone = zoneAt(points)
  notes.zone = zone.why
  if (status)
    notes.status = 'open, closed, rejected (also for duplicates), leave; by-time: closed when a closing time is told'
  if (status && !closed && !updated)
    doubts.push(`${status.name} says what is closed, but no column tells when: closed cases could not be taken`)
  if (!channel) notes.channel = 'no column tells how cases came in'
  notes.type = `${percent(type.coverage)} of the rows have a class; “known” from other cities, “name” and “words” from the class list. Check “words”.`
  if (place.swapped) notes.place = 'the two columns are named the wrong way round; their values decide'
  return {
    mapping: {
      file: {},
      id: { column: id?.name ?? null, prefix: '' },
      type: type.mapping,
      status: status ? { column: status.name, map: wordsOf(status, outcomeOf), rest: 'by-time' } : null,
      channel: channel
        ? { column: channel.name, map: wordsOf(channel, sourceSaid), rest: 'hotline' }
        : { column: null, map: {}, rest: 'hotline' },
      created: instant(created),
      closed: closed ? instant(closed) : null,
      updated: updated ? instant(updated) : null,
      zone: zone.zone,
      place: place.mapping,
      outside: mostOutside ? 'keep' : 'leave',
      address: address ? [address.name] : [],
      description: description ? [description.name] : [],
    },
    doubts,
    notes,
    types: type,
  }
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`

const instant = (c: ColumnFacts): { column: string; formats: InstantFormat[] } => ({
  column: c.name,
  formats: formatsOf(c.sample).formats,
})

const outcomeOf = (word: string): (typeof outcomes)[number] | undefined => (word === '' ? undefined : outcomeSaid(word))

function wordsOf<T extends Source | (typeof outcomes)[number]>(
  c: ColumnFacts,
  said: (word: string) => T | undefined,
): Record<string, T> {
  const map: Record<string, T> = {}
  for (const word of c.values?.keys() ?? []) {
    const ours = word === '' ? undefined : said(word)
    if (ours) map[word] = ours
  }
  return map
}

interface ProposedPlace {
  mapping: Mapping['place']
  swapped: boolean
}
function proposePlace(columns: readonly ColumnFacts[], used: Set<string>): ProposedPlace | undefined {
  const free = columns.filter((c) => !used.has(c.name))
  const lon = candidates(free, 'lon')[0]
  const lat = candidates(free, 'lat').find((c) => c.name !== lon?.name)
  const crs = /gcj|amap|gaode|高德|火星|腾讯/i.test(`${lon?.name} ${lat?.name}`) ? 'gcj02' : 'wgs84'
  if (lon && lat) {
    used.add(lon.name)
    used.add(lat.name)
    const swapped =
      lat.sample.some((v) => Math.abs(Number(v)) > 90) && !lon.sample.some((v) => Math.abs(Number(v)) > 90)
    return {
      mapping: swapped ? { lon: lat.name, lat: lon.name, crs } : { lon: lon.name, lat: lat.name, crs },
      swapped,
    }
  }
  const point = candidates(free, 'point')[0]
  if (!point) return undefined
  used.add(point.name)
  return { mapping: { point: point.name, crs: /gcj|高德|火星/i.test(point.name) ? 'gcj02' : 'wgs84' }, swapped: false }
}

function pointsOf({ mapping }: ProposedPlace, sample: FileFacts['sample'], columns: readonly ColumnFacts[]): Point[] {
  const indexOf = (name: string) => columns.findIndex((c) => c.name === name)
  return sample.flatMap(({ fields }) => {
    const [lon, lat] =
      'point' in mapping
        ? (pairIn(fields[indexOf(mapping.point)] ?? '') ?? ['', ''])
        : [fields[indexOf(mapping.lon)] ?? '', fields[indexOf(mapping.lat)] ?? '']
    return pointOf(lon, lat, mapping.crs) ?? []
  })
}
