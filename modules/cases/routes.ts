import { showPhoto } from '@pentad/evidence'
import { locatorOf } from '@pentad/geography'
import { addAudit } from '@pentad/identity'
import { markNow } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import { permits } from '@pentad/platform/rights'
import { commandBy, type SubjectKind, serve, serveAbout, serveDirect } from '@pentad/platform/serve'
import { HOUR, legalDayOf, startOfLegalDay } from '@pentad/platform/time'
import { consoleRoutes } from './console/routes.ts'
import {
  casePhoto,
  casesOnMap,
  figures,
  listCases,
  openInCells,
  proposeUnits,
  pullCases,
  queues,
  readCase,
  reportCase,
  takeStep,
  unmaskReporters,
} from './contract.ts'
import { proposedUnits } from './dispatch.ts'
import { dispatchRuleRoutes } from './dispatch-rules/routes.ts'
import { duplicateRoutes } from './duplicates/routes.ts'
import { flowRoutes } from './flow/routes.ts'
import { handoverRoutes } from './handover/routes.ts'
import { intake } from './intake.ts'
import { manyRoutes } from './many/routes.ts'
import { noticeRoutes } from './notices/index.ts'
import { pastRoutes } from './past/routes.ts'
import {
  actionableSince,
  type CaseRow,
  caseById,
  closedCount,
  figuresOf,
  flowBy,
  flowInForce,
  flowsOf,
  goneSince,
  hasPhoto,
  hourly,
  lineById,
  linesInBox,
  linesOf,
  openByCell,
  openByStreet,
  reportsOf,
} from './queries/index.ts'
import { quickStep } from './quick.ts'
import { quickIntake } from './quick-intake.ts'
import { sensedRoutes } from './sensed/routes.ts'
import { standingCounts } from './standing/index.ts'
import { scopeOf } from './take-step.ts'
import { truthRoutes } from './truth/routes.ts'
import { flowOut, lineOut } from './views.ts'
import { heldOut, wholeOut } from './whole.ts'

export const caseSubject: SubjectKind<CaseRow> = { kind: 'case', load: caseById, scope: scopeOf }

/** More points than a map can show one by one. */
const mostOnMap = 2000
const mostOnPhone = 200

