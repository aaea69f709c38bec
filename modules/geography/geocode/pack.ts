/** Places and addresses of a city pack. Rows are compared in the database, so that a million of them are no different from ten. */

import { type Crs, crsNamed, degreesFrom, inMetres } from '@pentad/platform/crs'
import { sql } from '@pentad/platform/db'
import { copyInto } from '@pentad/platform/db/copy'
import {
  type Changes,
  covered,
  coversOf,
  filesOf,
  type PackLaying,
  type PackPart,
  type PackReading,
  part,
  type Row,
  rowsIn,
  type TableSpec,
} from '@pentad/platform/pack'
import { legalDayOf } from '@pentad/platform/time'
import { cellFinder } from '../cells.ts'
import { allCells } from '../queries.ts'
import { placeKinds } from './model.ts'

const placeColumns = {
  id: {},
  name: {},
  name_en: { optional: true },
  aliases: { optional: true },
  kind: {},
  lon: {},
  lat: {},
  crs: { optional: true },
  area_code: { optional: true },
  valid_from: { optional: true },
  valid_to: { optional: true },
  source: { optional: true },
} as const satisfies TableSpec
const addressColumns = {
  road: {},
  number: {},
  lon: {},
  lat: {},
  crs: { optional: true },
  estate: { optional: true },
  building: { optional: true },
  area_code: { optional: true },
} as const satisfies TableSpec

interface Point {
  lon: number
  lat: number
  /** As it came, where that was another system. */
  origin: { crs: Crs; lon: number; lat: number } | null
}
interface PlaceRow extends Point {
  id: string
  name: string
  nameEn: string | null
  aliases: string[]
  kind: string
  areaCode: string | null
  validFrom: string | null
  validTo: string | null
  source: string
}
interface AddressRow extends Point {
  road: string
  number: string
  estate: string
  building: string
  areaCode: string | null
}
/** Undefined where the pack has no such file: then what stands is left alone. */
export interface PlacesRead {
  places: PlaceRow[] | undefined
  addresses: AddressRow[] | undefined
}

const placesFile = 'places/places.csv'
const addressesFile = 'places/addresses.csv'

export const placesPart: PackPart<PlacesRead> = part<PlacesRead>({
  name: 'places',
  files: [placesFile, addressesFile],
  read: async (reading) => {
    const has = (file: string): boolean => filesOf(reading.source, { files: [file] }).length > 0
    const read: PlacesRead = {
      places: has(placesFile) ? [] : undefined,
      addresses: has(addressesFile) ? [] : undefined,
    }
    const ids = new Map<string, number>()
    const covers = coversOf(reading)
    const taken = read.places ? await placesElsewhere(reading, covers) : new Map<string, string>()
    if (read.places) {
      for await (const row of rowsIn(reading, placesFile, placeColumns)) {
        const place = {
          id: row.text('id'),
          name: row.text('name'),
          nameEn: row.optional('name_en'),
          aliases: row.list('aliases'),
          kind: row.oneOf('kind', placeKinds),
          areaCode: areaCodeOf(row, 'area_code'),
          validFrom: row.optional('valid_from') && row.day('valid_from'),
          validTo: row.optional('valid_to') && row.day('valid_to'),
          source: row.optional('source') ?? '',
          ...pointOf(row),
        }
        sayTwice(row, ids, place.id)
        const theirs = taken.get(place.id)
        if (theirs !== undefined) row.fault('pack/place-taken', { id: place.id, name: theirs })
        if (place.validFrom && place.validTo && place.validTo < place.validFrom) row.fault('pack/place-ends-before')
        if (row.good()) read.places.push(place)
      }
    }
    const numbers = new Map<string, number>()
    if (read.addresses) {
      for await (const row of rowsIn(reading, addressesFile, addressColumns)) {
        const address = {
          road: row.text('road'),
          number: row.matching('number', /[0-9〇零一二三四五六七八九十百]/, 'pack/house-number'),
          estate: row.optional('estate') ?? '',
          building: row.optional('building') ?? '',
          // Two districts may each have a 向阳路 1: a pack of one district means its own.
          areaCode: areaCodeOf(row, 'area_code') ?? (covers.length === 1 ? covers[0] || null : null),
          ...pointOf(row),
        }
        sayTwice(
          row,
          numbers,
          [address.road, address.number, address.estate, address.building, address.areaCode ?? ''].join(' '),
        )
        if (row.good()) read.addresses.push(address)
      }
    }
    return read
  },
  lay: async (laying, { places, addresses }) => {
    const cellOf = cellFinder(await allCells(laying.db))
    const changes: Changes = { added: 0, changed: 0, retired: 0, same: 0 }
    const add = (c: Changes): void => {
      for (const key of ['added', 'changed', 'retired', 'same'] as const) changes[key] += c[key]
    }
    if (places) add(await layPlaces(laying, places, cellOf))
    laying.onProgress(1, 2)
    if (addresses) add(await layAddresses(laying, addresses, cellOf))
    laying.onProgress(2, 2)
    return changes
  },
})

