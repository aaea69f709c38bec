import {
  closingCounts,
  exposedCases,
  type FollowRow,
  habitAround,
  intake,
  openCasesLike,
  photosOfCase,
  proposedUnits,
  reportByCode,
  sayWord,
  trailOf,
  wordState,
} from '@pentad/cases'
import { usualDays } from '@pentad/cases/contract'
import { type ClosingCounts, outcomeOf, publicStage, published, ratesOf } from '@pentad/cases/model'
import { showPhoto } from '@pentad/evidence'
import { locatorOf, placeSaid } from '@pentad/geography'
import type { Db } from '@pentad/platform/db'
import { distanceM, toMetres } from '@pentad/platform/geo'
import { spokenCode } from '@pentad/platform/id'
import { granted, refuse } from '@pentad/platform/refusal'
import { serve } from '@pentad/platform/serve'
import { DAY } from '@pentad/platform/time'
import { classesInForce, standardsOf } from '@pentad/rulebook'
import { proposeClasses } from '@pentad/rulebook/model'
import { answerClosing, exposures, followReport, propose, publicRates, reportPhoto, sendReport } from './contract.ts'
import { habitDays, habitRadiusM, sameProblemRadiusM } from './model.ts'

const mostExposed = 100

export const routes = [
  serve(exposures, async (_, { db }) => {
    const locator = await locatorOf(db)
    return {
      cases: (await exposedCases(db, mostExposed)).map((c) => ({
        no: c.no,
        className: { 'zh-CN': c.classZh, en: c.classEn },
        street: c.street ? locator.nameOf(c.street) : '',
        text: c.text,
        stage: publicStage(c.status),
        done: c.status === 'closed',
        since: c.since.toISOString(),
      })),
    }
  }),

  serve(propose, async ({ body }, { db, now }) => {
    const { point, text } = body
    const locator = await locatorOf(db)
    const place = granted(locator.placeOf(point))
    const { xM, yM } = toMetres([point.lon, point.lat])
    const classes = (await classesInForce(db)).filter((c) => c.parentCode !== null)
    const habit = await habitAround(db, { xM, yM }, habitRadiusM, new Date(now.getTime() - habitDays * DAY))
    const words = classes.map((c) => ({ kind: c.kind, code: c.code, name: c.nameZh, words: [c.nameEn, ...c.words] }))
    const proposed = proposeClasses(text, words, habit)
    const chosen = body.kind && body.classCode ? { kind: body.kind, code: body.classCode } : proposed[0]
    const near = chosen
      ? await openCasesLike(db, {
          kind: chosen.kind,
          classCode: chosen.code,
          point,
          cell: place.cell,
          at: now,
          radiusM: sameProblemRadiusM,
        })
      : []
    return {
      place: placeSaid(locator, point, place),
      classes: proposed.flatMap(({ kind, code, why }) => {
        const cls = classes.find((c) => c.kind === kind && c.code === code)
        return cls ? [{ kind, code, name: { 'zh-CN': cls.nameZh, en: cls.nameEn }, why }] : []
      }),
      nearby: near.map((c) => ({
        caseId: c.id,
        className: { 'zh-CN': c.classZh, en: c.classEn },
        stage: publicStage(c.status),
        reportedAt: c.reportedAt.toISOString(),
        distanceM: Math.round(distanceM([point.lon, point.lat], [c.lon, c.lat])),
        reports: c.reports,
      })),
      handling: chosen ? await handlingOf(db, chosen, place.cell, now) : null,
    }
  }),

  serve(sendReport, async ({ body }, { db, now, actor, header }) => {
    const { phone, joins, ...report } = body
    if (body.photoIds.length === 0 && !body.text.trim()) return refuse('public-service/nothing-said')
    const taken = granted(
      await intake(db, {
        ...report,
        source: 'citizen',
        // The page’s own number of the report, which it keeps until it has an answer.
        sourceNo: header('idempotency-key'),
        reporter: { phone },
        at: now,
        now,
        actorId: actor.id,
        joins,
        original: { ...report, joins },
      }),
    )
    return { code: taken.code, joined: taken.joined }
  }),

  serve(followReport, async ({ params }, { db, now }) => seenByReporter(db, await followed(db, params.code), now)),

  serve(answerClosing, async ({ params, body }, { db, actor, now }) => {
    const { reportId } = await followed(db, params.code)
    granted(await sayWord(db, reportId, body, actor.id, now))
    return seenByReporter(db, await followed(db, params.code), now)
  }),

  serve(publicRates, async (_, { db, now }) => {
    const period = { to: now, from: new Date(now.getTime() - usualDays * DAY) }
    const locator = await locatorOf(db)
    const counts = await closingCounts(db, null, { ...period, by: 'area' })
    const row = (code: string, c: ClosingCounts) => ({
      code,
      name: code ? locator.nameOf(code) : '',
      ...published(ratesOf(c)),
    })
    return {
      from: period.from.toISOString(),
      to: now.toISOString(),
      city: row('', sum(counts)),
      districts: counts.filter((c) => c.key).map((c) => row(c.key, c)),
    }
  }),

  serve(reportPhoto, async ({ params, query }, { db, blobs }) => {
    const report = await followed(db, params.code)
    const mayBeSeen = shownPhotos(report, await photosOfLine(db, report)).some((p) => p.id === params.photoId)
    granted(mayBeSeen || undefined)
    return granted(await showPhoto(db, blobs, params.photoId, query.view))
  }),
]

