import type { Db } from '@pentad/platform/db'
import { distanceM, toMetres } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import { later } from '@pentad/platform/jobs'
import { granted, isRefusal, refuse } from '@pentad/platform/refusal'
import { grantsFor, sightOf } from '@pentad/platform/rights'
import { raw, type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { CLOCK_AHEAD_ALLOWED, legalDayOf } from '@pentad/platform/time'
import type { z } from 'zod'
import { type Locator, locatorOf, placeOfCell } from '../locator.ts'
import { crsGiven } from './census/rows.ts'
import * as contract from './contract.ts'
import { changedFacts, type DutyRole, dutyRoles, flaws, moveRefusal, type Party, stateRefusal } from './model.ts'
import { passedOver } from './quality.ts'
import { cellsWithin, classesByCell, qualityLines } from './quality-queries.ts'
import {
  broughtBy,
  type ComponentChange,
  type ComponentRow,
  componentById,
  componentsAfter,
  componentsInBox,
  componentsNear,
  countsByClass,
  eventsOf,
  saveChange,
} from './queries.ts'
import { seenComponents } from './seen.ts'
import { addUpload, type CensusUpload, setState, uploadById, uploadsOf } from './uploads.ts'

export const componentSubject: SubjectKind<ComponentRow> = {
  kind: 'component',
  load: componentById,
  scope: ({ cell }) => ({ areaCode: cell }),
}
const censusSubject: SubjectKind<CensusUpload> = {
  kind: 'census',
  load: uploadById,
  scope: ({ areas, byPerson }) => ({ areaCode: areas[0] ?? null, createdBy: byPerson }),
}

const mostOnMap = 2000
const mostNear = 12

export const componentRoutes = [
  serve(contract.listComponents, async ({ query: { after, most, q, ...want } }, { db, actor }) => {
    const rows = await componentsAfter(db, actor, { ...want, words: q }, { after, most: most + 1 })
    const locator = await locatorOf(db)
    const page = rows.slice(0, most)
    return {
      components: page.map((c) => lineOut(c, locator)),
      next: rows.length > most ? (page.at(-1)?.id ?? null) : null,
    }
  }),

  serve(contract.componentsOnMap, async ({ query: { west, south, east, north, q, ...want } }, { db, actor }) => {
    const { rows, all } = await componentsInBox(
      db,
      actor,
      { west, south, east, north },
      { ...want, words: q },
      mostOnMap,
    )
    return {
      type: 'FeatureCollection' as const,
      features: rows.map(({ id, classCode, name, state, lon, lat }) => ({
        type: 'Feature' as const,
        properties: { id, classCode, name, state },
        geometry: { type: 'Point' as const, coordinates: [lon, lat] as [number, number] },
      })),
      all,
    }
  }),

  serve(contract.componentCounts, async ({ query }, { db, actor }) => ({
    classes: await countsByClass(db, actor, query.within ?? ''),
  })),

  serve(contract.nearestComponents, async ({ query }, { db, actor }) => {
    const locator = await locatorOf(db)
    const near = await componentsNear(db, { ...query, most: mostNear }, seenComponents(actor))
    return { components: near.map((c) => ({ ...lineOut(c, locator), distanceM: Math.round(c.distanceM * 10) / 10 })) }
  }),

  serve(contract.componentQuality, async ({ query }, { db, actor }) => {
    const within = query.within ?? ''
    const locator = await locatorOf(db)
    const cells = (await cellsWithin(db, within)).map(({ code, lon, lat }) => {
      const { xM, yM } = toMetres([lon, lat])
      return { code, x: xM, y: yM }
    })
    const gaps = new Map<string, string[]>()
    for (const { classCode, cells: gone } of passedOver(cells, await classesByCell(db, within)))
      for (const cell of gone) {
        const key = `${cell.slice(0, 9)}:${classCode}`
        const there = gaps.get(key)
        if (there) there.push(cell)
        else gaps.set(key, [cell])
      }
    const lines = await qualityLines(db, actor, within)
    return {
      lines: lines.map((l) => ({
        street: { code: l.street, name: locator.nameOf(l.street) },
        classCode: l.classCode,
        count: l.count,
        accuracyA: l.accuracyA,
        accuracyB: l.accuracyB,
        accuracyC: l.accuracyC,
        lastChange: l.lastChange,
        flaws: Object.fromEntries(flaws.map((f) => [f, l[f]])) as Record<(typeof flaws)[number], number>,
        passedOver: gaps.get(`${l.street}:${l.classCode}`) ?? [],
      })),
    }
  }),

  serveAbout(contract.readComponent, componentSubject, async ({ subject }, { db }) => wholeOut(db, subject)),

  serveAbout(contract.reportComponentState, componentSubject, async ({ subject, body }, { db, actor, now }) => {
    const manages = grantsFor(actor, 'geography.manage', { areaCode: subject.cell }).length > 0
    const refusal = stateRefusal(subject.state, body.state, manages) ?? clockRefusal(body.at, now)
    if (refusal) return refusal
    return changed(db, subject, { kind: 'state', state: body.state, ...eventOf(body, actor.id, now) })
  }),

  serveAbout(contract.moveComponent, componentSubject, async ({ subject, body }, { db, actor, now }) => {
    const place = (await locatorOf(db)).placeOf(body.point)
    if (isRefusal(place)) return place
    const movedM = distanceM([subject.lon, subject.lat], [body.point.lon, body.point.lat])
    const refusal = moveRefusal(subject, { district: place.district, distanceM: movedM }) ?? clockRefusal(body.at, now)
    if (refusal) return refusal
    if (!grantsFor(actor, 'geography.manage', { areaCode: place.cell }).length)
      return refuse('geography/component-not-yours', { cell: place.cell })
    return changed(db, subject, {
      kind: 'moved',
      place: { ...body.point, cell: place.cell },
      ...eventOf(body, actor.id, now),
    })
  }),

  serveAbout(contract.changeComponentDuty, componentSubject, async ({ subject, body }, { db, actor, now }) => {
    const { reason, at, ...said } = body
    const duties = Object.fromEntries(
      dutyRoles.flatMap((role) => (said[role] === undefined ? [] : [[role, said[role]]])),
    ) as Partial<Record<DutyRole, Party | null>>
    const before = dutiesOf(subject)
    if (changedFacts(before, { ...before, ...duties }).length === 0) return refuse('geography/component-same-duty')
    const refusal = clockRefusal(at, now)
    if (refusal) return refusal
    return changed(db, subject, { kind: 'duty', duties, ...eventOf({ reason, at }, actor.id, now) })
  }),

  serve(contract.addCensus, async ({ query, file }, { db, actor, blobs, now }) => {
    if (query.crs && !crsGiven(query.crs)) return refuse('geography/unknown-crs', { crs: query.crs })
    const { areas } = sightOf(actor, 'geography.manage')
    const id = newId(now.getTime())
    const sha256 = await blobs.put(file)
    const name = query.name.replaceAll(/[/\\]/g, '_')
    await addUpload(db, {
      id,
      file: name,
      sha256,
      bytes: file.length,
      covers: query.covers,
      crs: query.crs ?? null,
      areas,
      byPerson: actor.id,
      arrived: now,
    })
    await later(db, 'geography.check-census', { payload: { id }, key: `census/${id}` })
    return censusOut(granted(await uploadById(db, id)))
  }),

  serve(contract.listCensuses, async (_, { db, actor }) => ({
    censuses: (await uploadsOf(db, sightOf(actor, 'geography.manage').areas, actor.id)).map(censusOut),
  })),

  serveAbout(contract.readCensus, censusSubject, async ({ subject }, { say }) => ({
    ...censusOut(subject),
    faults: subject.faults
      .slice(0, mostShown)
      .map((f) => ({ file: f.file, line: f.line, said: say(f.code, f.details) })),
  })),

  serveAbout(contract.censusFaults, censusSubject, async ({ subject }, { say }) => {
    const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
    const lines = subject.faults.map((f) =>
      [f.file, f.line ?? '', f.code, say(f.code, f.details)].map((c) => cell(String(c))).join(','),
    )
    // The mark tells spreadsheets that it is UTF-8.
    return raw({
      raw: `\uFEFF${['file,line,code,fault', ...lines].join('\r\n')}\r\n`,
      type: 'text/csv; charset=utf-8',
      headers: {
        'content-disposition': `attachment; filename="faults-${subject.id}.csv"`,
        'cache-control': 'no-store',
      },
    })
  }),

  serveAbout(contract.loadCensus, censusSubject, async ({ subject }, { db }) => {
    if (subject.state !== 'ready') return refuse('geography/census-not-ready', { state: subject.state })
    await setState(db, subject.id, 'loading')
    await later(db, 'geography.load-census', { payload: { id: subject.id }, key: `census/${subject.id}` })
    return censusOut(granted(await uploadById(db, subject.id)))
  }),
]

const mostShown = 500

const clockRefusal = (at: Date, now: Date) =>
  at.getTime() > now.getTime() + CLOCK_AHEAD_ALLOWED ? refuse('geography/clock-ahead', { at: at.toISOString() }) : null

const eventOf = ({ reason, at }: { reason: string; at: Date }, byPerson: string, now: Date) => ({
  reason,
  at: at < now ? at : now,
  now,
  byPerson,
  changedOn: legalDayOf(at < now ? at : now),
})

async function changed(db: Db, { id }: ComponentRow, change: Omit<ComponentChange, 'id'>): Promise<Whole> {
  await saveChange(db, { id, ...change })
  return wholeOut(db, granted(await componentById(db, id)))
}

type Whole = z.input<typeof contract.ComponentWhole>

const partyOf = (code: string | null, name: string | null): Party | null => (name === null ? null : { code, name })
const dutiesOf = (c: ComponentRow): Record<DutyRole, Party | null> => ({
  competent: partyOf(c.competentCode, c.competentName),
  owner: partyOf(c.ownerCode, c.ownerName),
  maintainer: partyOf(c.maintainerCode, c.maintainerName),
})

function lineOut(c: ComponentRow, locator: Locator): z.input<typeof contract.ComponentLine> {
  const { street } = placeOfCell(c.cell)
  return {
    id: c.id,
    classCode: c.classCode,
    name: c.name,
    state: c.state,
    lon: c.lon,
    lat: c.lat,
    street: { code: street, name: locator.nameOf(street) },
    maintainer: c.maintainerName,
  }
}

async function wholeOut(db: Db, c: ComponentRow): Promise<Whole> {
  const locator = await locatorOf(db)
  const place = placeOfCell(c.cell)
  const named = (code: string) => ({ code, name: locator.nameOf(code) })
  const brought = granted(await broughtBy(db, c.id))
  return {
    id: c.id,
    classCode: c.classCode,
    version: c.version,
    name: c.name,
    state: c.state,
    lon: c.lon,
    lat: c.lat,
    cell: c.cell,
    ...dutiesOf(c),
    accuracy: c.accuracy,
    source: c.source,
    initialOn: c.initialOn,
    changedOn: c.changedOn,
    note: c.note,
    origin: c.origin,
    community: named(place.community),
    street: named(place.street),
    district: named(place.district),
    brought: { ...brought, at: brought.at.toISOString() },
    events: (await eventsOf(db, c.id)).map((e) => ({
      ...e,
      at: e.at.toISOString(),
      recorded: e.recorded.toISOString(),
    })),
  }
}

const censusOut = (u: CensusUpload): z.input<typeof contract.CensusLine> => ({
  id: u.id,
  file: u.file,
  bytes: u.bytes,
  covers: u.covers,
  state: u.state,
  by: u.by,
  arrived: u.arrived.toISOString(),
  ended: u.ended?.toISOString() ?? null,
  done: u.done,
  rowsRead: u.rowsRead,
  faultCount: u.faultCount,
  changes: u.changes,
  edition: u.edition,
})
