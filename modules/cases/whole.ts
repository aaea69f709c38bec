/** One case with all that hangs on it. */

import { cellEndOf, type Locator, locatorOf } from '@pentad/geography'
import type { Db } from '@pentad/platform/db'
import { distanceM, toMetres } from '@pentad/platform/geo'
import type { Actor } from '@pentad/platform/rights'
import { DAY } from '@pentad/platform/time'
import { standardById, standardOut } from '@pentad/rulebook'
import type { z } from 'zod'
import type { CaseWhole } from './contract.ts'
import { casesNear, flowBy, kinOf, type LineRow, photosOfCase, reportsOf, trailOf } from './queries/index.ts'
import { lineOut, reportOut, trailOut } from './views.ts'

type Whole = z.input<typeof CaseWhole>

/** What a phone holds of a case. */
export async function heldOut(db: Db, c: LineRow, actor: Actor, now: Date): Promise<Omit<Whole, 'nearby' | 'trail'>> {
  const locator = await locatorOf(db)
  const named = (code: string) => ({ code, name: code ? locator.nameOf(code) : '' })
  const area = c.areaCode ?? ''
  const standard = c.standardId ? await standardById(db, c.standardId) : undefined
  return {
    ...lineOut(c, actor, locator, now, await flowBy(db, c.flowVersion)),
    scheme: c.scheme,
    schemeVersion: c.schemeVersion,
    cell: area,
    cellEnded: await cellEnded(db, locator, area),
    community: named(area.slice(0, 12)),
    district: named(area.slice(0, 6)),
    standard: standard ? standardOut(standard) : null,
    limit:
      c.limitValue !== null && c.limitUnit !== null
        ? { value: c.limitValue, unit: c.limitUnit, calendarVersion: c.calendarVersion ?? '' }
        : null,
    clockStart: c.clockStart?.toISOString() ?? null,
    coUnitIds: [...c.coUnitIds],
    kin: await kinOf(db, c),
    verified: c.verified,
    flowVersion: c.flowVersion,
    returns: c.returns,
    extensions: c.extensions,
    due: c.due?.toISOString() ?? null,
    photos: (await photosOfCase(db, c.id)).map((p) => ({ ...p, at: p.at.toISOString() })),
    reportsMade: (await reportsOf(db, c.id)).map(reportOut),
    alarmId: c.alarmId,
  }
}

/** What has become of a cell; most are still in force, which needs no question. */
async function cellEnded(db: Db, locator: Locator, cell: string): Promise<Whole['cellEnded']> {
  const end = cell && !locator.ringOf(cell) ? await cellEndOf(db, cell) : null
  return end && { ...end, at: end.at.toISOString() }
}

const nearbyRadiusM = 100
const nearbyDays = 90

export async function wholeOut(db: Db, c: LineRow, actor: Actor, now: Date): Promise<Whole> {
  const { xM, yM } = toMetres([c.lon, c.lat])
  const since = new Date(now.getTime() - nearbyDays * DAY)
  const near = await casesNear(db, {
    xM,
    yM,
    radiusM: nearbyRadiusM,
    kind: c.kind,
    classCode: c.classCode,
    since,
    openOnly: false,
    except: c.id,
  })
  return {
    ...(await heldOut(db, c, actor, now)),
    trail: (await trailOf(db, c.id)).map(trailOut),
    nearby: near.map((n) => ({
      id: n.id,
      no: n.no,
      status: n.status,
      className: { 'zh-CN': n.classZh, en: n.classEn },
      reportedAt: n.reportedAt.toISOString(),
      distanceM: Math.round(distanceM([c.lon, c.lat], [n.lon, n.lat])),
    })),
  }
}
