/** Tells those whom the rules name of what a case has come to: once each, however often the news is heard. */
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import type { Listener } from '@pentad/platform/module'
import { announce } from '@pentad/platform/news'
import { DAY } from '@pentad/platform/time'
import { audienceRoles, eventOf, type NoticeRule } from './model.ts'
import { noticeRulesInForce } from './queries.ts'

/** What happened longer ago is history: nobody is told of it on the day that the rules begin to be heard. */
const freshDays = 2

interface Happened {
  caseId: string
  no: string
  classZh: string
  classEn: string
  areaCode: string | null
  unitId: string | null
  assigneeId: string | null
  actorId: string
  reason: string | null
  at: Date
}

const happened = async (db: Db, caseId: string, seq: number): Promise<Happened | undefined> =>
  (
    await sql<Happened>`select c.id as "caseId", c.no, k.name_zh as "classZh", k.name_en as "classEn", c.area_code as "areaCode",
        coalesce(e.unit_id, c.lead_unit_id) as "unitId", c.assignee_id as "assigneeId", e.actor_id as "actorId", e.reason, e.recorded as at
      from cases.event e join cases.case_file c on c.id = e.case_id
      join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code
      where e.case_id = ${caseId} and e.seq = ${seq}`.execute(db)
  ).rows[0]

/** People of an audience; a post over a whole city or district is written with zeros. */
async function peopleOf(db: Db, { whom }: NoticeRule, h: Happened): Promise<string[]> {
  if (whom === 'reporter') return []
  const { roles, by } = audienceRoles[whom]
  // Once somebody has the case in hand, their colleagues are left in peace.
  if (whom === 'unit_handlers' && h.assigneeId) return [h.assigneeId]
  const area = h.areaCode ?? ''
  const prefix = sql`regexp_replace(a, case when length(a) = 6 then '(0000|00)$' else '$^' end, '')`
  const placed =
    by === 'unit'
      ? sql`m.unit_id = ${h.unitId}`
      : sql`exists (select from unnest(m.area_codes) a where starts_with(${area}, ${prefix}) ${by === 'street' ? sql`and length(a) >= 9` : sql``})`
  const { rows } = await sql<{ id: string }>`select distinct m.person_id::text as id from identity.api_membership m
    join identity.api_person_words w on w.id = m.person_id and not w.disabled
    where m.role = any(${roles}::text[]) and ${placed}
      and m.valid_from <= (${h.at}::timestamptz at time zone 'Asia/Shanghai')::date
      and (m.valid_to is null or m.valid_to >= (${h.at}::timestamptz at time zone 'Asia/Shanghai')::date)`.execute(db)
  return rows.map((r) => r.id).filter((id) => id !== h.actorId)
}

/** Ways out of the house. None has a gateway here: what should go out waits, and says why. */
export const gateways = { sms: false, email: false } as const

async function tell(db: Db, rule: NoticeRule, h: Happened, seq: number): Promise<string[]> {
  const key = `${h.caseId}:${seq}`
  const said = JSON.stringify({ no: h.no, className: { 'zh-CN': h.classZh, en: h.classEn }, text: h.reason })
  const people = await peopleOf(db, rule, h)
  if (rule.channel === 'in_app') {
    const rows = people.map((personId) => ({ id: newId(), person_id: personId }))
    await sql`insert into cases.message (id, person_id, key, event, case_id, said, at)
      select id, person_id, ${key}, ${rule.event}, ${h.caseId}, ${said}::jsonb, ${h.at}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, person_id text)
      on conflict do nothing`.execute(db)
    return people
  }
  const reports =
    rule.whom === 'reporter'
      ? (
          await sql<{
            id: string
          }>`select id from cases.report where case_id = ${h.caseId} and reporter_phone is not null`.execute(db)
        ).rows
      : []
  const rows = [
    ...people.map((personId) => ({ id: newId(), person_id: personId, report_id: null })),
    // The reporter is told that something happened, not what was said inside.
    ...reports.map((r) => ({ id: newId(), person_id: null, report_id: r.id })),
  ]
  const outside = JSON.stringify({ no: h.no, className: { 'zh-CN': h.classZh, en: h.classEn }, text: null })
  await sql`insert into cases.outbox (id, channel, person_id, report_id, key, event, case_id, said, at, state)
    select id, ${rule.channel}, person_id, report_id, ${key}, ${rule.event}, ${h.caseId},
      case when report_id is null then ${said}::jsonb else ${outside}::jsonb end, ${h.at}, 'no_gateway'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, person_id text, report_id uuid)
    on conflict do nothing`.execute(db)
  return []
}

export const tells: Listener = {
  name: 'cases.notices',
  topics: ['case'],
  async hear(db, { about, at, areaCode, units }) {
    const event = eventOf(about.act)
    if (!event || Date.now() - at.getTime() > freshDays * DAY) return
    const rules = (await noticeRulesInForce(db)).rules.filter((r) => r.event === event)
    if (!rules.length) return
    const seq = Number(about.version)
    const h = await happened(db, String(about.id), seq)
    if (!h) return
    let anybody = false
    for (const rule of rules) anybody = (await tell(db, rule, h, seq)).length > 0 || anybody
    // Desks look at their bell; who has a message is nobody else's business.
    if (anybody) await announce(db, { topic: 'message', about: {}, may: 'cases.read', areaCode, units })
  },
}
