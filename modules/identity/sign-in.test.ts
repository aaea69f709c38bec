import { client } from '@pentad/platform/client'
import { hashPassword } from '@pentad/platform/crypto'
import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { actorWith, testServer } from '@pentad/platform/testing'
import { Secret, TOTP, URI } from 'otpauth'
import { expect, test } from 'vitest'
import { changePassword, enrolSecondFactor, resetPassword, signIn, whoAmI } from './contract.ts'
import { authenticateWith, identity } from './index.ts'
import { areaPrefix } from './model.ts'

let now = new Date('2026-05-21T01:00:00Z')
const { url, pool, db, base, stranger } = await testServer([identity], {
  authenticate: authenticateWith('required'),
  settings: { secondFactor: 'required' },
  clock: () => now,
})
await sql`insert into identity.unit values ('dc-sup', null, '监督中心', 'Supervision', 'centre', 'supervision', '110101')`.execute(
  db,
)

async function person(login: string, role: string, from = '2026-01-01', to: string | null = null): Promise<void> {
  const id = newId()
  await sql`insert into identity.person (id, login, name_zh, name_en, password)
    values (${id}, ${login}, '某某', 'Someone', ${await hashPassword('a long password')})`.execute(db)
  await sql`insert into identity.membership values (${newId()}, ${id}, 'dc-sup', ${role}, '{110101}', ${from}, ${to})`.execute(
    db,
  )
}
const withCookie = async (login: string, code?: string) => {
  const response = await fetch(`${base}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: 'a long password', code }),
  })
  return {
    status: response.status,
    cookie: response.headers.get('set-cookie') ?? '',
    body: (await response.json()) as { may?: string[] },
  }
}

test('five wrong passwords lock the account, and the right one does not open it before the time is over', async () => {
  await person('locked', 'acceptor')
  const wrong = () => stranger(signIn, { body: { login: 'locked', password: 'wrong' } })
  for (let i = 0; i < 5; i++)
    await expect(wrong()).rejects.toMatchObject({ refusal: { refused: 'identity/wrong-password' } })
  await expect(stranger(signIn, { body: { login: 'locked', password: 'a long password' } })).rejects.toMatchObject({
    refusal: { refused: 'identity/locked' },
    status: 423,
  })
  now = new Date(now.getTime() + 16 * 60_000)
  await expect(stranger(signIn, { body: { login: 'locked', password: 'a long password' } })).resolves.toMatchObject({
    login: 'locked',
  })
  const { rows } = await sql`select result from identity.audit where about = 'locked' order by seq`.execute(db)
  expect(rows.map((r) => (r as { result: string }).result)).toEqual([...Array(6).fill('refused'), 'done'])
})

test('an unknown name is answered like a wrong password', async () => {
  await expect(stranger(signIn, { body: { login: 'who', password: 'whatever' } })).rejects.toMatchObject({
    refusal: { refused: 'identity/wrong-password' },
  })
})

test('a session is an HttpOnly cookie whose token is not in the database', async () => {
  await person('cookie', 'acceptor')
  const { cookie } = await withCookie('cookie')
  expect(cookie).toMatch(/HttpOnly/i)
  expect(cookie).toMatch(/SameSite=Lax/i)
  const token = /pentad_session=([^;]+)/.exec(cookie)?.[1] ?? ''
  expect((await sql`select from identity.session where token_hash = ${token}`.execute(db)).rows).toHaveLength(0)
  const seen = await fetch(`${base}/api/session`, { headers: { cookie } })
  expect(seen.status).toBe(200)
})

test('a post gives rights only while it is in force', async () => {
  await person('past', 'acceptor', '2025-01-01', '2026-05-20')
  expect((await withCookie('past')).body.may).toEqual([])
  await person('present', 'acceptor', '2025-01-01', '2026-05-21')
  expect((await withCookie('present')).body.may).toContain('cases.accept')
})

test('a privileged post may do nothing until its second factor is enrolled, and then signs in only with it', async () => {
  await person('shift', 'shift_leader')
  const first = await withCookie('shift')
  expect(first.body.may).toEqual([])
  const cookie = first.cookie.split(';')[0] ?? ''
  const call = (body: object) =>
    fetch(`${base}/api/session/second-factor`, {
      method: enrolSecondFactor.method,
      headers: { cookie, 'content-type': 'application/json', 'idempotency-key': newId() },
      body: JSON.stringify(body),
    })
  const { uri } = (await (await call({})).json()) as { uri: string }
  const made = URI.parse(uri) as TOTP
  const code = () => new TOTP({ secret: Secret.fromBase32(made.secret.base32) }).generate({ timestamp: now.getTime() })
  expect((await call({ code: '000000' })).status).toBe(401)
  expect((await call({ code: code() })).status).toBe(200)
  expect((await withCookie('shift')).status).toBe(401)
  expect((await withCookie('shift', code())).status).toBe(401) // used at enrolment
  now = new Date(now.getTime() + 31_000)
  const second = await withCookie('shift', code())
  expect(second.body.may).toContain('cases.close')
  expect((await withCookie('shift', code())).status).toBe(401)
})

test('a session ends after twelve hours', async () => {
  await person('long', 'acceptor')
  const { cookie } = await withCookie('long')
  now = new Date(now.getTime() + 7 * 3600_000)
  expect((await fetch(`${base}${'/api/session'}`, { headers: { cookie } })).status).toBe(200)
  now = new Date(now.getTime() + 6 * 3600_000)
  expect((await fetch(`${base}/api/session`, { method: whoAmI.method, headers: { cookie } })).status).toBe(401)
})

test('the audit trail can be neither changed nor shortened', async () => {
  await expect(sql`delete from identity.audit`.execute(db)).rejects.toThrow(/append-only/)
  await expect(sql`update identity.audit set act = 'x'`.execute(db)).rejects.toThrow(/append-only/)
})

test('a page of another site cannot act in the name of who is signed in', async () => {
  await person('victim', 'acceptor')
  const { cookie } = await withCookie('victim')
  const response = await fetch(`${base}/api/session/password`, {
    method: 'POST',
    headers: { cookie, origin: 'https://evil.example', 'content-type': 'application/json', 'idempotency-key': newId() },
    body: JSON.stringify({ current: 'a long password', next: 'another long one' }),
  })
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({ code: 'platform/foreign-origin' })
})

test('signing out ends this session and leaves the phone signed in; a new password ends all others', async () => {
  await person('two-places', 'acceptor')
  const [desk, phone] = [await withCookie('two-places'), await withCookie('two-places')]
  const write = (method: string, path: string, cookie: string, body: object) =>
    fetch(`${base}/api/session${path}`, {
      method,
      headers: { cookie, 'content-type': 'application/json', 'idempotency-key': newId() },
      body: JSON.stringify(body),
    })
  const seen = async (cookie: string) => (await fetch(`${base}/api/session`, { headers: { cookie } })).status
  expect((await write('DELETE', '', desk.cookie, {})).status).toBe(200)
  expect([await seen(desk.cookie), await seen(phone.cookie)]).toEqual([401, 200])
  const again = await withCookie('two-places')
  const changed = await write('POST', '/password', phone.cookie, {
    current: 'a long password',
    next: 'a longer password',
  })
  expect(changed.status).toBe(200)
  expect([await seen(again.cookie), await seen(phone.cookie)]).toEqual([401, 200])
})

test('a post for a whole city reaches all of its districts, one for a district only that [ONE-33] [FRM-07]', () => {
  expect(['110000', '110100', '110101', '110101001', '', '11'].map(areaPrefix)).toEqual([
    '11',
    '1101',
    '110101',
    '110101001',
    '',
    '11',
  ])
})

test('a temporary password opens only the way to a password of one’s own; those who watch get theirs elsewhere', async () => {
  await person('keeper', 'sys_admin')
  await person('fresh', 'acceptor')
  const idOf = async (login: string) =>
    (await sql<{ id: string }>`select id from identity.person where login = ${login}`.execute(db)).rows[0]?.id ?? ''
  // The keeper sits at a server that takes our word for who they are; both have one database.
  const { as } = await testServer([identity], { database: { url, db, pool } })
  const keeper = as(actorWith({ may: ['identity.manage-people'] }, await idOf('keeper')))
  await expect(keeper(resetPassword, { params: { id: await idOf('keeper') } })).rejects.toMatchObject({
    refusal: { refused: 'identity/privileged-person' },
  })
  const { password } = await keeper(resetPassword, { params: { id: await idOf('fresh') } })
  const opened = await fetch(`${base}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'fresh', password }),
  })
  expect(await opened.json()).toMatchObject({ passwordDue: true, may: [] })
  const mine = client(base, { headers: { cookie: opened.headers.get('set-cookie')?.split(';')[0] ?? '' } })
  await mine(changePassword, { body: { current: password, next: 'a password of my own' } })
  const after = await mine(whoAmI)
  expect(after.passwordDue).toBe(false)
  expect(after.may).toContain('cases.accept')
})
