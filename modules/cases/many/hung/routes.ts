import { photosOf } from '@pentad/evidence'
import { type Locator, locatorOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import { announce } from '@pentad/platform/news'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import { permits, type Scope } from '@pentad/platform/rights'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { CLOCK_AHEAD_ALLOWED, DAY } from '@pentad/platform/time'
import { nextNo } from '../numbers.ts'
import { checkHung, hangItem, listHung, readHung } from './contract.ts'
import { lifeOf } from './model.ts'
import { addCheck, addHung, casesAt, checksOf, compared, type HungRow, hungById, hungSeen, setLife } from './queries.ts'

const hungScope = (h: HungRow): Scope => ({ areaCode: h.areaCode, units: [h.unitId], createdBy: h.createdBy })
const hungSubject: SubjectKind<HungRow> = { kind: 'hung-item', load: hungById, scope: hungScope }

/** Days of cases that are compared with the points. */
const comparedDays = 30

export const hungOut = (h: HungRow, locator: Locator) => ({
  id: h.id,
  no: h.no,
  level: h.level,
  lon: h.lon,
  lat: h.lat,
  street: locator.nameOf(h.areaCode.slice(0, 9)),
  place: h.place,
  problem: h.problem,
  unit: { id: h.unitId, name: { 'zh-CN': h.unitZh, en: h.unitEn } },
  due: h.due.toISOString(),
  state: h.state,
  hungAt: h.hungAt.toISOString(),
  clearedAt: h.clearedAt?.toISOString() ?? null,
  relapses: h.relapses,
  passesNeeded: h.passesNeeded,
  daysNeeded: h.daysNeeded,
  passes: h.passes,
  checks: h.checks,
  cases: h.cases,
})
const tell = (db: Db, h: { id: string; areaCode: string; unitId: string }): Promise<void> =>
  announce(db, {
    topic: 'hung-item',
    about: { id: h.id },
    may: 'cases.read',
    areaCode: h.areaCode,
    units: [h.unitId],
  })

export const hungRoutes = [
  serve(listHung, async ({ query }, { db, actor, now }) => {
    const locator = await locatorOf(db)
    const items = await hungSeen(db, actor, query)
    return {
      items: items.map((h) => hungOut(h, locator)),
      comparison: {
        days: comparedDays,
        ...(await compared(db, actor, new Date(now.getTime() - comparedDays * DAY))),
      },
    }
  }),

  serve(hangItem, async ({ body }, { db, actor, now }) => {
    const { point, ...said } = body
    const place = granted((await locatorOf(db)).placeOf(point))
    const h = { id: newId(now.getTime()), no: '', areaCode: place.cell, unitId: said.unitId }
    if (!permits(actor, 'cases.supervise', { areaCode: place.cell }))
      throw new RefusalError(refuse('platform/not-allowed'))
    if ((await allUnits(db)).find((u) => u.id === said.unitId)?.axis !== 'disposal')
      throw new RefusalError(refuse('cases/not-a-disposal-unit', { unit: said.unitId }))
    if (said.due <= now) throw new RefusalError(refuse('cases/day-is-past'))
    h.no = await nextNo(db, 'GZ', now)
    await addHung(db, {
      ...said,
      ...h,
      lon: point.lon,
      lat: point.lat,
      ...toMetres([point.lon, point.lat]),
      hungAt: now,
      createdBy: actor.id,
    })
    await tell(db, h)
    return { id: h.id, no: h.no }
  }),

  serveAbout(readHung, hungSubject, async ({ subject }, { db, actor }) => ({
    ...hungOut(subject, await locatorOf(db)),
    made: (await checksOf(db, subject.id)).map((k) => ({ ...k, at: k.at.toISOString(), by: k.by ?? '' })),
    near: (await casesAt(db, actor, subject.id)).map(({ classZh, classEn, ...c }) => ({
      ...c,
      className: { 'zh-CN': classZh, en: classEn },
      reportedAt: c.reportedAt.toISOString(),
      distanceM: Math.round(c.distanceM),
    })),
  })),

  serveAbout(checkHung, hungSubject, async ({ subject, body }, { db, actor, now }) => {
    if (body.at.getTime() > now.getTime() + CLOCK_AHEAD_ALLOWED)
      throw new RefusalError(refuse('cases/clock-ahead', { at: body.at.toISOString() }))
    granted(await photosOf(db, body.photoIds))
    const at = new Date(Math.min(body.at.getTime(), now.getTime()))
    await addCheck(db, { ...body, at, id: newId(now.getTime()), itemId: subject.id, by: actor.id })
    const life = lifeOf(await checksOf(db, subject.id), subject)
    await setLife(db, subject.id, life)
    await tell(db, subject)
    return { state: life.state, relapses: life.relapses }
  }),
]
