/** Lays the demo city into an empty database: all or nothing, the same everywhere for the same day. */
import { generateHistory, loadPack, type Pack, packFolder } from '@pentad/beijing-demo'
import { type HistoricCase, layHistory } from '@pentad/cases'
import { beginEdition, componentsPart, endEdition, loadCity, locatorOf, placesPart } from '@pentad/geography'
import { addMembershipRow, addPersonRow, putUnit } from '@pentad/identity'
import { markInstalled } from '@pentad/operations'
import { hashPassword } from '@pentad/platform/crypto'
import type { Db } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import { toDegrees } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import { type Changes, folderSource, type PackPart } from '@pentad/platform/pack'
import { nextLegalDay } from '@pentad/platform/time'
import { calendarBy, loadRulebook, standardId } from '@pentad/rulebook'
import type { WorkCalendar } from '@pentad/rulebook/model'
import { type DeviceLoad, loadDevices } from '@pentad/sensing'
import type pg from 'pg'

export interface DemoOrder {
  /** Every demo account gets it. */
  password: string
  /** The end of the generated past. */
  now: Date
  count?: number
  onStep: (what: string, done?: number, of?: number) => void
}

/** One seed for the demo everywhere. */
const seed = 20_260_521
const years = 3

export async function loadDemo(
  pool: pg.Pool,
  { password, now, count = 50_000, onStep }: DemoOrder,
): Promise<{ cases: number }> {
  const pack = loadPack()
  return bulkTransaction(pool, async ({ db, client }) => {
    onStep('areas', 0)
    await loadCity(db, cityOf(pack))
    onStep('areas', pack.cells.length, pack.cells.length)
    for (const part of [placesPart, componentsPart] as readonly PackPart[])
      onStep(part.name, await layPart(part, { db, client, now }))
    const calendar = calendarOf(pack)
    const { scheme, version } = pack.classes[0] ?? { scheme: '', version: '' }
    await loadRulebook(db, rulebookOf(pack, scheme, version, calendar))
    onStep('rulebook', pack.standards.length, pack.standards.length)
    const ids = await loadPeople(db, pack, password)
    onStep('people', pack.people.length, pack.people.length)
    await loadDevices(db, devicesOf(pack))
    onStep('devices', pack.sites.length + pack.vehicles.length, pack.sites.length + pack.vehicles.length)
    const inForce = (await calendarBy(db, null)) ?? calendar
    const cases = await layHistory(db, pastOf(pack, { scheme, version, ids, now, count }), {
      client,
      locator: await locatorOf(db),
      calendar: inForce,
      scheme,
      schemeVersion: version,
      origin: 'demo',
      onProgress: (done) => onStep('history', done, count),
    })
    await markInstalled(db, { kind: 'demo', pack: pack.manifest.id, packVersion: pack.manifest.version })
    return { cases }
  })
}

/** A part of the pack, laid as for any city. */
async function layPart(
  part: PackPart,
  { db, client, now }: { db: Db; client: pg.ClientBase; now: Date },
): Promise<number> {
  const quiet = { onProgress: () => undefined, signal: new AbortController().signal }
  const rows = await part.read({
    ...quiet,
    source: await folderSource(packFolder),
    settings: {},
    db,
    of: () => undefined,
    fault: (file, line, code) => {
      throw new Error(`the demo pack has a fault: ${file} ${line}: ${code}`)
    },
  })
  const editionId = await beginEdition(db, { kind: 'first', byPerson: null, note: 'beijing-demo', now })
  const changes: Changes = await part.lay({ ...quiet, db, client, editionId, covers: [''], now }, rows)
  await endEdition(db, editionId, { [part.name]: changes })
  return changes.added
}

function cityOf({ manifest, areas, cells, districts, streets, baseMap }: Pack) {
  const geometries = new Map([...districts.features, ...streets.features].map((f) => [f.properties.code, f.geometry]))
  return {
    city: {
      nameZh: manifest.nameZh,
      nameEn: manifest.nameEn,
      labelZh: manifest.labelZh,
      labelEn: manifest.labelEn,
      bounds: [...manifest.bbox] as [number, number, number, number],
    },
    areas: areas.map((a) => ({ ...a, geometry: geometries.get(a.code) ?? null })),
    cells: cells.map((c) => ({ ...c, ring: ringOf(c.xM, c.yM) })),
    features: baseMap.features.map(({ properties, geometry }) => ({
      layer: properties.layer,
      class: properties.class,
      name: properties.name ?? null,
      geometry,
    })),
  }
}

/** A cell is a square of 100 m; neighbours share their corners to the last digit, so that no point falls between them. */
const cellM = 100
const ringOf = (xM: number, yM: number) =>
  [
    [0, 0],
    [cellM, 0],
    [cellM, cellM],
    [0, cellM],
    [0, 0],
  ].map(([dx = 0, dy = 0]) => toDegrees(xM + dx, yM + dy))

const secondsOf = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 3600 + minutes * 60
}

