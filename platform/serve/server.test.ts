import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { client, NoAnswer } from '../client.ts'
import { route } from '../contract.ts'
import { sql } from '../db/index.ts'
import { newId } from '../id.ts'
import { announce } from '../news.ts'
import { granted, refuse } from '../refusal.ts'
import { actorWith, race, testServer } from '../testing/index.ts'
import { serve } from './index.ts'

const add = route({
  method: 'POST',
  path: '/things',
  summary: 'Add a thing',
  may: 'things.add',
  body: z.object({ name: z.string().min(2), fail: z.boolean().optional() }),
  reply: z.object({ count: z.number() }),
})
const slow = route({
  method: 'GET',
  path: '/slow',
  summary: 'Limited',
  may: 'public',
  perMinute: 2,
  reply: z.object({ ok: z.boolean() }),
})
const broken = route({
  method: 'GET',
  path: '/broken',
  summary: 'Breaks',
  may: 'public',
  reply: z.object({ ok: z.boolean() }),
})

const things = {
  name: 'things',
  routes: [
    serve(add, async ({ body }, { db }) => {
      await sql`insert into thing (name) values (${body.name})`.execute(db)
      if (body.fail) granted(refuse('things/failed', { name: body.name }))
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from thing`.execute(db)
      return { count: rows[0]?.n ?? 0 }
    }),
    serve(slow, async () => ({ ok: true })),
    serve(broken, async () => {
      throw new Error('secret detail')
    }),
  ],
  messages: { 'zh-CN': { 'things/failed': '“{name}”不行。' }, en: { 'things/failed': '“{name}” will not do.' } },
}
const { db, as, base, stranger, cookieOf } = await testServer([things], { settings: { rateFactor: 1 } })
await sql`create table thing (name text)`.execute(db)
const adder = actorWith({ may: ['things.add'], areas: ['1101'] })

const count = async () => (await sql<{ n: number }>`select count(*)::int as n from thing`.execute(db)).rows[0]?.n ?? 0

test('a refusal undoes all that the command wrote, and may be tried again with the same key', async () => {
  const key = newId()
  const before = await count()
  await expect(as(adder)(add, { body: { name: 'ab', fail: true } }, { key })).rejects.toMatchObject({
    status: 409,
    title: '“ab”不行。',
  })
  expect(await count()).toBe(before)
  await expect(as(adder)(add, { body: { name: 'ab', fail: true } }, { key })).rejects.toMatchObject({ status: 409 })
})

test('the same key at once is carried out once', async () => {
  const key = newId()
  const before = await count()
  const send = () => as(adder)(add, { body: { name: 'once' } }, { key })
  const results = await Promise.all([send(), send(), send(), send()])
  expect(new Set(results.map((r) => r.count)).size).toBe(1)
  expect(await count()).toBe(before + 1)
})

test('a key is its owner’s: another person’s same key is another command', async () => {
  const key = newId()
  const other = actorWith({ may: ['things.add'] })
  const first = await as(adder)(add, { body: { name: 'mine' } }, { key })
  const second = await as(other)(add, { body: { name: 'mine' } }, { key })
  expect(second.count).toBe(first.count + 1)
})

test('a write without a key, with a bad body or by a stranger is refused as problem+json in the caller’s language', async () => {
  const post = (headers: Record<string, string>, body: string) =>
    fetch(`${base}/api/things`, {
      method: 'POST',
      headers: { cookie: cookieOf(adder), 'content-type': 'application/json', ...headers },
      body,
    })
  const noKey = await post({ 'accept-language': 'en-GB' }, '{"name":"ab"}')
  expect(noKey.headers.get('content-type')).toContain('application/problem+json')
  expect(await noKey.json()).toMatchObject({
    status: 400,
    code: 'platform/no-idempotency-key',
    title: 'A write needs an Idempotency-Key.',
  })
  const bad = await post({ 'idempotency-key': newId() }, '{"name":"a"}')
  expect(await bad.json()).toMatchObject({
    status: 400,
    code: 'platform/invalid-input',
    facts: { errors: [{ path: 'name' }] },
  })
  const garbage = await post({ 'idempotency-key': newId() }, '{"name":')
  expect(garbage.status).toBe(400)
  await expect(stranger(add, { body: { name: 'ab' } })).rejects.toMatchObject({ status: 401 })
  await expect(as(actorWith({ may: [] }))(add, { body: { name: 'ab' } })).rejects.toMatchObject({ status: 403 })
})

test('strangers are limited by address, and told how long to wait', async () => {
  await stranger(slow)
  await stranger(slow)
  await expect(stranger(slow)).rejects.toMatchObject({
    status: 429,
    refusal: { refused: 'platform/too-many-requests' },
  })
})

test('what breaks inside tells its number, not its secrets', async () => {
  await expect(stranger(broken)).rejects.toMatchObject({ status: 500, refusal: { refused: 'platform/broken' } })
  const response = await fetch(`${base}/api/broken`)
  expect(await response.text()).not.toContain('secret detail')
})

test('no answer is told apart from a refusal', async () => {
  await expect(client('http://127.0.0.1:1')(slow)).rejects.toBeInstanceOf(NoAnswer)
})

test('a race holds both callers at the row before either may go on', async () => {
  await sql`create table row_of (id int primary key, n int)`.execute(db)
  await sql`insert into row_of values (1, 0)`.execute(db)
  const raise = () =>
    db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ n: number }>`select n from row_of where id = 1 for update`.execute(tx)
      await sql`update row_of set n = ${(rows[0]?.n ?? 0) + 1} where id = 1`.execute(tx)
    })
  await race(db, sql`select from row_of where id = 1 for update`, [raise, raise, raise])
  expect((await sql<{ n: number }>`select n from row_of`.execute(db)).rows[0]?.n).toBe(3)
})

interface Ear {
  words: Record<string, unknown>[]
  until: (what: (w: Record<string, unknown>) => boolean) => Promise<Record<string, unknown>>
  close: () => void
}
async function listen(cookie: string | undefined, wishes: object[]): Promise<Ear> {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/api/live`, { headers: cookie ? { cookie } : {} })
  const words: Record<string, unknown>[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data, binary) => {
    if (!binary) words.push(JSON.parse(String(data)) as Record<string, unknown>)
    for (const look of waiting) look()
  })
  await new Promise((done, fail) => {
    socket.once('open', done)
    socket.once('error', fail)
  })
  for (const wish of wishes) socket.send(JSON.stringify(wish))
  const until: Ear['until'] = (what) =>
    new Promise((done) => {
      const look = () => {
        const found = words.find(what)
        if (!found) return
        waiting.delete(look)
        done(found)
      }
      waiting.add(look)
      look()
    })
  await until((w) => w.type === 'hello')
  return { words, until, close: () => socket.close() }
}
const of = (topic: string, n?: number) => (w: Record<string, unknown>) =>
  w.topic === topic && (n === undefined || (w.about as { n?: number }).n === n)

test('news reach those who may hear of them, by area, and strangers only by the code they know', async () => {
  const reader = actorWith({ may: ['things.read'], areas: ['1101'] })
  const inside = await listen(cookieOf(reader), [])
  const follower = await listen(undefined, [{ type: 'follow', topic: 'report/ABC' }])
  // Both are heard by somebody, so whatever comes after them has found everyone listening.
  for (let ready = false; !ready; ) {
    await announce(db, { topic: 'ping', about: {}, may: 'things.read', areaCode: '1101', publicTopic: 'report/ABC' })
    ready = await Promise.race([
      Promise.all([inside.until(of('ping')), follower.until(of('report/ABC'))]).then(() => true),
      new Promise<boolean>((done) => setTimeout(() => done(false), 300)),
    ])
  }
  await announce(db, { topic: 'thing', about: { n: 1 }, may: 'things.read', areaCode: '110102' })
  await announce(db, { topic: 'thing', about: { n: 2 }, may: 'things.read', areaCode: '1202' })
  await announce(db, { topic: 'thing', about: { n: 3 }, may: 'things.other', areaCode: '1101' })
  await announce(db, { topic: 'thing', about: { n: 4 } })
  await announce(db, { topic: 'thing', about: { n: 5 }, may: 'things.read', areaCode: '1101' })
  await inside.until(of('thing', 5))
  expect(inside.words.filter(of('thing')).map((w) => (w.about as { n: number }).n)).toEqual([1, 5])
  expect(follower.words.filter(of('thing'))).toEqual([])
  expect(follower.words.find(of('report/ABC'))).toMatchObject({ about: {} })
  inside.close()
  follower.close()
})