export const routes = [
  ...pastRoutes,
  ...truthRoutes,
  ...consoleRoutes(caseSubject),
  ...handoverRoutes,
  ...flowRoutes,
  ...duplicateRoutes(caseSubject),
  ...manyRoutes(caseSubject),
  ...noticeRoutes(caseSubject),
  ...dispatchRuleRoutes,
  ...sensedRoutes(caseSubject),

  serve(listCases, async ({ query }, { db, actor, now }) => {
    const { cursor, most, ...wanted } = query
    const rows = await linesOf(db, actor, { ...wanted, most: most + 1, after: cursor ? cursorFrom(cursor) : undefined })
    const locator = await locatorOf(db)
    const page = rows.slice(0, most)
    const flow = await flowsOf(db, page)
    const last = page.at(-1)
    const open = await standingCounts(db, actor)
    const counts = Object.fromEntries(queues.map((q) => [q, open[q] ?? 0])) as Record<(typeof queues)[number], number>
    counts.closed = await closedCount(db, actor)
    return {
      cases: page.map((c) => lineOut(c, actor, locator, now, flow(c))),
      next: rows.length > most && last ? cursorOf(last, query.queue) : null,
      counts,
    }
  }),

  serve(casesOnMap, async ({ query: { west, south, east, north } }, { db, actor, now }) => {
    const locator = await locatorOf(db)
    const { rows, all } = await linesInBox(db, actor, toMetres([west, south]), toMetres([east, north]), mostOnMap)
    const flow = await flowsOf(db, rows)
    return { cases: rows.map((c) => lineOut(c, actor, locator, now, flow(c))), more: all - rows.length }
  }),

  serve(openInCells, async ({ query }, { db, actor, now }) => ({
    cells: await openByCell(db, actor, query.within, now),
  })),

  serve(figures, async (_, { db, actor, now }) => {
    const locator = await locatorOf(db)
    const thisHour = Math.floor(now.getTime() / HOUR) * HOUR
    const hours = await hourly(db, actor, new Date(thisHour - 23 * HOUR))
    const streets = await openByStreet(db, actor, now)
    return {
      ...(await figuresOf(db, actor, now, startOfLegalDay(legalDayOf(now)))),
      byHour: hours.map((h) => ({ ...h, from: h.from.toISOString() })),
      byStreet: streets.map((s) => ({ ...s, name: locator.nameOf(s.code) })),
    }
  }),

  serve(pullCases, async ({ query }, { db, actor, now }) => {
    // The mark is taken first: what commits while we read has it or a higher one, and comes with the next pull.
    const next = await markNow(db)
    const since = query.since && /^\d{1,20}$/.test(query.since) ? query.since : null
    const rows = await actionableSince(db, actor, since, mostOnPhone)
    const cases = []
    for (const row of rows) cases.push(await heldOut(db, row, actor, now))
    const inForce = await flowInForce(db)
    const has = new Set(['0', ...(query.has?.split(',') ?? [])])
    const flows = []
    for (const version of new Set([inForce, ...rows.map((c) => c.flowVersion)]))
      if (!has.has(String(version))) flows.push(flowOut(await flowBy(db, version)))
    return { cases, gone: since ? await goneSince(db, actor, since) : [], flowInForce: inForce, flows, next }
  }),

  serveDirect(reportCase, undefined, async ({ body }, { db, actor, now, command }) => {
    const { id, at, reporter, address: _, ...report } = body
    const unit = actor.grants.find((g) => g.may.includes('cases.report'))?.unitId ?? null
    const order = {
      ...report,
      text: body.description,
      caseId: id,
      reporter,
      at,
      now,
      actorId: actor.id,
      actorUnit: unit,
      original: body,
      sourceNo: body.sourceNo ?? id,
    }
    const { joins } = body
    if (joins === undefined) return quickIntake(db, order, command)
    return commandBy(db, command, async (tx) => {
      const known = await caseById(tx, joins, true)
      if (!known || !permits(actor, 'cases.read', scopeOf(known))) throw new RefusalError(refuse('cases/not-open'))
      const taken = granted(await intake(tx, { ...order, joins }))
      return { id: taken.caseId, no: taken.no }
    })
  }),

  serveAbout(readCase, caseSubject, async ({ params }, { db, actor, now }) =>
    wholeOut(db, granted(await lineById(db, params.id)), actor, now),
  ),

  serveDirect(takeStep, caseSubject, ({ params, body }, { db, actor, command, now }) =>
    quickStep(db, params.id, body, actor, command, now),
  ),

  serveAbout(proposeUnits, caseSubject, async ({ subject }, { db, now }) => ({
    units: subject.areaCode
      ? await proposedUnits(db, subject.kind, subject.classCode, subject.areaCode, now, {
          of: { scheme: subject.scheme, version: subject.schemeVersion },
          componentId: subject.componentId,
          caseId: subject.id,
        })
      : [],
  })),

  serveAbout(casePhoto, caseSubject, async ({ params, query }, { db, blobs }) => {
    granted((await hasPhoto(db, params.id, params.photoId)) || undefined)
    return granted(await showPhoto(db, blobs, params.photoId, query.view))
  }),

  serveAbout(unmaskReporters, caseSubject, async ({ params, body }, { db, actor, address }) => {
    await addAudit(db, {
      actorId: actor.id,
      act: 'unmask-reporters',
      about: params.id,
      result: 'done',
      address,
      detail: { purpose: body.purpose },
    })
    const reports = await reportsOf(db, params.id)
    return { reporters: reports.map((r) => ({ reportId: r.id, name: r.reporterName, phone: r.reporterPhone })) }
  }),
]

const cursorOf = (
  c: { stageDue: Date | null; due: Date | null; closedAt: Date | null; id: string },
  queue: string,
): string => `${((queue === 'closed' ? c.closedAt : (c.stageDue ?? c.due)) ?? new Date(0)).toISOString()}~${c.id}`

function cursorFrom(cursor: string): { due: Date; id: string } | undefined {
  const [instant = '', id = ''] = cursor.split('~')
  const due = new Date(instant)
  return Number.isNaN(due.getTime()) || !/^[0-9a-f-]{36}$/.test(id) ? undefined : { due, id }
}
