import { identity } from '@pentad/identity'
import { hashToken } from '@pentad/platform/crypto'
import { type Db, sql } from '@pentad/platform/db'
import type { Module } from '@pentad/platform/module'
import { type PackPart, type PackSource, zipSource } from '@pentad/platform/pack'
import { testDatabase } from '@pentad/platform/testing'
import { sensing, simulatedGuests, simulatedToken } from '@pentad/sensing'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { layPack } from './lay.ts'
import { readPack } from './read.ts'

const modules: readonly Module[] = [identity, sensing]
const parts = modules.flatMap((m) => m.pack ?? [])

const manifest = `id: test-city
nameZh: 测试市
nameEn: Test City
version: '1'
bbox: [116.3, 39.8, 116.5, 40]
`
const units = (...lines: string[]) => ['id,parent_id,name_zh,name_en,kind,axis,area_code', ...lines].join('\n')
const people = (...lines: string[]) => ['login,name_zh,name_en', ...lines].join('\n')
const posts = (...lines: string[]) => ['login,unit_id,role,area_codes,valid_from,valid_to', ...lines].join('\n')

const packOf = (files: Record<string, string | Uint8Array>): PackSource =>
  zipSource(
    zipSync(
      Object.fromEntries(
        Object.entries({ 'pack.yaml': manifest, ...files }).map(([path, text]) => [
          path,
          typeof text === 'string' ? strToU8(text) : text,
        ]),
      ),
    ),
  )
const good = {
  'organisation/units.csv': units(
    'dc,,东城区,Dongcheng,district,none,110101',
    'dc-a,dc,甲街道,Street A,street_office,disposal,110101001',
    'xc,,西城区,Xicheng,district,none,110102',
  ),
  'organisation/people.csv': people('zhang,张一,Zhang Yi', 'li,李二,Li Er'),
  'organisation/memberships.csv': posts(
    'zhang,dc-a,unit_handler,110101001,2026-01-01,',
    'li,xc,leader,110102,2026-01-01,',
  ),
}
const faultsOf = async (files: Record<string, string | Uint8Array>) =>
  (await readPack(packOf(files), parts)).faults.map(({ file, line, code }) => `${file}:${line} ${code}`)

