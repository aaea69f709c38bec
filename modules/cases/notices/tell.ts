/** Tells those whom the rules name of what a case has come to: once each, however often the news is heard. */
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import type { Listener } from '@pentad/platform/module'
import { announce, type News } from '@pentad/platform/news'
import { DAY, legalDayOf } from '@pentad/platform/time'
import { audienceRoles, eventOf, type NoticeEvent, type NoticeRule } from './model.ts'
import { noticeRulesInForce } from './queries.ts'

/** What happened longer ago is history: nobody is told of it on the day that the rules begin to be heard. */
const freshDays = 2

interface Happened {
  caseId: string
  seq: number
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

const happened = async (db: Db, entries: readonly { caseId: string; seq: number }[]): Promise<Happened[]> =>
  (
    await sql<Happened>`select c.id as "caseId", e.seq, c.no, k.name_zh as "classZh", k.name_en as "classEn", c.area_code as "areaCode",
        coalesce(e.unit_id, c.lead_unit_id) as "unitId", c.assignee_id as "assigneeId", e.actor_id as "actorId", e.reason, e.recorded as at
      from unnest(${entries.map((e) => e.caseId)}::uuid[], ${entries.map((e) => e.seq)}::int[]) u (case_id, seq)
      join cases.event e on e.case_id = u.case_id and e.seq = u.seq join cases.case_file c on c.id = e.case_id
      join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code`.execute(
      db,
    )
  ).rows

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
  return rows.map((r) => r.id)
}

interface Message {
  id: string
  person_id: string | null
  report_id?: string | null
  key: string
  event: NoticeEvent
  case_id: string
  said: object
  at: Date
}
interface Told {
  inApp: Message[]
  outside: (Message & { channel: string })[]
}

async function tell(db: Db, rule: NoticeRule, h: Happened, people: readonly string[]): Promise<Told> {
  const said = { no: h.no, className: { 'zh-CN': h.classZh, en: h.classEn }, text: h.reason }
  const message = (to: { person_id: string } | { person_id: null; report_id: string }): Message => ({
    id: newId(),
    ...to,
    key: `${h.caseId}:${h.seq}`,
    event: rule.event,
    case_id: h.caseId,
    // The reporter is told that something happened, not what was said inside.
    said: to.person_id === null ? { ...said, text: null } : said,
    at: h.at,
  })
  if (rule.channel === 'in_app') return { inApp: people.map((person_id) => message({ person_id })), outside: [] }
  const reports =
    rule.whom === 'reporter'
      ? (
          await sql<{
            id: string
          }>`select id from cases.report where case_id = ${h.caseId} and reporter_phone is not null`.execute(db)
        ).rows
      : []
  const { channel } = rule
  return {
    inApp: [],
    outside: [
      ...people.map((person_id) => ({ channel, ...message({ person_id }) })),
      ...reports.map((r) => ({ channel, ...message({ person_id: null, report_id: r.id }) })),
    ],
  }
}

async function write(db: Db, { inApp, outside }: Told): Promise<void> {
  if (inApp.length > 0)
    await sql`insert into cases.message (id, person_id, key, event, case_id, said, at)
      select * from jsonb_to_recordset(${JSON.stringify(inApp)}::jsonb)
        as r (id uuid, person_id text, key text, event text, case_id uuid, said jsonb, at timestamptz)
      on conflict do nothing`.execute(db)
  if (outside.length > 0)
    await sql`insert into cases.outbox (id, channel, person_id, report_id, key, event, case_id, said, at, state)
      select *, 'no_gateway' from jsonb_to_recordset(${JSON.stringify(outside)}::jsonb)
        as r (id uuid, channel text, person_id text, report_id uuid, key text, event text, case_id uuid, said jsonb, at timestamptz)
      on conflict do nothing`.execute(db)
}

const isFresh = (at: Date): boolean => Date.now() - at.getTime() <= freshDays * DAY

async function tellAll(db: Db, news: readonly News[]): Promise<void> {
  const heard = news.filter(({ about, at }) => eventOf(about.act) && isFresh(at))
  if (heard.length === 0) return
  const { rules } = await noticeRulesInForce(db)
  const wanted = heard.filter(({ about }) => rules.some((r) => r.event === eventOf(about.act)))
  if (wanted.length === 0) return
  const entries = wanted.map(({ about }) => ({ caseId: String(about.id), seq: Number(about.version) }))
  const found = new Map((await happened(db, entries)).map((h) => [`${h.caseId}:${h.seq}`, h]))
  // Most of what happens at one time concerns the same units: their people are asked for once.
  const people = new Map<string, Promise<string[]>>()
  const all: Told = { inApp: [], outside: [] }
  const bells = new Map<string, News>()
  for (const item of wanted) {
    const h = found.get(`${String(item.about.id)}:${Number(item.about.version)}`)
    if (!h) continue
    for (const rule of rules) {
      if (rule.event !== eventOf(item.about.act)) continue
      const asked = JSON.stringify([rule.whom, h.areaCode, h.unitId, h.assigneeId, legalDayOf(h.at)])
      const known = people.get(asked) ?? peopleOf(db, rule, h)
      people.set(asked, known)
      const told = await tell(
        db,
        rule,
        h,
        (await known).filter((id) => id !== h.actorId),
      )
      all.inApp.push(...told.inApp)
      all.outside.push(...told.outside)
      if (told.inApp.length > 0) bells.set(JSON.stringify([item.areaCode, item.units]), item)
    }
  }
  await write(db, all)
  // Desks look at their bell; who has a message is nobody else's business.
  for (const { areaCode, units } of bells.values())
    await announce(db, { topic: 'message', about: {}, may: 'cases.read', areaCode, units })
}

/** Ways out of the house. None has a gateway here: what should go out waits, and says why. */
export const gateways = { sms: false, email: false } as const

export const tells: Listener = {
  name: 'cases.notices',
  topics: ['case'],
  hear: tellAll,
}
