import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { type Actor, sightOf } from '@pentad/platform/rights'
import type { Status } from '../model/states.ts'
import { openStatuses } from '../model/states.ts'
import {
  defaultNoticeRules,
  type NoticeEvent,
  type NoticeRules,
  type PaperKind,
  type PaperState,
  paperNo,
} from './model.ts'

export interface PaperRow {
  id: string
  no: string
  kind: PaperKind
  state: PaperState
  caseId: string | null
  unitId: string | null
  areaCode: string
  text: string
  issuedBy: string
  issuedAt: Date
  replyDue: Date | null
  reply: string | null
  repliedBy: string | null
  repliedAt: Date | null
  withdrawnWhy: string | null
  priority: number | null
}
export interface PaperLine extends PaperRow {
  caseNo: string | null
  caseStatus: Status | null
  classZh: string | null
  classEn: string | null
  unitZh: string | null
  unitEn: string | null
  issuer: string | null
  replier: string | null
}

const paperFields = sql`p.id, p.no, p.kind, p.state, p.case_id as "caseId", p.unit_id as "unitId", p.area_code as "areaCode", p.text,
  p.issued_by as "issuedBy", p.issued_at as "issuedAt", p.reply_due as "replyDue", p.reply, p.replied_by as "repliedBy",
  p.replied_at as "repliedAt", p.withdrawn_why as "withdrawnWhy", p.priority`
const paperLine = sql`select ${paperFields}, c.no as "caseNo", c.status as "caseStatus", k.name_zh as "classZh", k.name_en as "classEn",
    u.name_zh as "unitZh", u.name_en as "unitEn",
    (select name_zh from identity.api_person where id::text = p.issued_by) as issuer,
    (select name_zh from identity.api_person where id::text = p.replied_by) as replier
  from cases.paper p
  left join cases.case_file c on c.id = p.case_id
  left join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code
  left join identity.api_unit u on u.id = p.unit_id`

/** Papers that the actor may see: by place, or of their unit. */
function seenPapers(actor: Actor): RawSql {
  const { areas, units } = sightOf(actor, 'cases.read')
  if (areas.includes('')) return sql`true`
  return sql`(p.area_code like any(${areas.map((a) => `${a}%`)}::text[]) or p.unit_id = any(${units}::text[]))`
}

export async function paperById(db: Db, id: string, lock: boolean): Promise<PaperRow | undefined> {
  const { rows } = await sql<PaperRow>`select ${paperFields} from cases.paper p
    where p.id = ${id} and p.kind <> 'circular' ${lock ? sql`for update` : sql``}`.execute(db)
  return rows[0]
}

export const papersAbout = async (db: Db, caseId: string): Promise<PaperLine[]> =>
  (await sql<PaperLine>`${paperLine} where p.case_id = ${caseId} order by p.issued_at desc, p.no desc`.execute(db)).rows

const inState = (state: string, now: Date): RawSql =>
  state === 'late' ? sql`p.state = 'open' and p.reply_due < ${now}` : sql`p.state = ${state}`

export const papersIn = async (db: Db, actor: Actor, state: string, now: Date, most: number): Promise<PaperLine[]> =>
  (
    await sql<PaperLine>`${paperLine} where p.kind <> 'circular' and ${inState(state, now)} and ${seenPapers(actor)}
      order by ${state === 'open' || state === 'late' ? sql`p.reply_due, p.no` : sql`p.issued_at desc, p.no desc`} limit ${most}`.execute(
      db,
    )
  ).rows

export async function paperCounts(db: Db, actor: Actor, now: Date) {
  const { rows } = await sql<{ open: number; late: number; answered: number; withdrawn: number }>`
    select count(*) filter (where state = 'open')::int as open, count(*) filter (where state = 'open' and reply_due < ${now})::int as late,
      count(*) filter (where state = 'answered')::int as answered, count(*) filter (where state = 'withdrawn')::int as withdrawn
    from cases.paper p where p.kind <> 'circular' and ${seenPapers(actor)}`.execute(db)
  return rows[0] ?? { open: 0, late: 0, answered: 0, withdrawn: 0 }
}

/** The next number of a kind in a district and year. */
export async function nextPaperNo(db: Db, kind: PaperKind, district: string, year: number): Promise<string> {
  const { rows } = await sql<{ last: number }>`insert into cases.paper_serial as s (kind, district, year, last)
    values (${kind}, ${district}, ${year}, 1) on conflict (kind, district, year) do update set last = s.last + 1 returning last`.execute(
    db,
  )
  return paperNo(kind, district, year, rows[0]?.last ?? 1)
}