/** Who will do it and how long it may take, as the rule says; said to the reporter before they send. */
async function handlingOf(
  db: Db,
  { kind, code }: { kind: 'component' | 'event'; code: string },
  cell: string,
  now: Date,
) {
  const [unit] = await proposedUnits(db, kind, code, cell, now)
  // The mildest condition promises least; the seat chooses the one that applies.
  const standard = (await standardsOf(db, kind, code)).at(-1)
  return unit && standard ? { unit: unit.name, limitValue: standard.limitValue, limitUnit: standard.limitUnit } : null
}

/** The reporter's own pictures, and what the unit and the checker showed of the result; never other reporters'. */
function shownPhotos(
  report: FollowRow,
  photos: Awaited<ReturnType<typeof photosOfCase>>,
): { id: string; when: 'before' | 'after' }[] {
  return photos.flatMap(({ id, act }): { id: string; when: 'before' | 'after' }[] => {
    if (report.reportPhotos.includes(id)) return [{ id, when: 'before' }]
    return act === 'report_done' || act === 'pass_check' ? [{ id, when: 'after' }] : []
  })
}

async function followed(db: Db, code: string): Promise<FollowRow> {
  return granted((await reportByCode(db, spokenCode(code))) ?? refuse('public-service/no-such-code'))
}

/** Of the case and of those that it takes up again, oldest first. */
async function photosOfLine(db: Db, report: FollowRow): Promise<Awaited<ReturnType<typeof photosOfCase>>> {
  const photos = []
  for (const id of [...report.lineIds].reverse()) photos.push(...(await photosOfCase(db, id)))
  return photos
}

function sum(all: readonly ClosingCounts[]): ClosingCounts {
  const total: ClosingCounts = { closed: 0, overdue: 0, verified: 0, asked: 0, answered: 0, confirmed: 0 }
  for (const c of all) for (const key of Object.keys(total) as (keyof ClosingCounts)[]) total[key] += c[key]
  return total
}

/** Reasons that are meant for the reporter; the others are talk within the office. */
const toldReasons = new Set(['refuse', 'decline'])

async function seenByReporter(db: Db, report: FollowRow, now: Date) {
  const trail = []
  for (const id of [...report.lineIds].reverse()) trail.push(...(await trailOf(db, id)))
  const word = await wordState(db, report, report.reportId, report.lineIds.length, now)
  const stages: { stage: ReturnType<typeof publicStage>; at: string; note: string | null }[] = []
  for (const entry of trail) {
    const stage = publicStage(entry.to)
    if (stages.at(-1)?.stage === stage) continue
    stages.push({ stage, at: entry.recorded.toISOString(), note: toldReasons.has(entry.act) ? entry.reason : null })
  }
  return {
    code: report.code,
    className: { 'zh-CN': report.classZh, en: report.classEn },
    placeWords: { 'zh-CN': report.placeZh, en: report.placeEn },
    text: report.text,
    at: report.at.toISOString(),
    stage: publicStage(report.status),
    stages,
    unit: report.leadUnitId ? { 'zh-CN': report.unitZh ?? '', en: report.unitEn ?? '' } : null,
    due: report.due?.toISOString() ?? null,
    others: report.reports - 1,
    photos: shownPhotos(report, await photosOfLine(db, report)),
    outcome: outcomeOf(report),
    word: {
      until: word.until?.toISOString() ?? null,
      mayObject: word.mayObject,
      said: word.said && { fixed: word.said.fixed, reason: word.said.reason, at: word.said.at.toISOString() },
    },
    again: word.again,
  }
}