function calendarOf({ calendar }: Pack): WorkCalendar {
  const periods = (p: readonly { from: string; to: string }[]) =>
    p.map(({ from, to }) => [secondsOf(from), secondsOf(to)] as const)
  const holidays = new Set<string>()
  for (const { from, to } of calendar.years.flatMap((y) => y.holidays)) {
    for (let day = from; day <= to; day = nextLegalDay(day)) holidays.add(day)
  }
  const seasons = calendar.seasons
    .filter((s) => s.enabled)
    .map((s) => ({ from: s.from, to: s.to, periods: periods(s.periods) }))
  return {
    version: calendar.version,
    seasons: [...seasons, { from: '01-01', to: '12-31', periods: periods(calendar.periods) }],
    holidays,
    shiftedWorkdays: new Set(calendar.years.flatMap((y) => y.workdays)),
  }
}

const rulebookOf = (pack: Pack, scheme: string, version: string, calendar: WorkCalendar) => ({
  scheme,
  version,
  calendar,
  classes: pack.classes.map((c) => ({
    kind: c.kind,
    code: c.code,
    parentCode: c.parentCode,
    nameZh: c.nameZh,
    nameEn: c.nameEn,
    words: [...c.wordsZh, ...c.wordsEn],
    extension: c.extension !== null,
  })),
  standards: pack.standards,
  duties: pack.duties.map((d) => ({ kind: d.classKind, codePrefix: d.classCode, unitRule: d.unitRule })),
})

async function loadPeople(db: Db, pack: Pack, password: string): Promise<Map<string, string>> {
  for (const unit of pack.units) await putUnit(db, unit)
  // One password, one hash: 147 of them would take as long as all the rest.
  const hash = await hashPassword(password)
  const ids = new Map<string, string>()
  for (const { login, nameZh, nameEn, phone } of pack.people) {
    const id = newId()
    ids.set(login, id)
    await addPersonRow(db, { id, login, nameZh, nameEn, phone, password: hash })
  }
  for (const m of pack.memberships) {
    const personId = ids.get(m.login)
    if (personId)
      await addMembershipRow(db, {
        id: newId(),
        personId,
        unitId: m.unitId,
        role: m.role,
        areas: m.areaCodes,
        validFrom: m.validFrom,
        validTo: m.validTo,
      })
  }
  return ids
}

/** Vehicle kinds as one says them on the map. */
const vehicleWords: Record<Pack['vehicles'][number]['kind'], { zh: string; en: string }> = {
  enforcement: { zh: '执法车', en: 'Enforcement car' },
  command: { zh: '指挥车', en: 'Command car' },
  sweeper: { zh: '清扫车', en: 'Sweeper' },
  sprinkler: { zh: '洒水车', en: 'Sprinkler' },
  garbage_truck: { zh: '垃圾车', en: 'Refuse truck' },
  pump_truck: { zh: '抽排车', en: 'Pump truck' },
  greening: { zh: '绿化作业车', en: 'Greening truck' },
}

/** Simulated ones all: the simulator plays what is marked so, and nothing else. */
const devicesOf = ({ sites, vehicles }: Pack): DeviceLoad[] => [
  ...sites.map((s) => ({
    kind: 'noise_monitor' as const,
    address: s.mn,
    nameZh: s.siteZh,
    nameEn: s.siteEn,
    label: s.addressZh,
    unitId: s.unitId,
    lon: s.lon,
    lat: s.lat,
    nightPermit: s.nightPermit,
    profile: { simulated: true },
  })),
  ...vehicles.map((v) => ({
    kind: 'vehicle' as const,
    address: v.terminalPhone,
    nameZh: `${vehicleWords[v.kind].zh} ${v.plate}`,
    nameEn: `${vehicleWords[v.kind].en} ${v.plate}`,
    label: v.plate,
    unitId: v.unitId,
    profile: { simulated: true },
  })),
]

interface PastOrder {
  scheme: string
  version: string
  ids: Map<string, string>
  now: Date
  count: number
}

function* pastOf(pack: Pack, { scheme, version, ids, now, count }: PastOrder): Generator<HistoricCase> {
  const standards = new Map(pack.standards.map((s) => [`${s.kind}:${s.code}:${s.seq}`, s]))
  // The whole hour keeps two starts on one morning alike.
  const until = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000)
  for (const c of generateHistory({ pack, seed, until, years, count })) {
    const standard = standards.get(`${c.kind}:${c.classCode}:${c.standardSeq}`)
    if (!standard) throw new Error(`no standard for ${c.kind} ${c.classCode} ${c.standardSeq}`)
    const actors = Object.fromEntries(
      Object.entries(c.actors).map(([act, login]) => [act, login === null ? null : (ids.get(login) ?? null)]),
    )
    yield {
      ...c,
      description: c.description_zh,
      actors: actors as HistoricCase['actors'],
      standard: {
        id: standardId(scheme, version, { kind: c.kind, code: c.classCode, seq: c.standardSeq }),
        limitValue: standard.limitValue,
        limitUnit: standard.limitUnit,
      },
    }
  }
}