export interface NewPaper {
  id: string
  no: string
  kind: PaperKind
  caseId: string | null
  unitId: string | null
  areaCode: string
  text: string
  issuedBy: string
  issuedUnit: string | null
  issuedAt: Date
  replyDue: Date | null
  priority?: number | null
  frozen?: unknown
}
export async function addPaper(db: Db, p: NewPaper): Promise<void> {
  await sql`insert into cases.paper (id, no, kind, state, case_id, unit_id, area_code, text, issued_by, issued_unit, issued_at, reply_due, priority, frozen)
    values (${p.id}, ${p.no}, ${p.kind}, ${p.kind === 'circular' ? 'published' : 'open'}, ${p.caseId}, ${p.unitId}, ${p.areaCode}, ${p.text},
      ${p.issuedBy}, ${p.issuedUnit}, ${p.issuedAt}, ${p.replyDue}, ${p.priority ?? null}, ${p.frozen ? JSON.stringify(p.frozen) : null}::jsonb)`.execute(
    db,
  )
}

export const setAnswered = (db: Db, id: string, reply: string, by: string, at: Date) =>
  sql`update cases.paper set state = 'answered', reply = ${reply}, replied_by = ${by}, replied_at = ${at} where id = ${id}`.execute(
    db,
  )
export const setWithdrawn = (db: Db, id: string, why: string, by: string, at: Date) =>
  sql`update cases.paper set state = 'withdrawn', withdrawn_why = ${why}, withdrawn_by = ${by}, withdrawn_at = ${at} where id = ${id}`.execute(
    db,
  )

/** Unanswered past their time and not yet said; locked, those that somebody else holds left for later. */
export const papersJustLate = async (db: Db, now: Date, most: number): Promise<PaperRow[]> =>
  (
    await sql<PaperRow>`select ${paperFields} from cases.paper p where p.state = 'open' and not p.late_said and p.reply_due <= ${now}
      order by p.reply_due limit ${most} for update skip locked`.execute(db)
  ).rows
export const setLateSaid = (db: Db, id: string) =>
  sql`update cases.paper set late_said = true where id = ${id}`.execute(db)

export interface LateCase {
  id: string
  no: string
  classZh: string
  classEn: string
  unitId: string | null
  unitZh: string | null
  unitEn: string | null
  status: Status
  due: Date
}
const lateCase = sql`select c.id, c.no, c.status, c.due, k.name_zh as "classZh", k.name_en as "classEn", c.lead_unit_id as "unitId",
    u.name_zh as "unitZh", u.name_en as "unitEn"
  from cases.case_file c
  join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code
  left join identity.api_unit u on u.id = c.lead_unit_id
  where c.status = any(${openStatuses}::text[]) and c.clock_stopped is null and c.paused_at is null`

/** Open, so long past the limit, and nothing asked of the unit that it has not answered. */
export async function proposedForOrder(db: Db, actor: Actor, lateSince: Date, most: number): Promise<LateCase[]> {
  const { areas, units } = sightOf(actor, 'cases.supervise')
  const seen = areas.includes('')
    ? sql`true`
    : sql`(c.area_code like any(${areas.map((a) => `${a}%`)}::text[]) or c.lead_unit_id = any(${units}::text[]))`
  return (
    await sql<LateCase>`${lateCase} and c.due <= ${lateSince} and ${seen}
      and not exists (select from cases.paper p where p.case_id = c.id and p.kind = 'supervision' and p.state = 'open')
      order by c.due, c.id limit ${most}`.execute(db)
  ).rows
}

export interface CircularOf {
  unitId: string | null
  area: string
}
const ofCircular = ({ unitId, area }: CircularOf): RawSql =>
  sql`c.area_code like ${`${area}%`} ${unitId ? sql`and c.lead_unit_id = ${unitId}` : sql``}`
export const lateOf = async (db: Db, of: CircularOf, now: Date, most: number): Promise<LateCase[]> =>
  (
    await sql<LateCase>`${lateCase} and c.due < ${now} and ${ofCircular(of)} order by c.due, c.id limit ${most}`.execute(
      db,
    )
  ).rows
export async function openOf(db: Db, of: CircularOf, now: Date): Promise<{ open: number; late: number }> {
  const { rows } = await sql<{ open: number; late: number }>`select count(*)::int as open,
      count(*) filter (where c.due < ${now} and c.clock_stopped is null and c.paused_at is null)::int as late
    from cases.case_file c where c.status = any(${openStatuses.filter((s) => s !== 'draft')}::text[]) and ${ofCircular(of)}`.execute(
    db,
  )
  return rows[0] ?? { open: 0, late: 0 }
}

