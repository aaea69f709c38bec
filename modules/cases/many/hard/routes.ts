import { locatorOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { announce } from '@pentad/platform/news'
import { granted, isRefusal, type Refusal, RefusalError, refuse } from '@pentad/platform/refusal'
import { type Actor, permits, type Scope } from '@pentad/platform/rights'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { note } from '../../entry.ts'
import { type CaseRow, caseById, flowsOf, type LineRow, linesById } from '../../queries/index.ts'
import { carryOut, type StepInput, scopeOf } from '../../take-step.ts'
import { lineOut } from '../../views.ts'
import { type Item, itemOf } from '../items.ts'
import { nextNo } from '../numbers.ts'
import { commonArea } from '../packages/model.ts'
import { callMeeting, changeAgenda, decideCase, followUp, hardCases, listMeetings, readMeeting } from './contract.ts'
import { defaultHardRule, hardWhy } from './model.ts'
import {
  type AgendaRow,
  addMeeting,
  addToAgenda,
  agendaOf,
  hardCandidates,
  hardOnes,
  type MeetingRow,
  meetingById,
  meetingsSeen,
  setDecision,
  setFollowUp,
  takeOffAgenda,
} from './queries.ts'

const meetingScope = (m: MeetingRow): Scope => ({ areaCode: m.areaCode, createdBy: m.createdBy })
const meetingSubject: SubjectKind<MeetingRow> = { kind: 'case-meeting', load: meetingById, scope: meetingScope }

const briefOut = ({ areaCode: _a, createdBy: _c, ...m }: MeetingRow) => ({ ...m, heldAt: m.heldAt.toISOString() })
const tell = (db: Db, m: { id: string; areaCode: string }): Promise<void> =>
  announce(db, { topic: 'meeting', about: { id: m.id }, may: 'cases.read', areaCode: m.areaCode })

const decidedOut = (a: AgendaRow) =>
  a.outcome && a.decision !== null && a.decidedAt
    ? {
        outcome: a.outcome,
        decision: a.decision,
        leadUnit: a.leadUnitId ? { id: a.leadUnitId, name: { 'zh-CN': a.unitZh ?? '', en: a.unitEn ?? '' } } : null,
        due: a.due?.toISOString() ?? null,
        decidedAt: a.decidedAt.toISOString(),
        decidedBy: a.decidedBy ?? '',
        followUp:
          a.followUp !== null && a.followedAt
            ? { text: a.followUp, at: a.followedAt.toISOString(), by: a.followedBy ?? '' }
            : null,
      }
    : null

async function liner(db: Db, rows: readonly LineRow[], actor: Actor, now: Date) {
  const locator = await locatorOf(db)
  const flow = await flowsOf(db, rows)
  return (c: LineRow) => lineOut(c, actor, locator, now, flow(c))
}

/** Only hard cases of one's own area are talked about. */
async function onAgenda(db: Db, meetingId: string, id: string, actor: Actor) {
  const c = await caseById(db, id, true)
  if (!c || !permits(actor, 'cases.supervise', scopeOf(c))) return { no: null, became: refuse('platform/not-found') }
  if (!c.difficult) return { no: c.no, became: refuse('cases/not-difficult') }
  await addToAgenda(db, meetingId, id)
  return { no: c.no, became: null }
}

/** Sends it to the unit that was decided on, where it waits for that or for the answer to a return. */
async function sendOn(db: Db, c: CaseRow, unitId: string, reason: string, actor: Actor, now: Date) {
  const step = (before: CaseRow, more: Pick<StepInput, 'step' | 'unitId'>) =>
    carryOut(db, before, { at: now, reason, ...more }, actor, now)
  const free = c.status === 'return_pending' ? await step(c, { step: 'approve_return' }) : c
  if (isRefusal(free)) return free
  const again = await caseById(db, c.id, true)
  return step(again ?? free, { step: 'dispatch', unitId })
}

export const hardRoutes = [
  serve(hardCases, async ({ query }, { db, actor, now }) => {
    const rule = {
      overdueDays: query.overdueDays ?? defaultHardRule.overdueDays,
      returns: query.returns ?? defaultHardRule.returns,
    }
    const hard = await hardOnes(db, actor)
    const caught = await hardCandidates(db, actor, rule, now)
    const out = await liner(db, [...hard, ...caught], actor, now)
    return {
      rule,
      hard: hard.map((c) => ({
        ...out(c),
        since: c.since?.toISOString() ?? null,
        why: c.why,
        meeting:
          c.meetingId && c.meetingNo && c.meetingAt
            ? { id: c.meetingId, no: c.meetingNo, heldAt: c.meetingAt.toISOString() }
            : null,
      })),
      candidates: caught.flatMap((c) => {
        const reasons = hardWhy(c, now, rule)
        return reasons ? [{ ...out(c), reasons }] : []
      }),
    }
  }),

  serve(listMeetings, async (_, { db, actor, now }) => ({
    meetings: (await meetingsSeen(db, actor, now)).map(briefOut),
  })),

  serve(callMeeting, async ({ body }, { db, actor, now, say }) => {
    const m = { id: newId(now.getTime()), no: await nextNo(db, 'XT', now) }
    const lines = await linesById(db, body.caseIds)
    const own = actor.grants.find((g) => g.may.includes('cases.supervise'))?.areas[0] ?? ''
    const areaCode = commonArea(lines.flatMap((c) => (c.areaCode ? [c.areaCode] : []))) || own
    const { kind, title, heldAt, place } = body
    await addMeeting(db, { ...m, kind, title, heldAt, place, areaCode, createdBy: actor.id }, now)
    const results: Item[] = []
    for (const id of [...new Set(body.caseIds)].sort()) {
      const { no, became } = await onAgenda(db, m.id, id, actor)
      results.push(itemOf(id, no, became, say))
    }
    await tell(db, { id: m.id, areaCode })
    return { ...m, results }
  }),

  serveAbout(readMeeting, meetingSubject, async ({ subject }, { db, actor, now }) => {
    const agenda = await agendaOf(db, subject.id)
    const rows = await linesById(
      db,
      agenda.map((a) => a.caseId),
    )
    const shown = new Map(rows.filter((c) => permits(actor, 'cases.read', scopeOf(c))).map((c) => [c.id, c]))
    const out = await liner(db, rows, actor, now)
    return {
      ...briefOut(subject),
      agenda: agenda.flatMap((a) => {
        const c = shown.get(a.caseId)
        return c ? [{ ...out(c), decided: decidedOut(a) }] : []
      }),
      hidden: agenda.length - shown.size,
      mayDecide: permits(actor, 'cases.supervise', meetingScope(subject)),
    }
  }),

  serveAbout(changeAgenda, meetingSubject, async ({ subject, body }, { db, actor, say }) => {
    const results: Item[] = []
    for (const id of [...new Set(body.remove)].sort()) {
      const gone = await takeOffAgenda(db, subject.id, id)
      results.push(itemOf(id, null, gone ? null : refuse('cases/decided-already'), say))
    }
    for (const id of [...new Set(body.add)].sort()) {
      const { no, became } = await onAgenda(db, subject.id, id, actor)
      results.push(itemOf(id, no, became, say))
    }
    await tell(db, subject)
    return { results }
  }),

  serveAbout(decideCase, meetingSubject, async ({ subject, body }, { db, actor, now, say }) => {
    const item = (await agendaOf(db, subject.id)).find((a) => a.caseId === body.caseId)
    const c = item && (await caseById(db, body.caseId, true))
    if (!c || !permits(actor, 'cases.supervise', scopeOf(c))) throw new RefusalError(refuse('platform/not-found'))
    if (item?.decidedAt) throw new RefusalError(refuse('cases/decided-already'))
    const { leadUnitId } = body
    if (leadUnitId && (await allUnits(db)).find((u) => u.id === leadUnitId)?.axis !== 'disposal')
      throw new RefusalError(refuse('cases/not-a-disposal-unit', { unit: leadUnitId }))
    await setDecision(db, subject.id, body, actor.id, now)
    const reason = `${subject.no} ${body.decision}`
    if (body.outcome === 'resolved' && c.difficult)
      granted(await carryOut(db, c, { step: 'leave_difficult', at: now, reason }, actor, now))
    else await note(db, c, { act: 'decided', actorId: actor.id, reason, detail: { meetingId: subject.id } }, now)
    let dispatched: Item | null = null
    if (body.dispatch && leadUnitId) {
      const then = granted(await caseById(db, c.id, true))
      const became: Refusal | object = await sendOn(db, then, leadUnitId, reason, actor, now)
      dispatched = itemOf(c.id, c.no, became, say)
    }
    await tell(db, subject)
    return { dispatched }
  }),

  serveAbout(followUp, meetingSubject, async ({ subject, body }, { db, actor, now }) => {
    if (!(await setFollowUp(db, subject.id, body, actor.id, now)))
      throw new RefusalError(refuse('cases/nothing-decided'))
    await tell(db, subject)
    return { at: now.toISOString() }
  }),
]