/** Names by id of the places that lie outside of what the pack speaks for. */
async function placesElsewhere({ db }: PackReading, covers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (!db || covered(covers, '')) return new Map()
  const { rows } = await sql<{ id: string; name: string; at: string }>`
    select id, name, coalesce(cell, area_code) as at from geography.place where coalesce(cell, area_code) is not null`.execute(
    db,
  )
  return new Map(rows.filter((r) => !covered(covers, r.at)).map((r) => [r.id, r.name]))
}

const areaCodeOf = (row: Row<'area_code'>, column: 'area_code'): string | null =>
  row.optional(column) && row.matching(column, /^\d{6}(\d{3}){0,3}$/, 'pack/area-code')

function sayTwice(row: Pick<Row, 'line' | 'fault'>, seen: Map<string, number>, key: string): void {
  const first = seen.get(key)
  if (first === undefined) seen.set(key, row.line)
  else row.fault('pack/twice', { what: key, first })
}

function pointOf(row: Row<'lon' | 'lat' | 'crs'>): Point {
  const said = row.optional('crs')
  const crs = said === null ? 'cgcs2000' : crsNamed(said)
  if (crs === undefined) {
    row.fault('pack/place-crs', { value: said ?? '' })
    return { lon: 0, lat: 0, origin: null }
  }
  const metric = inMetres(crs)
  const lon = row.number('lon', metric ? {} : { from: -180, to: 180 })
  const lat = row.number('lat', metric ? {} : { from: -90, to: 90 })
  if (crs === 'cgcs2000' || crs === 'wgs84') return { lon, lat, origin: null }
  const [east, north] = row.good() ? degreesFrom(crs, lon, lat) : [0, 0]
  return { lon: Number(east.toFixed(7)), lat: Number(north.toFixed(7)), origin: { crs, lon, lat } }
}

type CellOf = ReturnType<typeof cellFinder>

interface Counted {
  added: number
  changed: number
  same: number
  retired: number
}

