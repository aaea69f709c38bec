/** 督办 and 批示: a numbered paper about a case, with a deadline of its own, said in the trail of the case. */
import type { Db } from '@pentad/platform/db'
import { inTransaction } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { type Refusal, refuse } from '@pentad/platform/refusal'
import type { Actor } from '@pentad/platform/rights'
import type { Tick } from '@pentad/platform/tick'
import { DAY, legalDayOf } from '@pentad/platform/time'
import { deadline } from '@pentad/rulebook/model'
import { calendarFor, machine, note } from '../entry.ts'
import type { CaseAct } from '../model/index.ts'
import { type CaseRow, caseById } from '../queries/index.ts'
import {
  addPaper,
  nextPaperNo,
  type PaperRow,
  papersJustLate,
  setAnswered,
  setLateSaid,
  setWithdrawn,
} from './queries.ts'

/** A unit must be able to answer, and must not be given for ever. */
const mostReplyDays = 90

export interface Ordered {
  id: string
  no: string
  replyDue: Date
  /** Of the case: its row as the caller had it has moved on by one. */
  version: number
}

export interface Order {
  text: string
  now: Date
  /** Left out: the lead unit. */
  unitId?: string | undefined
  /** Left out: one work day by the calendar of the case. */
  replyDue?: Date | undefined
  /** Left out: the machine, by rule. */
  by?: string | undefined
  byUnit?: string | null | undefined
}

/**
 * Orders the unit that has the case to answer. The case row must be locked; its trail gains a `supervise` entry, so whoever goes on
 * with the case in the same transaction reads it again.
 */
export const orderSupervision = (db: Db, c: CaseRow, order: Order): Promise<Ordered | Refusal> =>
  issue(db, c, 'supervision', order)

/** A leader's instruction: the case goes before others, and the unit that has it must answer. */
export const instruct = (db: Db, c: CaseRow, order: Order & { priority: number }): Promise<Ordered | Refusal> =>
  issue(db, c, 'instruction', order)

async function issue(
  db: Db,
  c: CaseRow,
  kind: 'supervision' | 'instruction',
  {
    text,
    now,
    unitId = c.leadUnitId ?? undefined,
    by = machine,
    byUnit = null,
    ...order
  }: Order & { priority?: number },
): Promise<Ordered | Refusal> {
  if (kind === 'supervision' && !unitId) return refuse('cases/order-without-unit')
  if (!c.areaCode) return refuse('cases/order-without-place')
  const replyDue =
    order.replyDue ?? deadline(await calendarFor(db, c.calendarVersion), now, { value: 1, unit: 'WORK_DAY' })
  if (replyDue <= now || replyDue.getTime() > now.getTime() + mostReplyDays * DAY)
    return refuse('cases/wrong-reply-due', { days: mostReplyDays })
  const id = newId()
  const no = await nextPaperNo(db, kind, c.areaCode.slice(0, 6), Number(legalDayOf(now).slice(0, 4)))
  const priority = order.priority ? Math.max(c.priority, order.priority) : c.priority
  await addPaper(db, {
    id,
    no,
    kind,
    caseId: c.id,
    unitId: unitId ?? null,
    areaCode: c.areaCode,
    text,
    issuedBy: by,
    issuedUnit: byUnit,
    issuedAt: now,
    replyDue,
    priority: order.priority ?? null,
  })
  const detail = { paper: no, replyDue: replyDue.toISOString(), ...(order.priority ? { priority } : {}) }
  const act = kind === 'supervision' ? 'supervise' : 'instruct'
  const said = { act, actorId: by, actorUnit: byUnit, reason: text, unitId: unitId ?? null, detail } as const
  const version = await note(db, c, said, now, priority === c.priority ? {} : { priority })
  return { id, no, replyDue, version }
}

/** Whose answer it is: of the unit that was asked; of the dispatchers where no unit has the case yet. */
export const mayAnswer = (actor: Actor, p: Pick<PaperRow, 'unitId' | 'areaCode' | 'state'>): boolean =>
  p.state === 'open' &&
  actor.grants.some(
    (g) =>
      g.may.includes('cases.answer') &&
      (p.unitId
        ? g.units.includes(p.unitId)
        : g.may.includes('cases.dispatch') && g.areas.some((a) => p.areaCode.startsWith(a))),
  )

export async function answer(
  db: Db,
  p: PaperRow,
  actor: Actor,
  text: string,
  now: Date,
): Promise<{ no: string } | Refusal> {
  if (p.state !== 'open') return refuse('cases/order-not-open', { no: p.no })
  if (!mayAnswer(actor, p)) return refuse('cases/not-your-order', { no: p.no })
  await setAnswered(db, p.id, text, actor.id, now)
  const byUnit = actor.grants.find((g) => g.may.includes('cases.answer'))?.unitId ?? null
  await said(db, p, { act: 'answer', actorId: actor.id, actorUnit: byUnit, reason: text }, now)
  return { no: p.no }
}

export async function withdraw(
  db: Db,
  p: PaperRow,
  actor: Actor,
  reason: string,
  now: Date,
): Promise<{ no: string } | Refusal> {
  if (p.state !== 'open') return refuse('cases/order-not-open', { no: p.no })
  // What a leader has asked for, no centre takes back.
  if (p.kind === 'instruction' && p.issuedBy !== actor.id) return refuse('cases/not-your-order', { no: p.no })
  await setWithdrawn(db, p.id, reason, actor.id, now)
  await said(db, p, { act: 'withdraw_order', actorId: actor.id, reason }, now)
  return { no: p.no }
}

async function said(
  db: Db,
  p: PaperRow,
  entry: { act: CaseAct; actorId: string; actorUnit?: string | null; reason: string | null; at?: Date },
  now: Date,
): Promise<void> {
  const c = p.caseId ? await caseById(db, p.caseId, true) : undefined
  if (c) await note(db, c, { ...entry, unitId: p.unitId, detail: { paper: p.no } }, now)
}

const most = 100
/** Says once in the trail that an answer did not come in time. */
export const sayLateOrders = (db: Db, now: Date): Promise<number> =>
  inTransaction(db, async (tx) => {
    const late = await papersJustLate(tx, now, most)
    for (const p of late) {
      await setLateSaid(tx, p.id)
      await said(
        tx,
        p,
        { act: 'order_late', actorId: machine, reason: null, ...(p.replyDue ? { at: p.replyDue } : {}) },
        now,
      )
    }
    return late.length
  })

export const orderTicks: readonly Tick[] = [
  { name: 'cases.orders', everyMs: 2000, run: ({ db }) => sayLateOrders(db, new Date()) },
]
