import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { granted, refuse } from '@pentad/platform/refusal'
import type { Actor } from '@pentad/platform/rights'
import { serve } from '@pentad/platform/serve'
import { DAY } from '@pentad/platform/time'
import { handOver, leftBehind, readHandovers, takeOver } from './contract.ts'
import { addHandover, type HandoverRow, handoverById, handoversOf, shiftFigures, signRead } from './queries.ts'

const mostShown = 30

/** The centre that the actor leads a shift of. */
const centreOf = (actor: Actor): string =>
  granted(actor.grants.find((g) => g.may.includes('cases.hand-over'))?.unitId ?? refuse('platform/not-allowed'))

const out = (h: HandoverRow) => ({
  id: h.id,
  from: h.from.toISOString(),
  to: h.to.toISOString(),
  figures: { ...h.figures, leaves: leavesOf(h.figures.leaves) },
  note: h.note,
  leftBy: { id: h.leftBy, name: h.leftName },
  readBy: h.readBy === null ? null : { id: h.readBy, name: h.readName ?? '' },
  readAt: h.readAt?.toISOString() ?? null,
})
/** One signed before a queue was known says nothing of it. */
const leavesOf = (counts: Record<string, number>) =>
  Object.fromEntries(leftBehind.map((q) => [q, counts[q] ?? 0])) as Record<(typeof leftBehind)[number], number>

async function shiftNow(db: Db, actor: Actor, last: HandoverRow | undefined, now: Date) {
  const from = new Date(Math.max(last?.to.getTime() ?? 0, now.getTime() - DAY))
  const figures = await shiftFigures(db, actor, from, now, leftBehind)
  return { from, figures: { ...figures, leaves: leavesOf(figures.leaves) } }
}

export const handoverRoutes = [
  serve(readHandovers, async (_, { db, actor, now }) => {
    const centre = centreOf(actor)
    const handovers = await handoversOf(db, centre, mostShown)
    const unit = (await allUnits(db)).find((u) => u.id === centre)
    const shift = await shiftNow(db, actor, handovers[0], now)
    return {
      unit: unit ? { 'zh-CN': unit.nameZh, en: unit.nameEn } : null,
      now: { from: shift.from.toISOString(), figures: shift.figures },
      handovers: handovers.map(out),
    }
  }),

  serve(handOver, async ({ body }, { db, actor, now }) => {
    const unitId = centreOf(actor)
    const [last] = await handoversOf(db, unitId, 1)
    const { from, figures } = await shiftNow(db, actor, last, now)
    await addHandover(db, { id: body.id, unitId, from, to: now, figures, note: body.note, leftBy: actor.id })
    return out(granted(await handoverById(db, body.id)))
  }),

  serve(takeOver, async ({ params }, { db, actor, now }) => {
    const h = granted(await handoverById(db, params.id))
    if (h.unitId !== centreOf(actor)) granted(refuse('platform/not-found'))
    if (h.leftBy === actor.id) granted(refuse('cases/own-handover'))
    if (h.readBy !== null) granted(refuse('cases/handover-read', { by: h.readName }))
    await signRead(db, h.id, actor.id, now)
    return out(granted(await handoverById(db, h.id)))
  }),
]
