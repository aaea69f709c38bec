/** For tests: a database of one's own, a real server on it, callers in any role, and races that really race. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, inject } from 'vitest'
import { type Blobs, folderBlobs } from '../blobs.ts'
import { type Client, client } from '../client.ts'
import { type Db, openDatabase, type RawSql, sql } from '../db/index.ts'
import { newId } from '../id.ts'
import { logger } from '../log.ts'
import type { Module } from '../module.ts'
import { hearOnce, type Listening } from '../news.ts'
import type { Actor } from '../rights.ts'
import { type Authenticate, buildServer } from '../serve/index.ts'
import { sessionCookie } from '../serve/server.ts'
import { type Settings, settingsFrom } from '../settings.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** An engine on which databases may be made, and the template with every module's tables. */
    engineUrl: string
    template: string
  }
}

export interface TestDatabase {
  url: string
  db: Db
  pool: pg.Pool
}

/** A fresh copy of the template, gone when the file's tests have ended. */
export async function testDatabase(): Promise<TestDatabase> {
  const engineUrl = inject('engineUrl')
  const name = `test_${newId().replaceAll('-', '')}`
  const admin = openDatabase(engineUrl, { connections: 1 })
  await sql`create database ${sql.ref(name)} template ${sql.ref(inject('template'))}`.execute(admin.db)
  const url = Object.assign(new URL(engineUrl), { pathname: `/${name}` }).href
  const opened = openDatabase(url, { connections: 20 })
  afterAll(async () => {
    await opened.close()
    await sql`drop database ${sql.ref(name)} with (force)`.execute(admin.db)
    await admin.close()
  })
  return { url, db: opened.db, pool: opened.pool }
}

export async function testBlobs(): Promise<Blobs> {
  const folder = await mkdtemp(join(tmpdir(), 'pentad-blobs-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folderBlobs(folder)
}

export const testSettings = (changes: Partial<Settings> = {}): Settings => ({
  ...settingsFrom({ PENTAD_LOG: 'silent', PENTAD_SECOND_FACTOR: 'offered', PENTAD_RATE_FACTOR: '1000' }),
  ...changes,
})

export interface TestServer extends TestDatabase {
  base: string
  blobs: Blobs
  settings: Settings
  /** A caller that is signed in as this actor. */
  as: (actor: Actor) => Client
  /** The same, as the cookie that a browser would send. */
  cookieOf: (actor: Actor) => string
  /** A caller that is not signed in. */
  stranger: Client
}

export interface TestServerOptions {
  database?: TestDatabase
  settings?: Partial<Settings>
  /** Real sign-in instead of `as`. */
  authenticate?: Authenticate
  clock?: () => Date
}

/** The real server, on loopback and a port of its own, with real tables. */
export async function testServer(modules: readonly Module[], options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await testDatabase())
  const actors = new Map<string, Actor>()
  const settings = testSettings(options.settings)
  const blobs = await testBlobs()
  const server = await buildServer({
    modules,
    db: database.db,
    blobs,
    settings,
    log: logger('test', settings.log),
    authenticate: options.authenticate ?? (async (_, token) => actors.get(token)),
    ...(options.clock ? { clock: options.clock } : {}),
  })
  const cookieOf = (actor: Actor): string => {
    const token = newId()
    actors.set(token, actor)
    return `${sessionCookie}=${token}`
  }
  const base = await server.listen({ host: '127.0.0.1', port: 0 })
  afterAll(() => server.close())
  return {
    ...database,
    base,
    blobs,
    settings,
    as: (actor) => client(base, { headers: { cookie: cookieOf(actor) } }),
    cookieOf,
    stranger: client(base),
  }
}

/** An actor with one membership. */
export const actorWith = (
  grant: Partial<Actor['grants'][number]> & { may: readonly string[] },
  id = newId(),
): Actor => ({
  id,
  name: '测试员',
  grants: [{ role: 'tester', unitId: 'test', areas: [], units: [], ...grant }],
})

/**
 * Holds a row while all calls run into it, then lets go: every call has read the past and waits for the lock, so that
 * a missing lock shows itself every time and not now and then.
 */
export async function race<T>(
  db: Db,
  lockRow: RawSql,
  calls: readonly (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  let running: Promise<PromiseSettledResult<T>[]> | undefined
  await db.transaction().execute(async (tx) => {
    await lockRow.execute(tx)
    running = Promise.allSettled(calls.map((call) => call()))
    for (let tries = 0; tries < 400; tries++) {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
      if ((rows[0]?.n ?? 0) >= calls.length) return
      await new Promise((done) => setTimeout(done, 10))
    }
  })
  return running ?? []
}

/** Lets a listener hear until the last of the news there are now: transactions of other tests on the same engine hold them back. */
export async function hearAll(db: Db, listener: Listening): Promise<void> {
  const log = logger('test', 'silent')
  const { rows } = await sql<{ xid: string; seq: number }>`select n.xid::text as xid, n.seq from platform.news n
    order by n.xid desc, n.seq desc limit 1`.execute(db)
  const [last] = rows
  for (const until = Date.now() + 50_000; last; ) {
    while ((await hearOnce(db, listener, log)) > 0);
    const there = await sql`select 1 from platform.listener where name = ${listener.name}
      and (xid, seq) >= (${last.xid}::xid8, ${last.seq}::bigint)`.execute(db)
    if (there.rows.length) return
    if (Date.now() > until)
      throw new Error(`${listener.name} has not heard all: some transaction on the engine stays open`)
    await new Promise((done) => setTimeout(done, 50))
  }
}