describe('a pack is looked through before anything is loaded [ONE-04] [ONE-09] [DUM-08]', () => {
  test('a good pack has no fault', async () => {
    expect(await faultsOf(good)).toEqual([])
  })

  test('every fault is named with its file and line', async () => {
    expect(
      await faultsOf({
        'organisation/units.csv': units(
          'dc,,东城区,Dongcheng,district,none,110101',
          'dc,,东城区,Dongcheng,district,none,110101',
          'a,b,甲,A,street_office,disposal,1',
          'x,x,乙,X,team,sideways,1',
          'short,row',
        ),
        'organisation/people.csv': people('Zhang San,张三,'),
        'organisation/peopel.csv': people(),
      }),
    ).toEqual([
      'organisation/peopel.csv:null pack/unknown-file',
      'organisation/people.csv:2 pack/login',
      'organisation/units.csv:3 pack/twice',
      'organisation/units.csv:4 pack/unknown-unit',
      'organisation/units.csv:5 pack/not-one-of',
      'organisation/units.csv:6 pack/columns',
    ])
  })

  test('a table in GBK is recognised and the line is named', async () => {
    // 东城区 in GBK.
    const gbk = Uint8Array.of(
      ...strToU8('id,parent_id,name_zh,name_en,kind,axis,area_code\ndc,,'),
      0xb6,
      0xab,
      0xb3,
      0xc7,
      0xc7,
      0xf8,
      ...strToU8(',Dongcheng,district,none,110101\n'),
    )
    expect(await faultsOf({ 'organisation/units.csv': gbk })).toContain('organisation/units.csv:2 pack/gbk')
  })

  test('a misspelt column, a lost quote and an empty file are named', async () => {
    expect(await faultsOf({ 'organisation/people.csv': 'login,name\nzhang,张一\n' })).toEqual([
      'organisation/people.csv:1 pack/unknown-column',
      'organisation/people.csv:1 pack/no-column',
    ])
    expect(await faultsOf({ 'organisation/people.csv': people('zhang,"张一,Zhang') })).toEqual([
      'organisation/people.csv:2 pack/open-quote',
    ])
    expect(await faultsOf({ 'organisation/people.csv': '' })).toEqual(['organisation/people.csv:1 pack/empty'])
  })

  test('a hundred megabytes of nonsense end with a sentence, not with the memory', async () => {
    const line = strToU8('zhang,"unfinished\n"x"y,,,,\n')
    const source: PackSource = {
      ...packOf(good),
      sizeOf: () => 100_000_000,
      stream: async function* (path) {
        yield strToU8(
          path.endsWith('people.csv') ? 'login,name_zh,name_en\n' : ((good as Record<string, string>)[path] ?? ''),
        )
        if (!path.endsWith('people.csv')) return
        const block = new Uint8Array(line.length * 40_000)
        for (let i = 0; i < block.length; i += line.length) block.set(line, i)
        for (let sent = 0; sent < 100_000_000; sent += block.length) yield block
      },
    }
    const before = process.memoryUsage().rss
    const { faults, faultCount } = await readPack(source, parts)
    expect(faults.at(-1)?.file).toBe('organisation/people.csv')
    expect(faultCount).toBeGreaterThan(300)
    expect(faults.filter((f) => f.file === 'organisation/people.csv').length).toBeLessThanOrEqual(300)
    expect(process.memoryUsage().rss - before).toBeLessThan(500_000_000)
  })

  test('a pack without a name, or with a wrong one, says so with the line', async () => {
    expect((await readPack(zipSource(zipSync({ 'a.csv': strToU8('x') })), parts)).faults).toMatchObject([
      { code: 'pack/no-manifest' },
    ])
    expect(await faultsOf({ 'pack.yaml': manifest.replace('bbox: [116.3', 'bbox: [999') })).toEqual([
      'pack.yaml:5 pack/setting',
    ])
    expect(await faultsOf({ 'pack.yaml': 'id: [unclosed\nname: x' })).toMatchObject([
      expect.stringMatching(/^pack\.yaml:\d+ pack\/yaml$/),
    ])
  })
})

