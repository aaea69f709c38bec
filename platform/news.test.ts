import { expect, test } from 'vitest'
import { sql } from './db/index.ts'
import { logger } from './log.ts'
import { announce, endOfNews, hearOnce, type News, newsAfter } from './news.ts'
import { testDatabase } from './testing/index.ts'

const { db } = await testDatabase()
const log = logger('test', 'silent')
const start = { xid: '0', seq: 0 }
/** What is committed shows once no older transaction runs anywhere on the engine; other tests share it. */
const topicsAfter = (place: typeof start) =>
  expect.poll(async () => (await newsAfter(db, place)).map((n) => n.topic), { timeout: 20_000 })

test('news that commit late are not lost, and none is passed before it', async () => {
  await sql`delete from platform.news`.execute(db)
  let letGo: () => void = () => undefined
  const held = new Promise<void>((done) => {
    letGo = done
  })
  let begun: () => void = () => undefined
  const isBegun = new Promise<void>((done) => {
    begun = done
  })
  const late = db.transaction().execute(async (tx) => {
    await announce(tx, { topic: 'late', about: {} })
    begun()
    await held
  })
  await isBegun
  await announce(db, { topic: 'early', about: {} })
  expect(await newsAfter(db, start)).toEqual([])
  letGo()
  await late
  await topicsAfter(start).toEqual(['late', 'early'])
})

test('a screen that connects hears only what comes after', async () => {
  await announce(db, { topic: 'before', about: {} })
  await topicsAfter(start).toContain('before')
  const place = await endOfNews(db)
  await announce(db, { topic: 'after', about: { n: 1 } })
  await topicsAfter(place).toEqual(['after'])
})

test('a listener hears each news once, though two processes listen at once', async () => {
  await sql`delete from platform.news`.execute(db)
  for (let n = 0; n < 20; n++) await announce(db, { topic: 'x', about: { n } })
  await sql`create table heard (n int)`.execute(db)
  const listener = {
    name: 'counter',
    topics: ['x'],
    hear: async (tx: typeof db, news: readonly News[]) => {
      for (const { about } of news) await sql`insert into heard values (${about.n})`.execute(tx)
    },
  }
  await topicsAfter(start).toHaveLength(20)
  await Promise.all([hearOnce(db, listener, log), hearOnce(db, listener, log)])
  await hearOnce(db, listener, log)
  const { rows } = await sql<{ n: number }>`select n from heard`.execute(db)
  expect(rows.map((r) => r.n)).toEqual([...Array(20).keys()])
})

test('news on which a listener fails again and again is parked, and the next is heard', async () => {
  await sql`delete from platform.news`.execute(db)
  await announce(db, { topic: 'y', about: { bad: true } })
  await announce(db, { topic: 'y', about: { bad: false } })
  await topicsAfter(start).toHaveLength(2)
  const heard: unknown[] = []
  const listener = {
    name: 'choosy',
    topics: ['y'],
    hear: async (_: unknown, news: readonly News[]) => {
      if (news.some(({ about }) => about.bad)) throw new Error('cannot')
      heard.push(...news.map(({ about }) => about))
    },
  }
  for (let i = 0; i < 6; i++) await hearOnce(db, listener, log)
  expect(heard).toEqual([{ bad: false }])
  const { rows } = await sql`select error from platform.parked_news where listener = 'choosy'`.execute(db)
  expect(rows).toEqual([{ error: 'Error: cannot' }])
})