export interface CircularRow {
  id: string
  no: string
  text: string
  areaCode: string
  unitZh: string | null
  unitEn: string | null
  issuer: string | null
  issuedAt: Date
  frozen: { figures: { open: number; late: number; longestLateHours: number }; cases: FrozenCase[] }
}
export interface FrozenCase {
  id: string
  no: string
  className: { 'zh-CN': string; en: string }
  unit: { 'zh-CN': string; en: string } | null
  status: Status
  due: string
  lateHours: number
}
export const circularsSeen = async (db: Db, actor: Actor, most: number): Promise<CircularRow[]> =>
  (
    await sql<CircularRow>`select p.id, p.no, p.text, p.area_code as "areaCode", u.name_zh as "unitZh", u.name_en as "unitEn",
        (select name_zh from identity.api_person where id::text = p.issued_by) as issuer, p.issued_at as "issuedAt", p.frozen
      from cases.paper p left join identity.api_unit u on u.id = p.unit_id
      where p.kind = 'circular' and ${seenPapers(actor)} order by p.issued_at desc limit ${most}`.execute(db)
  ).rows

export interface ExposureRow {
  text: string
  since: Date
}
export const exposureOf = async (db: Db, caseId: string): Promise<ExposureRow | undefined> =>
  (
    await sql<ExposureRow>`select text, shown_since as since from cases.exposure where case_id = ${caseId} and ended_at is null`.execute(
      db,
    )
  ).rows[0]
export const setExposed = (db: Db, caseId: string, text: string, by: string, at: Date) =>
  sql`insert into cases.exposure (case_id, text, shown_since, shown_by) values (${caseId}, ${text}, ${at}, ${by})
    on conflict (case_id) do update set text = excluded.text, shown_since = excluded.shown_since, shown_by = excluded.shown_by,
      ended_at = null, ended_by = null`.execute(db)
export const endExposure = (db: Db, caseId: string, by: string, at: Date) =>
  sql`update cases.exposure set ended_at = ${at}, ended_by = ${by} where case_id = ${caseId} and ended_at is null`.execute(
    db,
  )
export interface Exposed {
  id: string
  no: string
  classZh: string
  classEn: string
  street: string | null
  text: string
  status: Status
  since: Date
}
/** What the public sees: never the reporter, the description or the exact place. */
export const exposedCases = async (db: Db, most: number): Promise<Exposed[]> =>
  (
    await sql<Exposed>`select c.id, c.no, k.name_zh as "classZh", k.name_en as "classEn", left(c.area_code, 9) as street, e.text, c.status,
        e.shown_since as since
      from cases.exposure e join cases.case_file c on c.id = e.case_id
      join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code
      where e.ended_at is null order by e.shown_since desc, c.id limit ${most}`.execute(db)
  ).rows

export async function noticeRulesInForce(db: Db): Promise<NoticeRules> {
  const { rows } = await sql<{
    version: number
    rules: Omit<NoticeRules, 'version'>
  }>`select version, rules from cases.notice_rules order by version desc limit 1`.execute(db)
  return rows[0] ? { version: rows[0].version, ...rows[0].rules } : defaultNoticeRules
}
/** Writes the next edition; false when somebody else wrote one meanwhile. */
export async function addNoticeRules(
  db: Db,
  { version, ...rules }: NoticeRules,
  note: string,
  by: string,
  at: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into cases.notice_rules (version, rules, note, created_by, created_at)
    values (${version}, ${JSON.stringify(rules)}::jsonb, ${note}, ${by}, ${at}) on conflict do nothing`.execute(db)
  return numAffectedRows === 1n
}

export interface MessageRow {
  id: string
  event: NoticeEvent
  caseId: string | null
  said: { no: string; className: { 'zh-CN': string; en: string }; text: string | null }
  at: Date
  read: boolean
}
export const messagesOf = async (db: Db, personId: string, most: number): Promise<MessageRow[]> =>
  (
    await sql<MessageRow>`select id, event, case_id as "caseId", said, at, read_at is not null as read from cases.message
      where person_id = ${personId} order by at desc, id desc limit ${most}`.execute(db)
  ).rows
export const unreadOf = async (db: Db, personId: string): Promise<number> =>
  (
    await sql<{
      n: number
    }>`select count(*)::int as n from cases.message where person_id = ${personId} and read_at is null`.execute(db)
  ).rows[0]?.n ?? 0
export const setRead = (db: Db, personId: string, ids: readonly string[] | undefined, at: Date) =>
  sql`update cases.message set read_at = ${at} where person_id = ${personId} and read_at is null
    and ${ids ? sql`id = any(${ids}::uuid[])` : sql`at <= ${at}`}`.execute(db)
export const waitingInOutbox = async (db: Db): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::int as n from cases.outbox where state = 'no_gateway'`.execute(db)).rows[0]
    ?.n ?? 0