describe('a pack is laid as a whole, as the difference, as an edition [ONE-04] [ONE-33]', () => {
  const lay = async (pool: Parameters<typeof layPack>[0], files: Record<string, string>, more = {}) => {
    const read = await readPack(packOf(files), parts)
    expect(read.faults).toEqual([])
    return layPack(pool, read, { byPerson: null, now: new Date('2026-11-22T04:00:00Z'), ...more })
  }

  test('the same pack again changes nothing; what it no longer holds ends and stays in history', async () => {
    const { pool, db } = await testDatabase()
    expect((await lay(pool, good)).changes).toMatchObject({
      units: { added: 3 },
      people: { added: 2 },
      memberships: { added: 2 },
    })
    const version = () =>
      sql<{ version: string }>`select version from geography.city`.execute(db).then((r) => r.rows[0]?.version)
    const first = await version()
    expect((await lay(pool, good)).changes).toMatchObject({
      units: { added: 0, changed: 0, retired: 0, same: 3 },
      people: { same: 2 },
      memberships: { same: 2 },
    })
    expect(await version()).toBe(first)
    const less = {
      'organisation/units.csv': units(
        'dc,,东城区政府,Dongcheng,district,none,110101',
        'dc-a,dc,甲街道,Street A,street_office,disposal,110101001',
      ),
      'organisation/people.csv': people('zhang,张一,Zhang Yi'),
      'organisation/memberships.csv': posts('zhang,dc-a,unit_handler,110101001,2026-01-01,'),
    }
    expect((await lay(pool, less)).changes).toMatchObject({
      units: { changed: 1, retired: 1, same: 1 },
      people: { retired: 1, same: 1 },
      memberships: { retired: 1, same: 1 },
    })
    const { rows } = await sql<{
      id: string
      ended: string
    }>`select id, ended::text from identity.unit where ended is not null`.execute(db)
    expect(rows).toEqual([{ id: 'xc', ended: '2026-11-22' }])
    expect(await version()).not.toBe(first)
  })

  test('phones and sensors of a simulated city have accounts that stand in no file; a real city’s are given by hand [SEN-11] [SEN-31]', async () => {
    const phones = 'id,name_zh,name_en,unit_id\nphone-1,一号,One,dc-a\nphone-2,二号,Two,dc-a\n'
    const of = { ...good, 'devices/phones.csv': phones }
    const accounts = async (db: Db) =>
      (
        await sql<{
          login: string
          hash: string
        }>`select login, token_hash as hash from sensing.account order by 1`.execute(db)
      ).rows
    const real = await testDatabase()
    await lay(real.pool, of)
    expect(await accounts(real.db)).toEqual([])
    const demo = await testDatabase()
    const simulated = { ...of, 'pack.yaml': `${manifest}simulated: true\n` }
    expect((await lay(demo.pool, simulated)).changes).toMatchObject({ devices: { added: 2 } })
    const tokenOf = await simulatedToken(demo.db)
    expect(await accounts(demo.db)).toEqual(
      ['phone-1', 'phone-2'].map((login) => ({ login, hash: hashToken(tokenOf(login)) })),
    )
    expect(await simulatedGuests(demo.db, 'osmand')).toMatchObject([{ login: 'phone-1' }, { login: 'phone-2' }])
    // Whom an operator gave a token of his own is not played any more.
    await sql`update sensing.account set token_hash = 'own', issued_by = 'somebody' where login = 'phone-2'`.execute(
      demo.db,
    )
    expect((await lay(demo.pool, simulated)).changes).toMatchObject({ devices: { same: 2 } })
    expect((await accounts(demo.db))[1]).toEqual({ login: 'phone-2', hash: 'own' })
    expect(await simulatedGuests(demo.db, 'osmand')).toMatchObject([{ login: 'phone-1' }])
    const wrong = 'account,kind,name_zh,lon,lat\nbad name,sensor,甲,116.4,39.9\ncover,vehicle,乙,116.4,39.9\n'
    expect(await faultsOf({ ...good, 'devices/sensors.csv': wrong })).toEqual([
      'devices/sensors.csv:2 pack/account',
      'devices/sensors.csv:3 pack/not-one-of',
    ])
  })

  test('a pack says who carries a phone and between which days; what an operator has bound stays [SEN-11] [SEN-31]', async () => {
    const { pool, db } = await testDatabase()
    const phones = (...rows: string[]) => ({
      ...good,
      'organisation/people.csv': people('zhang,张一,Zhang Yi', 'li,李二,Li Er'),
      'devices/phones.csv': `id,name_zh,holder,held_from,held_until\n${rows.join('\n')}\n`,
    })
    const bound = async () =>
      (
        await sql<{
          said: string
        }>`select d.address || ' ' || p.login || ' ' || (b.valid_from at time zone 'Asia/Shanghai')::date
            || ' ' || coalesce((b.valid_until at time zone 'Asia/Shanghai')::date::text, '') as said
          from sensing.binding b join sensing.device d on d.id = b.device_id join identity.person p on p.id = b.person_id
          order by d.address, b.valid_from`.execute(db)
      ).rows.map((r) => r.said.trim())
    const [one, two] = ['phone-1,一号,zhang,2026-01-01,2026-12-31', 'phone-2,二号,li,2026-01-01,']
    await lay(pool, phones(one, two))
    // The last day is a whole one.
    expect(await bound()).toEqual(['phone-1 zhang 2026-01-01 2027-01-01', 'phone-2 li 2026-01-01'])
    await lay(pool, phones(one, two))
    expect(await bound()).toHaveLength(2)
    // Another holder takes over; of what an operator bound nothing is changed.
    await sql`update sensing.binding set bound_by = 'somebody' where valid_until is null`.execute(db)
    await lay(pool, phones('phone-1,一号,li,2026-01-01,', 'phone-2,二号,zhang,2026-01-01,'))
    const after = await bound()
    expect(after.map((b) => b.split(' ').slice(0, 2).join(' '))).toEqual(['phone-1 zhang', 'phone-1 li', 'phone-2 li'])
    expect(await faultsOf(phones('phone-1,一号,nobody,2026-01-01,', 'phone-2,二号,li,2026-02-01,2026-01-01'))).toEqual([
      'devices/phones.csv:2 pack/unknown-login',
      'devices/phones.csv:3 pack/days-turned',
    ])
  })

  test('a pack of one district leaves the rest of the city alone', async () => {
    const { pool, db } = await testDatabase()
    await lay(pool, good)
    const { changes } = await lay(pool, {
      'pack.yaml': `${manifest}covers: ['110102']\n`,
      'organisation/units.csv': units(
        'xc,,西城区,Xicheng,district,none,110102',
        'xc-b,xc,乙街道,Street B,street_office,disposal,110102001',
      ),
    })
    expect(changes).toMatchObject({ units: { added: 1, same: 1, retired: 0 } })
    const { rows } = await sql`select from identity.unit where ended is null`.execute(db)
    expect(rows).toHaveLength(4)
  })

  test('a pack of one district takes no name, no unit and no login that belongs to another, and nothing that holds for the whole city [ONE-33]', async () => {
    const { pool, db } = await testDatabase()
    await lay(pool, {
      ...good,
      'organisation/people.csv': people('zhang,张一,Zhang Yi', 'li,李二,Li Er', 'idle,无职,Idle'),
    })
    const mine = `${manifest}covers: ['110102']\n`
    const laws = { ...parts[0], name: 'laws', files: ['laws.csv'], wholeCity: true } as PackPart
    const { faults } = await readPack(
      packOf({
        'pack.yaml': mine,
        'organisation/units.csv': units(
          'dc,,东城区,Dongcheng,district,none,110101',
          'dc-a,xc,甲科,Section A,section,disposal,110102',
          'xc-b,xc,乙街道,Street B,street_office,disposal,110103001',
          'xc,,西城区,Xicheng,district,none,110102',
        ),
        'organisation/people.csv': people('zhang,张三,Zhang San', 'li,李二,Li Er'),
        'laws.csv': 'a\n',
      }),
      [...parts, laws],
      { db },
    )
    expect(faults.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      'laws.csv:null pack/whole-city',
      'organisation/people.csv:2 pack/login-taken',
      'organisation/units.csv:3 pack/unit-taken',
      'organisation/units.csv:4 pack/not-covered',
    ])
    // Who has no post anywhere is not the district's to dismiss.
    const { changes } = await lay(pool, {
      'pack.yaml': mine,
      'organisation/units.csv': units('xc,,西城区,Xicheng,district,none,110102'),
      'organisation/people.csv': people('li,李二,Li Er'),
    })
    expect(changes.people).toMatchObject({ same: 1, retired: 0 })
  })

  test('trying it says what would change and writes nothing', async () => {
    const { pool, db } = await testDatabase()
    expect((await lay(pool, good, { dry: true })).changes).toMatchObject({ units: { added: 3 } })
    expect((await sql`select from identity.unit`.execute(db)).rows).toEqual([])
    expect((await sql`select from geography.edition`.execute(db)).rows).toEqual([])
  })

  test('a failure in the middle leaves nothing behind', async () => {
    const { pool, db } = await testDatabase()
    const read = await readPack(packOf(good), parts)
    const broken = {
      ...read,
      parts: [
        ...read.parts,
        {
          part: {
            name: 'broken',
            files: [],
            read: async () => 0,
            lay: async () => Promise.reject(new Error('the disk is full')),
          },
          rows: 0,
        },
      ],
    }
    await expect(layPack(pool, broken, { byPerson: null, now: new Date() })).rejects.toThrow('the disk is full')
    expect((await sql`select from identity.unit`.execute(db)).rows).toEqual([])
  })

  test('nobody signs in as a person of a pack before a password was set', async () => {
    const { pool, db } = await testDatabase()
    await lay(pool, good)
    const { rows } = await sql<{ password: string }>`select password from identity.person`.execute(db)
    expect(rows.every((p) => !p.password.startsWith('argon2id'))).toBe(true)
  })
})
