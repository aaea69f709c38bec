import { permissionsOf } from '@pentad/identity/model'
import { sql } from '@pentad/platform/db'
import { actorWith, testServer } from '@pentad/platform/testing'
import { describe, expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { insideCell, layTestCity, outsideCell, personOf } from '../../cases/testing.ts'
import { baseUnits, dataSets, groups, internalTables, meaningOf, roots, stores } from './catalogue/index.ts'
import { checks } from './checks.ts'
import { baseUnitModel, dataDictionary, dataQuality, qualitySamples, runChecks } from './contract.ts'
import { columnsOf } from './queries.ts'
import { ageOf } from './routes.ts'
import { checkData } from './run.ts'

const clock = new Date('2026-03-02T02:00:00Z')
const { db, as } = await testServer(modules, { clock: () => clock })
await layTestCity(db)
const desk = await personOf(db, 'sys_admin', 'a', ['110101'])
const leader = await personOf(db, 'leader', 'a', ['110101'])
const elsewhere = await personOf(db, 'leader', 'b', ['110102'])

describe('the catalogue', () => {
  test('every table of every module is described, or said to be internal and why [INF-17] [ONE-09]', async () => {
    const tables = [...new Set((await columnsOf(db)).map((c) => c.table))]
    const described = new Set(dataSets.flatMap((s) => s.tables))
    expect(tables.filter((t) => !described.has(t) && !internalTables[t])).toEqual([])
    expect([...described].filter((t) => internalTables[t])).toEqual([])
  })

  test('every field of every described table has its meaning in both languages [ONE-09]', async () => {
    const described = new Set(dataSets.flatMap((s) => s.tables))
    const silent = (await columnsOf(db))
      .filter((c) => described.has(c.table))
      .filter((c) => {
        const meaning = meaningOf(c.table.split('.')[1] ?? '', c.column)
        return !meaning?.['zh-CN'] || !meaning.en
      })
    expect(silent.map((c) => `${c.table}.${c.column}`)).toEqual([])
  })

  test('19 base, 8 business and 3 shared kinds of data, in three stores, under five roots [INF-17] [INF-18] [FRM-23]', () => {
    const count = (group: string) => dataSets.filter((s) => s.group === group).length
    expect(groups.map(count)).toEqual([19, 8, 3])
    for (const store of stores) expect(dataSets.some((s) => s.store === store)).toBe(true)
    for (const root of roots) expect(dataSets.some((s) => s.root === root)).toBe(true)
    expect(new Set(dataSets.map((s) => s.id)).size).toBe(30)
  })

  test('the base-unit model has 19 major and 94 minor kinds, each code once, under five roots [ONE-06] [FRM-23]', () => {
    expect(baseUnits).toHaveLength(19)
    const minors = baseUnits.flatMap((m) => m.minors)
    expect(minors).toHaveLength(94)
    expect(new Set(minors.map((m) => m.code)).size).toBe(94)
    expect(new Set(baseUnits.map((m) => m.root))).toEqual(new Set(roots))
    const sets = new Set(dataSets.map((s) => s.id))
    expect(minors.filter((m) => m.heldIn && !m.heldIn.startsWith('ledger:') && !sets.has(m.heldIn))).toEqual([])
  })

  test('every interface that the catalogue names is served [ONE-09] [FRM-15]', async () => {
    const { sets } = await as(desk)(dataDictionary)
    const idle = dataSets.filter((s) => s.routes.length > 0 && sets.find((x) => x.id === s.id)?.routes.length === 0)
    expect(idle.map((s) => s.id)).toEqual([])
  })
})

describe('the dictionary', () => {
  test('says of a set what it is, whose, from where, its fields as the database has them, and who else reads it [ONE-09] [INF-20]', async () => {
    const { sets } = await as(leader)(dataDictionary)
    const posts = sets.find((s) => s.id === 'posts')
    expect(posts).toMatchObject({ group: 'base', store: 'common', root: 'people', dataClass: 'internal' })
    const [table] = posts?.tables ?? []
    expect(table).toMatchObject({ name: 'identity.membership', views: ['identity.api_membership'] })
    expect(table?.fields).toContainEqual({
      name: 'person_id',
      type: 'uuid',
      required: true,
      key: false,
      refers: 'identity.person',
      meaning: { 'zh-CN': '人员', en: 'person' },
    })
    expect(sets.find((s) => s.id === 'cases')?.routes).toContainEqual({
      method: 'GET',
      path: '/api/cases',
      may: 'cases.read',
      summary: expect.stringContaining('案件'),
    })
  })

  test('a table that is changed tomorrow reads so tomorrow', async () => {
    await sql`alter table geography.cell add column grade text`.execute(db)
    const { sets } = await as(leader)(dataDictionary)
    const fields = sets.find((s) => s.id === 'cells')?.tables.find((t) => t.name === 'geography.cell')?.fields
    expect(fields?.at(-1)).toMatchObject({ name: 'grade', type: 'text', required: false })
  })

  test('the base units say what holds them today; the forms of ledgers are read from the ledgers [ONE-06]', async () => {
    const { majors } = await as(leader)(baseUnitModel)
    const held = majors.flatMap((m) => m.minors).find((m) => m.title.en === 'Grid cells')
    expect(held).toBeUndefined()
    expect(majors.flatMap((m) => m.minors).find((m) => m.title['zh-CN'] === '单元网格')?.heldIn).toMatchObject({
      id: 'cells',
    })
  })
})

describe('quality', () => {
  const found = async (check: string, who = desk) => (await as(who)(qualitySamples, { params: { check } })).records
  const share = async (check: string) => {
    const { sets } = await as(desk)(dataQuality)
    const c = sets.flatMap((s) => s.checks).find((x) => x.id === check)
    return c && { total: c.total, bad: c.bad, trend: c.trend }
  }

  test('a city in order has few faults; each that is made is found, counted and named, and the trend shows it [ONE-09]', async () => {
    await checkData(db, clock)
    expect(await share('cells.community')).toEqual({ total: 4, bad: 0, trend: [1] })
    expect(await share('areas.parent')).toMatchObject({ bad: 0 })
    expect(await share('classes.standard')).toMatchObject({ total: 2, bad: 0 })

    await sql`alter table geography.area drop constraint area_parent_code_fkey`.execute(db)
    await sql`update geography.area set parent_code = '999999' where code = '110101002'`.execute(db)
    await sql`update geography.cell set lon = (select lon from geography.cell where code = ${insideCell}),
      lat = (select lat from geography.cell where code = ${insideCell}) where code = ${outsideCell}`.execute(db)
    await sql`delete from rulebook.standard where code = '0301'`.execute(db)
    await sql`delete from identity.membership`.execute(db)
    await sql`insert into sensing.device (id, kind, protocol, address, name_zh, name_en, area_code, lon, lat)
      values (gen_random_uuid(), 'noise_monitor', 'hj212', 'Q1', '远方', 'Far', null, 1, 1)`.execute(db)
    await checkData(db, new Date(clock.getTime() + 60_000))
    expect(await share('areas.parent')).toMatchObject({ bad: 1, trend: [1, 8 / 9] })
    expect(await found('areas.parent')).toEqual([{ id: '110101002', label: 'street110101002', href: null }])
    expect(await share('cells.centres')).toMatchObject({ total: 4, bad: 2 })
    expect(await found('classes.standard')).toMatchObject([{ id: 'event 0301' }])
    expect(await share('devices.place')).toMatchObject({ total: 1, bad: 1 })
    expect(await share('posts.people')).toMatchObject({ total: 3, bad: 3 })
  })

  test('ledgers are checked for age, place, fields, doubles and visits; records open where they are [ONE-08] [ONE-09]', async () => {
    const schema = {
      fields: [
        { key: 'name', required: true },
        { key: 'size', required: false },
      ],
    }
    await sql`insert into inspection.ledger (id, version, origin) values ('qq', 1, 'desk')`.execute(db)
    await sql`insert into inspection.ledger_version (ledger_id, version, schema, published_at) values ('qq', 1, ${JSON.stringify(schema)}::jsonb, now())`.execute(
      db,
    )
    const put = (no: string, area: string, values: object) =>
      sql`
      insert into inspection.entry (id, ledger_id, version, no, title, words, values, state, area_code, created_at, changed_at, due_on)
      values (gen_random_uuid(), 'qq', 1, ${no}, 'same', '', ${JSON.stringify(values)}::jsonb, 'x', ${area}, now(), now(), '2020-01-01')`.execute(
        db,
      )
    await put('1', insideCell, { name: 'a', size: 1 })
    await put('2', insideCell, {})
    await put('3', outsideCell, { name: 'b' })
    await checkData(db, new Date(clock.getTime() + 120_000))
    expect(await share('ledgers.due')).toMatchObject({ total: 3, bad: 3 })
    expect(await share('ledgers.filled')).toMatchObject({ total: 3, bad: 1 })
    expect(await share('ledgers.share')).toMatchObject({ total: 6, bad: 3 })
    expect(await share('ledgers.twice')).toMatchObject({ bad: 2 })
    expect(await share('ledgers.verified')).toMatchObject({ bad: 3 })
    const mine = await found('ledgers.due', leader)
    expect(mine).toHaveLength(2)
    expect(mine[0]?.href).toMatch(/^\/command\/ledgers\/-\?entry=[0-9a-f-]{36}$/)
    expect(await found('ledgers.due', elsewhere)).toHaveLength(1)
  })

  test('no record is named to somebody whose post may not see such records [ONE-09]', async () => {
    expect(await found('posts.people', leader)).toEqual([])
    expect((await found('posts.people', desk)).length).toBeGreaterThan(0)
  })

  test('a run asked for by hand is a job, once however often it is asked for; nobody else may [ONE-09]', async () => {
    const first = await as(desk)(runChecks, { body: {} })
    expect((await as(desk)(runChecks, { body: {} })).id).toBe(first.id)
    const { rows } = await sql<{
      n: number
    }>`select count(*)::int as n from graphile_worker.jobs where task_identifier = 'operations.check-data'`.execute(db)
    expect(rows[0]?.n).toBe(1)
    await expect(as(leader)(runChecks, { body: {} })).rejects.toThrow('platform/not-allowed')
    await checkData(db, clock, first.id)
    const { runs } = await as(leader)(dataQuality)
    expect(runs.find((r) => r.id === first.id)?.ended).not.toBeNull()
  })

  test('age is held against the interval of the set', () => {
    const now = new Date('2026-03-31T00:00:00Z')
    const ago = (days: number) => new Date(now.getTime() - days * 86_400_000)
    expect([
      ageOf(ago(29), 30, now),
      ageOf(ago(31), 30, now),
      ageOf(null, 30, now),
      ageOf(ago(900), null, now),
    ]).toEqual(['fresh', 'old', 'unknown', 'open'])
  })

  test('every check is of a set that there is, and every set of a check has its page or says none', () => {
    const sets = new Set(dataSets.map((s) => s.id))
    expect(checks.filter((c) => !sets.has(c.set))).toEqual([])
    expect(new Set(checks.map((c) => c.id)).size).toBe(checks.length)
  })
})

test('nobody without a post reads the dictionary', async () => {
  await expect(as(actorWith({ may: permissionsOf.citizen }))(dataDictionary)).rejects.toThrow('platform/not-allowed')
})
