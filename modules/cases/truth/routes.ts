import { photosOf } from '@pentad/evidence'
import { type Locator, locatorOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { granted, refuse } from '@pentad/platform/refusal'
import { grantsFor } from '@pentad/platform/rights'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { DAY } from '@pentad/platform/time'
import { classesInForce } from '@pentad/rulebook'
import { note } from '../entry.ts'
import { type CaseRow, caseById, photosOfCase } from '../queries/index.ts'
import { scopeOf } from '../take-step.ts'
import { auditCase, closingRates, listSelfHandled, reopenCase, usualDays } from './contract.ts'
import { type Outcome, type RatesBy, ratesOf } from './model/index.ts'
import { closingCounts, isAudited, outcomeCounts, personNames, unaudited } from './queries.ts'
import { takeUp } from './reopen.ts'

const caseSubject: SubjectKind<CaseRow> = { kind: 'case', load: caseById, scope: scopeOf }

export const truthRoutes = [
  serveAbout(reopenCase, caseSubject, async ({ body, subject }, { db, actor, now }) => {
    // Whoever may read a case need not be its shift leader.
    const grant = granted(
      grantsFor(actor, 'cases.close', { areaCode: subject.areaCode })[0] ?? refuse('platform/not-allowed'),
    )
    granted(await photosOf(db, body.photoIds))
    const { source } = subject
    const how = {
      ...body,
      why: 'staff',
      actorId: actor.id,
      actorUnit: grant.unitId,
      source,
      difficult: subject.difficult,
    } as const
    return granted(await takeUp(db, subject, how, now))
  }),

  serve(listSelfHandled, async ({ query }, { db, actor }) => {
    const rows = await unaudited(db, actor, query.most)
    const names = await personNames(
      db,
      rows.flatMap((c) => c.workedBy ?? []),
    )
    const cases = []
    for (const c of rows) {
      const photos = await photosOfCase(db, c.id)
      cases.push({
        id: c.id,
        no: c.no,
        className: { 'zh-CN': c.classZh, en: c.classEn },
        placeWords: { 'zh-CN': c.placeZh, en: c.placeEn },
        description: c.description,
        closedAt: (c.closedAt ?? c.stageSince).toISOString(),
        by: names.get(c.workedBy ?? '') ?? '',
        photos: photos.map((p) => ({
          id: p.id,
          when: p.act === 'self_handle' ? ('after' as const) : ('before' as const),
        })),
      })
    }
    return { cases }
  }),

  serveAbout(auditCase, caseSubject, async ({ body, subject }, { db, actor, now }) => {
    const grant = granted(
      grantsFor(actor, 'cases.accept', { areaCode: subject.areaCode })[0] ?? refuse('platform/not-allowed'),
    )
    if (subject.closeKind !== 'self_handled') return refuse('cases/not-self-handled')
    if (subject.workedBy === actor.id) return refuse('cases/own-work', { step: 'self_handle' })
    const reason = body.reason?.trim() || null
    if (!body.right && !reason) return refuse('cases/no-reason', { step: 'audit' })
    if (await isAudited(db, subject.id)) return refuse('cases/audited-already')
    const said = {
      act: 'audit',
      actorId: actor.id,
      actorUnit: grant.unitId,
      reason,
      detail: { right: body.right },
    } as const
    await note(db, subject, said, now)
    return { id: subject.id }
  }),

  serve(closingRates, async ({ query }, { db, actor, now }) => {
    const { from, to = now, ...wanted } = query
    const w = { ...wanted, to, from: from ?? new Date(to.getTime() - usualDays * DAY) }
    const named = await namesOf(db, query.by)
    const counts = await closingCounts(db, actor, w)
    const ended = await outcomeCounts(db, actor, w)
    return {
      from: w.from.toISOString(),
      to: to.toISOString(),
      rows: counts.map((c) => ({ key: c.key, name: named(c.key), ...ratesOf(c) })),
      outcomes: ended.map((o) => ({ ...o, outcome: o.outcome as Outcome })),
    }
  }),
]

type Named = (key: string) => { 'zh-CN': string; en: string }
const alike = (name: string) => ({ 'zh-CN': name, en: name })

async function namesOf(db: Db, by: RatesBy): Promise<Named> {
  if (by === 'area') return areaNames(await locatorOf(db))
  const names = new Map<string, { 'zh-CN': string; en: string }>()
  if (by === 'unit') for (const u of await allUnits(db)) names.set(u.id, { 'zh-CN': u.nameZh, en: u.nameEn })
  if (by === 'class')
    for (const c of await classesInForce(db)) names.set(`${c.kind}:${c.code}`, { 'zh-CN': c.nameZh, en: c.nameEn })
  return (key) => names.get(key) ?? alike(key)
}
const areaNames =
  (locator: Locator): Named =>
  (key) =>
    alike(key ? locator.nameOf(key) : '')
