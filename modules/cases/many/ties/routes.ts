/** What ties a case to others: its parts, the units that help it, its package, meetings, black spots and where it was sent. */
import { photosOf } from '@pentad/evidence'
import { locatorOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import { toMetres } from '@pentad/platform/geo'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import { type Actor, permits } from '@pentad/platform/rights'
import { type SubjectKind, serveAbout } from '@pentad/platform/serve'
import { note } from '../../entry.ts'
import { intake } from '../../intake.ts'
import { isOpen, type Status } from '../../model/index.ts'
import { type CaseRow, reportsOf, trailOf } from '../../queries/index.ts'
import { scopeOf } from '../../take-step.ts'
import { meetingsAbout } from '../hard/queries.ts'
import { hungAround } from '../hung/queries.ts'
import { hungOut } from '../hung/routes.ts'
import { packageHolding } from '../packages/queries.ts'
import { caseTies, reportCoWork, splitCase } from './contract.ts'
import { addCoWork, coWorkOf } from './queries.ts'

const atWork: readonly Status[] = ['pending_sign', 'disposing', 'suspended', 'rework']
const actsFor = (actor: Actor, unitId: string): boolean =>
  actor.grants.some((g) => g.may.includes('cases.handle') && g.units.includes(unitId))

async function transferOf(db: Parameters<typeof trailOf>[0], c: CaseRow) {
  if (!c.transferredTo) return null
  const trail = await trailOf(db, c.id)
  const sent = trail.findLast((e) => e.act === 'transfer')
  return {
    target: c.transferredTo,
    at: (sent?.at ?? c.stageSince).toISOString(),
    reason: sent?.reason ?? null,
    results: trail
      .filter((e) => e.act === 'note_result')
      .map((e) => ({ at: e.at.toISOString(), text: e.reason ?? '' })),
  }
}

export const tieRoutes = (caseSubject: SubjectKind<CaseRow>) => [
  serveAbout(caseTies, caseSubject, async ({ subject: c }, { db, actor }) => {
    const units = new Map((await allUnits(db)).map((u) => [u.id, u]))
    const done = new Map((await coWorkOf(db, c.id, c.reworkCount)).map((w) => [w.unitId, w]))
    const holding = await packageHolding(db, c.id)
    const locator = await locatorOf(db)
    const spots = await hungAround(db, actor, toMetres([c.lon, c.lat]))
    return {
      coWork: c.coUnitIds.map((id) => {
        const u = units.get(id)
        const w = done.get(id)
        return {
          unit: { id, name: { 'zh-CN': u?.nameZh ?? id, en: u?.nameEn ?? id } },
          done: w ? { text: w.text, photoIds: w.photoIds, at: w.doneAt.toISOString(), by: w.doneBy ?? '' } : null,
          mine: !w && atWork.includes(c.status) && actsFor(actor, id),
        }
      }),
      package: holding
        ? {
            id: holding.id,
            no: holding.no,
            title: holding.title,
            due: holding.due.toISOString(),
            leadUnit: { 'zh-CN': holding.unitZh, en: holding.unitEn },
          }
        : null,
      meetings: (await meetingsAbout(db, c.id)).map((m) => ({
        ...m,
        heldAt: m.heldAt.toISOString(),
        due: m.due?.toISOString() ?? null,
      })),
      hung: spots.map((h) => ({ ...hungOut(h, locator), distanceM: Math.round(h.distanceM) })),
      transfer: await transferOf(db, c),
      maySplit: isOpen(c.status) && c.status !== 'draft' && permits(actor, 'cases.split', scopeOf(c)),
    }
  }),

  serveAbout(splitCase, caseSubject, async ({ subject: parent, body }, { db, actor, now }) => {
    if (!isOpen(parent.status) || parent.status === 'draft') throw new RefusalError(refuse('cases/not-open'))
    // Whoever reported the whole hears of every part.
    const [first] = await reportsOf(db, parent.id)
    const held = actor.grants.find((g) => g.may.includes('cases.split'))
    const { remains, ...part } = body
    const child = granted(
      await intake(db, {
        ...part,
        source: parent.source,
        reporter: { name: first?.reporterName ?? undefined, phone: first?.reporterPhone ?? undefined },
        at: now,
        now,
        actorId: actor.id,
        actorUnit: held?.unitId ?? null,
        original: { ...body, parent: parent.no },
        parentId: parent.id,
      }),
    )
    const said = { caseId: child.caseId, no: child.no }
    await note(
      db,
      parent,
      { act: 'part', actorId: actor.id, actorUnit: held?.unitId ?? null, reason: remains ?? null, detail: said },
      now,
    )
    return { id: child.caseId, no: child.no }
  }),

  serveAbout(reportCoWork, caseSubject, async ({ subject: c, body }, { db, actor, now }) => {
    if (!c.coUnitIds.includes(body.unitId) || !actsFor(actor, body.unitId))
      throw new RefusalError(refuse('cases/not-a-co-unit'))
    if (!atWork.includes(c.status)) throw new RefusalError(refuse('cases/not-at-work'))
    const earlier = await coWorkOf(db, c.id, c.reworkCount)
    if (earlier.some((w) => w.unitId === body.unitId)) throw new RefusalError(refuse('cases/co-done-already'))
    granted(await photosOf(db, body.photoIds))
    await addCoWork(db, { caseId: c.id, ...body, round: c.reworkCount, by: actor.id }, now)
    const { unitId, text, photoIds } = body
    await note(
      db,
      c,
      { act: 'co_done', actorId: actor.id, actorUnit: unitId, reason: text, photoIds, detail: { unitId } },
      now,
    )
    return { left: c.coUnitIds.length - earlier.length - 1 }
  }),
]