async function layPlaces(
  { db, client, editionId, covers, now }: PackLaying,
  rows: readonly PlaceRow[],
  cellOf: CellOf,
): Promise<Changes> {
  await sql`create temp table place_in (like geography.place) on commit drop`.execute(db)
  await copyInto(
    client,
    'pg_temp.place_in',
    [
      'id',
      'name',
      'name_en',
      'aliases',
      'kind',
      'lon',
      'lat',
      'origin',
      'cell',
      'area_code',
      'valid_from',
      'valid_to',
      'source',
    ],
    rows.map((r) => [
      r.id,
      r.name,
      r.nameEn,
      r.aliases,
      r.kind,
      r.lon,
      r.lat,
      r.origin,
      cellOf(r) ?? null,
      r.areaCode,
      r.validFrom,
      r.validTo,
      r.source,
    ]),
  )
  const { rows: counted } = await sql<Counted>`
    with compared as (
      select i.*, p.id is null as fresh,
        (p.name, p.name_en, p.aliases, p.kind, p.lon, p.lat, p.cell, p.area_code, p.valid_from, p.valid_to, p.source)
          is not distinct from (i.name, i.name_en, i.aliases, i.kind, i.lon, i.lat, i.cell, i.area_code, i.valid_from, i.valid_to, i.source) as same
      from place_in i left join geography.place p using (id)),
    laid as (
      insert into geography.place (id, name, name_en, aliases, kind, lon, lat, origin, cell, area_code, valid_from, valid_to, source, edition)
      select id, name, name_en, aliases, kind, lon, lat, origin, cell, area_code, valid_from, valid_to, source, ${editionId}::uuid
      from compared where not same
      on conflict (id) do update set name = excluded.name, name_en = excluded.name_en, aliases = excluded.aliases, kind = excluded.kind,
        lon = excluded.lon, lat = excluded.lat, origin = excluded.origin, cell = excluded.cell, area_code = excluded.area_code,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to, source = excluded.source, edition = excluded.edition),
    ended as (
      update geography.place p set valid_to = ${legalDayOf(now)}::date, edition = ${editionId}::uuid
      where p.valid_to is null and not exists (select from place_in i where i.id = p.id)
        and exists (select from unnest(${covers}::text[]) c where starts_with(coalesce(p.cell, p.area_code, ''), c)) returning 1)
    select count(*) filter (where fresh)::int as added, count(*) filter (where not fresh and not same)::int as changed,
      count(*) filter (where same)::int as same, (select count(*) from ended)::int as retired from compared`.execute(db)
  await sql`drop table place_in`.execute(db)
  return counted[0] ?? { added: 0, changed: 0, retired: 0, same: 0 }
}

async function layAddresses(
  { db, client, editionId, covers, now }: PackLaying,
  rows: readonly AddressRow[],
  cellOf: CellOf,
): Promise<Changes> {
  await sql`create temp table address_in (road text, number text, estate text, building text, lon float8, lat float8, origin jsonb,
    cell text, area_code text) on commit drop`.execute(db)
  await copyInto(
    client,
    'pg_temp.address_in',
    ['road', 'number', 'estate', 'building', 'lon', 'lat', 'origin', 'cell', 'area_code'],
    rows.map((r) => [r.road, r.number, r.estate, r.building, r.lon, r.lat, r.origin, cellOf(r) ?? null, r.areaCode]),
  )
  await sql`analyze address_in`.execute(db)
  const { rows: counted } = await sql<Counted>`
    with compared as (
      select i.*, a.id is null as fresh, (a.lon, a.lat, a.cell) is not distinct from (i.lon, i.lat, i.cell) as same
      from address_in i left join geography.address a on a.road = i.road and a.number = i.number and a.estate = i.estate
        and a.building = i.building and coalesce(a.area_code, '') = coalesce(i.area_code, '') and a.valid_to is null),
    ended as (
      update geography.address a set valid_to = ${legalDayOf(now)}::date, edition = ${editionId}::uuid
      where a.valid_to is null and exists (select from unnest(${covers}::text[]) c where starts_with(coalesce(a.cell, a.area_code, ''), c))
        and not exists (
        select from address_in i where a.road = i.road and a.number = i.number and a.estate = i.estate
          and a.building = i.building and coalesce(a.area_code, '') = coalesce(i.area_code, '')) returning 1),
    laid as (
      insert into geography.address (road, number, estate, building, lon, lat, origin, cell, area_code, edition)
      select road, number, estate, building, lon, lat, origin, cell, area_code, ${editionId}::uuid from compared where not same
      on conflict (road, number, estate, building, (coalesce(area_code, ''))) where valid_to is null
      do update set lon = excluded.lon, lat = excluded.lat, origin = excluded.origin, cell = excluded.cell, edition = excluded.edition)
    select count(*) filter (where fresh)::int as added, count(*) filter (where not fresh and not same)::int as changed,
      count(*) filter (where same)::int as same, (select count(*) from ended)::int as retired from compared`.execute(db)
  await sql`drop table address_in`.execute(db)
  return counted[0] ?? { added: 0, changed: 0, retired: 0, same: 0 }
}
