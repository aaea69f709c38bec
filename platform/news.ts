/** News: written in the transaction that makes them, read by the modules above (once each, in order) and by the screens. */
import { type Db, inTransaction, prepared, sql, type Transaction } from './db/index.ts'
import type { Logger } from './log.ts'

export interface News {
  xid: string
  seq: number
  /** `module.what`, or the word that screens know: `case`, `alarm`. */
  topic: string
  about: Record<string, unknown>
  may: string | null
  areaCode: string | null
  units: string[]
  publicTopic: string | null
  at: Date
}

export type Announcement = Pick<News, 'topic' | 'about'> &
  Partial<Pick<News, 'may' | 'areaCode' | 'units' | 'publicTopic'>>

export async function announce(db: Db, n: Announcement): Promise<void> {
  await sql`insert into platform.news (topic, about, may, area_code, units, public_topic) values
    (${n.topic}, ${JSON.stringify(n.about)}, ${n.may ?? null}, ${n.areaCode ?? null}, ${n.units ?? []}, ${n.publicTopic ?? null})`.execute(
    db,
  )
}

/** Many at once, in this order: thousands of devices may come back in one moment. */
export async function announceAll(db: Db, news: readonly Announcement[]): Promise<void> {
  if (news.length === 0) return
  const rows = news.map((n, place) => ({ place, may: null, areaCode: null, units: [], publicTopic: null, ...n }))
  await sql`insert into platform.news (topic, about, may, area_code, units, public_topic)
    select topic, about, may, "areaCode", array(select jsonb_array_elements_text(units)), "publicTopic"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as n (place int, topic text, about jsonb, may text, "areaCode" text, units jsonb, "publicTopic" text) order by place`.execute(
    db,
  )
}

export interface Place {
  xid: string
  seq: number
}

/** Where the news end now: a screen that connects hears only what comes after. */
export async function endOfNews(db: Db): Promise<Place> {
  const { rows } =
    await sql<Place>`select (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text as xid, 9223372036854775807::text as seq`.execute(
      db,
    )
  return { xid: rows[0]?.xid ?? '0', seq: Number.MAX_SAFE_INTEGER }
}

/** News after a place, oldest first. What is not yet decided (a transaction still open) waits, and all after it. */
export async function newsAfter(db: Db, { xid, seq }: Place, most = 500): Promise<News[]> {
  const { rows } = await sql<News>`${prepared}
    select xid::text, seq, topic, about, may, area_code as "areaCode", units, public_topic as "publicTopic", at
    from platform.news
    where (xid, seq) > (${xid}::xid8, ${seq}) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by xid, seq limit ${most}`.execute(db)
  return rows
}

export interface Listening {
  name: string
  topics: readonly string[]
  /** In order, as many as there are; one alone when they failed together. */
  hear: (db: Transaction, news: readonly News[]) => Promise<void>
}

const mostAtOnce = 500

/** News that fails so many times is parked: one bad item must not stop the rest for ever. */
const triesBeforeParking = 5
const failures = new Map<string, number>()

/**
 * Lets one listener hear the next news in one transaction with its place: each is heard once, in order. Returns how many
 * news it passed; 0 when there are none or another process listens for it right now.
 */
export async function hearOnce(db: Db, listener: Listening, log: Logger, most = mostAtOnce): Promise<number> {
  let heard: readonly News[] = []
  const listen = async (upTo: number) => {
    heard = []
    return await hearNext(db, listener, upTo, async (tx, news) => {
      heard = news
      await listener.hear(tx, news)
    })
  }
  let passed = 0
  try {
    return await listen(most)
  } catch (error) {
    if (heard.length === 0) throw error
    log.warn({ err: error, listener: listener.name, several: heard.length }, 'a listener failed: one by one')
  }
  try {
    while (passed < most && (await listen(1)) > 0) passed++
  } catch (error) {
    const [failed] = heard
    if (!failed) throw error
    await afterFailure(db, listener.name, failed, error, log)
  }
  return passed
}

function hearNext(
  db: Db,
  listener: Listening,
  most: number,
  hear: (db: Transaction, news: readonly News[]) => Promise<void>,
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const place = await placeOf(tx, listener.name)
    if (!place) return 0
    const news = await newsAfter(tx, place, most)
    const last = news.at(-1)
    if (!last) return 0
    const wanted = news.filter((item) => listener.topics.includes(item.topic))
    if (wanted.length > 0) await hear(tx, wanted)
    await sql`${prepared} update platform.listener set xid = ${last.xid}::xid8, seq = ${last.seq} where name = ${listener.name}`.execute(
      tx,
    )
    return news.length
  })
}

/** Where a listener is, locked; nothing while another process hears for it. Who never heard begins with the first. */
async function placeOf(tx: Transaction, name: string): Promise<Place | undefined> {
  const look = async () =>
    (
      await sql<Place>`${prepared} select xid::text, seq from platform.listener where name = ${name} for update skip locked`.execute(
        tx,
      )
    ).rows[0]
  const there = await look()
  if (there) return there
  await sql`insert into platform.listener (name, xid, seq) values (${name}, '0'::xid8, 0) on conflict do nothing`.execute(
    tx,
  )
  return look()
}

async function afterFailure(
  db: Db,
  name: string,
  { xid, seq, topic }: News,
  error: unknown,
  log: Logger,
): Promise<void> {
  const id = `${name}/${xid}/${seq}`
  const tries = (failures.get(id) ?? 0) + 1
  failures.set(id, tries)
  log.error({ err: error, listener: name, topic, xid, seq, tries }, 'a listener failed on news')
  if (tries < triesBeforeParking) return
  failures.delete(id)
  await inTransaction(db, async (tx) => {
    await sql`insert into platform.parked_news (listener, xid, seq, error) values (${name}, ${xid}::xid8, ${seq}, ${String(error)}) on conflict do nothing`.execute(
      tx,
    )
    await sql`insert into platform.listener (name, xid, seq) values (${name}, ${xid}::xid8, ${seq})
      on conflict (name) do update set xid = excluded.xid, seq = excluded.seq`.execute(tx)
  })
}

/** Listens until stopped. Several processes may do so: each listener's place is a lock. */
export function startListening(
  db: Db,
  listeners: readonly Listening[],
  log: Logger,
  everyMs = 200,
): { stop: () => Promise<void> } {
  let stopped = false
  const loop = async (listener: Listening) => {
    while (!stopped) {
      const passed = await hearOnce(db, listener, log).catch((error) => {
        log.error({ err: error, listener: listener.name }, 'listening failed')
        return 0
      })
      // News that come one by one are heard together a moment later; only a backlog is heard without a rest.
      if (passed < mostAtOnce) await new Promise((done) => setTimeout(done, everyMs))
    }
  }
  const loops = listeners.map(loop)
  return {
    stop: async () => {
      stopped = true
      await Promise.all(loops)
    },
  }
}
