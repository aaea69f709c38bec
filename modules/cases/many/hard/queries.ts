import { type Db, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import { DAY } from '@pentad/platform/time'
import { type LineRow, line, openOnly, seen } from '../../queries/index.ts'
import { seenThings } from '../sight.ts'
import type { HardFacts, HardRule } from './model.ts'

export interface HardRow extends LineRow {
  since: Date | null
  why: string | null
  meetingId: string | null
  meetingNo: string | null
  meetingAt: Date | null
}
const mostShown = 200

/** The list of hard cases, longest there first; each with the last meeting whose agenda it is on. */
export const hardOnes = async (db: Db, actor: Actor): Promise<HardRow[]> =>
  (
    await sql<HardRow>`select l.*, e.at as since, e.reason as why, m.id as "meetingId", m.no as "meetingNo", m.held_at as "meetingAt"
      from (${line} where ${openOnly} and c.difficult and ${seen(actor)}) l
      left join lateral (select at, reason from cases.event where case_id = l.id and act = 'enter_difficult' order by seq desc limit 1) e on true
      left join lateral (select m.id, m.no, m.held_at from cases.agenda a join cases.meeting m on m.id = a.meeting_id
        where a.case_id = l.id order by m.held_at desc limit 1) m on true
      order by e.at nulls first, l.no limit ${mostShown}`.execute(db)
  ).rows

export interface CandidateRow extends LineRow, HardFacts {}
/** Open cases that something speaks for: a wider net than the rule, which decides on what is caught. */
export const hardCandidates = async (db: Db, actor: Actor, rule: HardRule, now: Date): Promise<CandidateRow[]> =>
  (
    await sql<CandidateRow>`select l.*, coalesce(x.clock_stopped, x.paused_at) as stopped, x.unclear as "ownershipUnclear"
      from (${line} where ${openOnly} and not c.difficult and ${seen(actor)}) l
      join lateral (select c.clock_stopped, c.paused_at, coalesce(c.asked->>'reasonCode' = 'ownership', false)
        or exists (select from cases.event e where e.case_id = c.id and e.act in ('ask_return', 'ask_suspension') and e.detail->>'reasonCode' = 'ownership') as unclear
        from cases.case_file c where c.id = l.id) x on true
      where l.due < ${new Date(now.getTime() - rule.overdueDays * DAY)} or l.returns >= ${rule.returns} or x.unclear
      order by l.due nulls last, l.no limit ${mostShown}`.execute(db)
  ).rows

export interface MeetingRow {
  id: string
  no: string
  kind: 'joint' | 'coordination'
  title: string
  heldAt: Date
  place: string
  areaCode: string
  createdBy: string
  cases: number
  decided: number
  toFollow: number
}
const meeting = (
  now: Date,
) => sql`select m.id, m.no, m.kind, m.title, m.held_at as "heldAt", m.place, m.area_code as "areaCode",
    m.created_by as "createdBy",
    (select count(*)::int from cases.agenda a where a.meeting_id = m.id) as cases,
    (select count(*)::int from cases.agenda a where a.meeting_id = m.id and a.decided_at is not null) as decided,
    (select count(*)::int from cases.agenda a where a.meeting_id = m.id and a.decided_at is not null and a.followed_at is null and a.due < ${now}) as "toFollow"
  from cases.meeting m`

export async function meetingById(db: Db, id: string, lock: boolean): Promise<MeetingRow | undefined> {
  if (lock) await sql`select from cases.meeting where id = ${id} for update`.execute(db)
  return (await sql<MeetingRow>`${meeting(new Date())} where m.id = ${id}`.execute(db)).rows[0]
}
export const meetingsSeen = async (db: Db, actor: Actor, now: Date): Promise<MeetingRow[]> =>
  (
    await sql<MeetingRow>`${meeting(now)} where ${seenThings(actor, 'm', sql`null::text`)} order by m.held_at desc limit ${mostShown}`.execute(
      db,
    )
  ).rows

export async function addMeeting(
  db: Db,
  m: Pick<MeetingRow, 'id' | 'no' | 'kind' | 'title' | 'heldAt' | 'place' | 'areaCode' | 'createdBy'>,
  now: Date,
): Promise<void> {
  await sql`insert into cases.meeting (id, no, kind, title, held_at, place, area_code, created_by, created_at)
    values (${m.id}, ${m.no}, ${m.kind}, ${m.title}, ${m.heldAt}, ${m.place}, ${m.areaCode}, ${m.createdBy}, ${now})`.execute(
    db,
  )
}

export async function addToAgenda(db: Db, meetingId: string, caseId: string): Promise<void> {
  await sql`insert into cases.agenda (meeting_id, case_id, position)
    select ${meetingId}, ${caseId}, count(*) from cases.agenda where meeting_id = ${meetingId} on conflict do nothing`.execute(
    db,
  )
}
/** Not when something has been decided on it. */
export const takeOffAgenda = async (db: Db, meetingId: string, caseId: string): Promise<boolean> =>
  (
    await sql`delete from cases.agenda where meeting_id = ${meetingId} and case_id = ${caseId} and decided_at is null returning 1 as gone`.execute(
      db,
    )
  ).rows.length > 0

export interface AgendaRow {
  caseId: string
  outcome: 'resolved' | 'continued' | null
  decision: string | null
  leadUnitId: string | null
  unitZh: string | null
  unitEn: string | null
  due: Date | null
  decidedAt: Date | null
  decidedBy: string | null
  followUp: string | null
  followedAt: Date | null
  followedBy: string | null
}
export const agendaOf = async (db: Db, meetingId: string): Promise<AgendaRow[]> =>
  (
    await sql<AgendaRow>`select a.case_id as "caseId", a.outcome, a.decision, a.lead_unit_id as "leadUnitId", u.name_zh as "unitZh",
        u.name_en as "unitEn", a.due, a.decided_at as "decidedAt", d.name_zh as "decidedBy", a.follow_up as "followUp",
        a.followed_at as "followedAt", f.name_zh as "followedBy"
      from cases.agenda a left join identity.api_unit u on u.id = a.lead_unit_id
      left join identity.api_person d on d.id::text = a.decided_by left join identity.api_person f on f.id::text = a.followed_by
      where a.meeting_id = ${meetingId} order by a.position, a.case_id`.execute(db)
  ).rows

export async function setDecision(
  db: Db,
  meetingId: string,
  d: { caseId: string; outcome: string; decision: string; leadUnitId?: string | undefined; due?: Date | undefined },
  by: string,
  now: Date,
): Promise<void> {
  await sql`update cases.agenda set outcome = ${d.outcome}, decision = ${d.decision}, lead_unit_id = ${d.leadUnitId ?? null},
    due = ${d.due ?? null}, decided_by = ${by}, decided_at = ${now} where meeting_id = ${meetingId} and case_id = ${d.caseId}`.execute(
    db,
  )
}
/** Says whether there was a decision to follow up. */
export const setFollowUp = async (
  db: Db,
  meetingId: string,
  f: { caseId: string; text: string },
  by: string,
  now: Date,
): Promise<boolean> =>
  (
    await sql`update cases.agenda set follow_up = ${f.text}, followed_by = ${by}, followed_at = ${now}
      where meeting_id = ${meetingId} and case_id = ${f.caseId} and decided_at is not null returning 1 as done`.execute(
      db,
    )
  ).rows.length > 0

/** The meetings that talked about a case, newest first. */
export const meetingsAbout = async (db: Db, caseId: string) =>
  (
    await sql<{ id: string; no: string; title: string; heldAt: Date; decision: string | null; due: Date | null }>`
      select m.id, m.no, m.title, m.held_at as "heldAt", a.decision, a.due from cases.agenda a join cases.meeting m on m.id = a.meeting_id
      where a.case_id = ${caseId} order by m.held_at desc`.execute(db)
  ).rows
