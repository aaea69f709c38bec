/** The reporter's word on a closing: was it fixed? (回访、异议) One door for the page and for programs that know the code. */
import { photosOf } from '@pentad/evidence'
import type { Db } from '@pentad/platform/db'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { DAY } from '@pentad/platform/time'
import { note } from '../entry.ts'
import { type CaseState, isOpen } from '../model/index.ts'
import { type CaseRow, caseById, flowBy } from '../queries/index.ts'
import { type AnswerRow, answersOfLine, newestOf, putAnswer, reportById, tellReporters } from './queries.ts'
import { mayTakeUp, takeUp } from './reopen.ts'

/** Closings of one matter that may be objected to; after the second it is under supervision. */
export const objectionsMost = 2

export interface Word {
  fixed: boolean
  reason?: string | undefined
  photoIds?: readonly string[] | undefined
}

/** What the reporter is asked and has said of the newest case of their matter. */
export interface WordState {
  /** Until when they may say whether it was fixed; null: they are not asked. */
  until: Date | null
  /** May still say no. */
  mayObject: boolean
  /** Their own last word, of whichever closing. */
  said: { fixed: boolean; reason: string | null; at: Date } | null
  /** How often the matter was taken up again. */
  again: number
}

export async function wordState(
  db: Db,
  c: Pick<CaseState, 'id' | 'status'> & { closedAt: Date | null; flowVersion: number },
  reportId: string,
  lineLength: number,
  now: Date,
): Promise<WordState> {
  const answers = await answersOfLine(db, c.id)
  const mine = answers.filter((a) => a.reportId === reportId)
  const last = mine.at(-1)
  const flow = await flowBy(db, c.flowVersion)
  const asked = c.status === 'closed' && mayTakeUp(c.closedAt, flow, now)
  return {
    until: asked && c.closedAt ? new Date(c.closedAt.getTime() + flow.reopenDays * DAY) : null,
    mayObject: asked && objections(answers) < objectionsMost,
    // What was said of an earlier closing is no answer to this one.
    said: last && (c.status !== 'closed' || last.caseId === c.id) ? last : null,
    again: lineLength - 1,
  }
}

const objections = (answers: readonly AnswerRow[]): number =>
  new Set(answers.filter((a) => !a.fixed).map((a) => a.caseId)).size

export async function sayWord(
  db: Db,
  reportId: string,
  word: Word,
  actorId: string,
  now: Date,
): Promise<Refusal | { caseId: string }> {
  const report = await reportById(db, reportId)
  if (!report) return refuse('platform/not-found')
  const photos = await photosOf(db, word.photoIds ?? [])
  if (isRefusal(photos)) return photos
  const c = await newestLocked(db, report.caseId)
  if (!c) return refuse('platform/not-found')
  const answers = await answersOfLine(db, c.id)
  const reason = word.reason?.trim() || null
  const answer = (caseId: string): AnswerRow => ({ reportId, caseId, fixed: word.fixed, reason, at: now })
  if (!word.fixed && !reason) return refuse('cases/no-reason', { step: 'object' })
  if (c.status !== 'closed') return sayOfOpen(db, c, word, answers, answer, actorId, now)

  const flow = await flowBy(db, c.flowVersion)
  if (!mayTakeUp(c.closedAt, flow, now)) return refuse('cases/too-late-to-reopen', { days: flow.reopenDays })
  const earlier = answers.find((a) => a.caseId === c.id && a.reportId === reportId)
  if (word.fixed) {
    if (earlier?.fixed) return { caseId: c.id }
    await putAnswer(db, answer(c.id))
    await note(db, c, { act: 'confirm', actorId, reason, detail: { reportId } }, now)
    return { caseId: c.id }
  }
  const before = objections(answers)
  if (before >= objectionsMost) return refuse('cases/objected-enough', { most: objectionsMost })
  const again = await takeUp(
    db,
    c,
    {
      why: 'objection',
      reason: reason ?? '',
      photoIds: word.photoIds ?? [],
      actorId,
      actorUnit: null,
      source: report.source,
      reportId,
      difficult: before > 0,
    },
    now,
  )
  if (isRefusal(again)) return again
  await putAnswer(db, answer(c.id))
  await tellReporters(db, again.id)
  return { caseId: again.id }
}

/** Somebody else objected first: this objection goes with the case that was opened then. */
async function sayOfOpen(
  db: Db,
  c: CaseRow,
  word: Word,
  answers: readonly AnswerRow[],
  answer: (caseId: string) => AnswerRow,
  actorId: string,
  now: Date,
): Promise<Refusal | { caseId: string }> {
  const of = c.reopenedFrom
  if (word.fixed || !of || !isOpen(c.status)) return refuse('cases/not-closed')
  const mine = answer(of)
  const known = answers.find((a) => a.caseId === of && a.reportId === mine.reportId)
  if (known && !known.fixed) return { caseId: c.id }
  await putAnswer(db, mine)
  const photoIds = word.photoIds ?? []
  await note(db, c, { act: 'object', actorId, reason: mine.reason, photoIds, detail: { reportId: mine.reportId } }, now)
  return { caseId: c.id }
}

/** The case in which the matter goes on, locked: one that was taken up while we waited for it is not the newest any more. */
async function newestLocked(db: Db, caseId: string): Promise<CaseRow | undefined> {
  let id = await newestOf(db, caseId)
  for (;;) {
    const c = await caseById(db, id, true)
    const newest = await newestOf(db, id)
    if (newest === id) return c
    id = newest
  }
}
