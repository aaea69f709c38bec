import { reportCase } from '@pentad/cases/contract'
import { addMembershipRow, addPersonRow, putUnit } from '@pentad/identity'
import { permissionsOf, type Role } from '@pentad/identity/model'
import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { logger } from '@pentad/platform/log'
import type { Actor } from '@pentad/platform/rights'
import { hearAll as hear, testServer } from '@pentad/platform/testing'
import { loadDevices } from '@pentad/sensing'
import { beforeAll, describe, expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { insideCell, layTestCity, outsideCell, personOf, pointIn, rubble } from '../cases/testing.ts'
import { searchAll } from './contract.ts'
import { follow } from './follow.ts'
import type { Kind } from './model/index.ts'
import { on } from './on.ts'
import { sourceOf, sources } from './sources/index.ts'

const { db, pool, as, stranger, base } = await testServer(modules)
const log = logger('test', 'silent')
await layTestCity(db)
await sql`update geography.area set name = '东直门街道' where code = '110101001'`.execute(db)
await putUnit(db, {
  id: 'a-water',
  parentId: 'a',
  nameZh: '东城水务队',
  nameEn: 'Dongcheng water brigade',
  kind: 'brigade',
  axis: 'disposal',
  areaCode: '110101',
})

const actorOf = (role: Role, areas: string[], units: string[] = []): Actor => ({
  id: newId(),
  name: role,
  grants: [{ role, unitId: 'a', areas, units, may: permissionsOf[role] }],
})
const inspector = await personOf(db, 'inspector', 'a-sup', ['110101'])
const inspectorB = await personOf(db, 'inspector', 'b', ['110102'])
const city = actorOf('leader', [''])
const street = actorOf('leader', ['110101001'])
const otherDistrict = actorOf('leader', ['110102'])
const unitOnly = actorOf('leader', [], ['a-street'])
const admin = actorOf('sys_admin', ['1101'])
const nobodyHere = actorOf('legal_reviewer', [''])

const report = (who: Actor, cell: string, description: string, at = new Date()) =>
  as(who)(reportCase, {
    body: {
      ...rubble,
      point: pointIn(cell),
      description,
      source: 'inspector',
      at: at.toISOString(),
      photoIds: [],
      reporter: { name: '王小明', phone: '19900001234' },
    },
  })
const followAll = async (): Promise<void> => {
  for (const source of sources) await follow({ db, pool, log }, source)
}
const hearAll = async (): Promise<void> => {
  for (const listener of on) await hear(db, listener)
}
const ask = (who: Actor, q: string, more: object = {}) => as(who)(searchAll, { query: { q, ...more } })
const ids = async (who: Actor, q: string, kind: Kind = 'case'): Promise<string[]> =>
  (await ask(who, q)).groups.find((g) => g.kind === kind)?.hits.map((h) => h.id) ?? []

/** Everything in the index, as it would be compared with another. */
const whole = async (): Promise<unknown[]> => (await sql`select * from analysis.doc order by kind, id`.execute(db)).rows

let inside: { id: string; no: string }
let outside: { id: string; no: string }
beforeAll(async () => {
  inside = await report(inspector, insideCell, '胡同口一堆装修渣土,车牌京A·88801,电话13812345678')
  outside = await report(inspectorB, outsideCell, '路边一堆装修渣土')
  await loadDevices(db, [
    {
      kind: 'vehicle',
      address: '13800138000',
      nameZh: '执法车 京A·36052',
      nameEn: 'Enforcement car 京A·36052',
      label: '京A·36052',
      unitId: 'a-water',
    },
    {
      kind: 'vehicle',
      address: '13800138001',
      nameZh: '清扫车 京B·36053',
      nameEn: 'Sweeper 京B·36053',
      label: '京B·36053',
      unitId: 'b-street',
    },
  ])
  const id = newId()
  await addPersonRow(db, {
    id,
    login: 'wangwei',
    nameZh: '王伟',
    nameEn: 'Wang Wei',
    phone: '19900007777',
    password: 'none',
  })
  await addMembershipRow(db, {
    id: newId(),
    personId: id,
    unitId: 'a-water',
    role: 'officer',
    areas: ['110101'],
    validFrom: '2020-01-01',
    validTo: null,
  })
  await followAll()
})

describe('finding [ANA-28]', () => {
  test('a case is found by its words, its class, its place, its number, the end of its number and a plate in it', async () => {
    for (const q of [
      '装修',
      '积存垃圾',
      '装修 渣土',
      '东直门',
      inside.no,
      inside.no.replaceAll('-', ''),
      inside.no.slice(-5),
      '京A88801',
      '京A·888',
    ])
      expect(await ids(city, q), q).toContain(inside.id)
    for (const q of ['装修 井盖', '渣装修', `${inside.no}9`]) expect(await ids(city, q), q).toEqual([])
  })

  test('a case is found by the pinyin and the initials of its class and its street', async () => {
    for (const q of ['jicunlaji', 'jclj', 'dzm', 'dongzhimen 装修']) expect(await ids(city, q), q).toContain(inside.id)
    expect(await ids(city, 'dzm')).not.toContain(outside.id)
    expect(await ids(city, 'sgrm')).toEqual([])
  })

  test('vehicles by plate with and without the dot, people by name and pinyin, units, areas and classes by theirs', async () => {
    for (const q of ['京A36052', '京A·36052', '36052', '13800138000']) {
      const { groups } = await ask(city, q)
      expect(
        groups.find((g) => g.kind === 'device')?.hits.map((h) => h.title),
        q,
      ).toEqual(['执法车 京A·36052'])
    }
    for (const q of ['王伟', 'ww', 'wangwei', '王', '人员:王', 'Wang Wei'])
      expect((await ask(admin, q)).groups.find((g) => g.kind === 'person')?.hits[0]?.title, q).toContain('王伟')
    expect(await ids(city, 'dcsw', 'unit')).toEqual(['a-water'])
    expect(await ids(city, '110101001', 'area')).toContain('110101001')
    expect(await ids(city, 'shigong', 'class')).toHaveLength(2)
  })

  test('the exact number stands first; the marks show where the words are', async () => {
    const { groups } = await ask(city, '110101001')
    expect(groups.find((g) => g.kind === 'area')?.hits[0]).toMatchObject({ id: '110101001', fit: 'number' })
    const hit = (await ask(city, '京a36052')).groups[0]?.hits[0]
    expect(hit?.marks.title).toEqual([[4, 12]])
    expect(hit?.href).toBe(`/command/devices?device=${hit?.id}`)
    const named = (await ask(city, inside.no.slice(-6))).groups.find((g) => g.kind === 'case')?.hits[0]
    expect(named).toMatchObject({ fit: 'numberEnd', href: `/command/cases/${named?.id}` })
    expect(named?.marks.number).toHaveLength(1)
  })

  test('a kind said before the words keeps to that kind; a single Latin letter is too little', async () => {
    expect((await ask(city, '案件 渣土')).groups.map((g) => g.kind)).toEqual(['case'])
    expect((await ask(city, '渣土', { kinds: 'class' })).groups.map((g) => g.kind)).toEqual(['class'])
    expect(await ask(city, 'x')).toMatchObject({ tooShort: true, groups: [] })
  })
})

describe('what other modules tell', () => {
  beforeAll(async () => {
    const edition = newId()
    const { lon, lat } = pointIn(insideCell)
    await sql`insert into geography.edition (id, at, kind) values (${edition}, now(), 'census')`.execute(db)
    await sql`insert into geography.component (id, name, cell_code, lon, lat, xy, state, owner_name, first_edition, edition)
      values ('1101010101000001', '上水井盖', ${insideCell}, ${lon}, ${lat}, '(0,0)', 'intact', '自来水集团', ${edition}, ${edition}),
        ('1101020101000001', '上水井盖', ${outsideCell}, ${lon}, ${lat}, '(0,0)', 'intact', '自来水集团', ${edition}, ${edition})`.execute(
      db,
    )
    await sql`insert into geography.place (id, name, aliases, kind, lon, lat) values ('p1', '雍和宫', '{喇嘛庙}', 'landmark', ${lon}, ${lat})`.execute(
      db,
    )
    await sql`insert into geography.address (road, number, lon, lat) values ('东四北大街', '甲36号', ${lon}, ${lat})`.execute(
      db,
    )
    await sql`insert into geography.map_feature (layer, class, name, geometry)
      values ('road', 'primary', '朝阳门内大街', ${{
        type: 'LineString',
        coordinates: [
          [116, 39],
          [116.5, 39.5],
          [117, 40],
        ],
      }})`.execute(db)
    const version = newId()
    await sql`insert into rulebook.law (id, title_zh, title_en, level, scope, domain) values ('city-look', '市容条例', 'City look regulation', 'local', 'city', 'look')`.execute(
      db,
    )
    await sql`insert into rulebook.law_version (id, law_id, version_date, summary, text, since) values (${version}, 'city-look', '2021-09-24', true, '', now())`.execute(
      db,
    )
    await sql`insert into rulebook.article (law_version, no, chapter, section, text) values (${version}, 12, '', '', '不得擅自占用道路堆放物料')`.execute(
      db,
    )
    await sql`insert into rulebook.cause (id, power_id, name_zh, name_en, violates, punishes, classes, measures, precondition, note_zh, note_en, since)
      values ('C-101', 'P-1', '擅自摆摊', 'Vending without leave', '{}', '{}', '{}', '{}', '', '', '', now())`.execute(
      db,
    )
    await sql`insert into inspection.ledger (id, version, origin) values ('shop-fronts', 1, 'desk')`.execute(db)
    await sql`insert into inspection.ledger_version (ledger_id, version, schema, published_at)
      values ('shop-fronts', 1, ${{ title: { 'zh-CN': '门店台账', en: 'Shop fronts' } }}, now())`.execute(db)
    await sql`insert into inspection.entry (id, ledger_id, version, no, title, words, values, state, area_code, created_at, changed_at)
      values (gen_random_uuid(), 'shop-fronts', 1, 'MD-2026-0007', '老张修车铺', '修车 补胎', '{}', 'active', ${insideCell}, now(), now())`.execute(
      db,
    )
    await followAll()
  })

  test('components, places, addresses, roads, laws, articles, causes and entries of ledgers are found [ANA-28]', async () => {
    const first = async (q: string, kind: Kind) => (await ask(city, q)).groups.find((g) => g.kind === kind)?.hits[0]
    for (const q of ['上水井盖', 'ssjg', '1101010101000001', '自来水 井盖'])
      expect(await first(q, 'component'), q).toMatchObject({ title: '上水井盖' })
    for (const q of ['雍和宫', 'yhg', 'yonghegong', '喇嘛庙'])
      expect(await first(q, 'place'), q).toMatchObject({ title: '雍和宫' })
    expect(await first('东四北大街甲36号', 'place')).toMatchObject({ title: '东四北大街甲36号', fit: 'title' })
    expect(await first('朝阳门内', 'place')).toMatchObject({ title: '朝阳门内大街', lon: 116.5, lat: 39.5 })
    expect(await first('市容条例', 'law')).toMatchObject({ href: '/command/laws?law=city-look' })
    expect(await first('占用道路', 'law')).toMatchObject({ title: '市容条例 第12条', note: '不得擅自占用道路堆放物料' })
    expect(await first('摆摊', 'cause')).toMatchObject({ number: 'C-101' })
    for (const q of ['修车铺', '补胎', 'lzxcp', 'MD-2026-0007', '门店台账 老张'])
      expect((await first(q, 'entry'))?.href, q).toMatch(/^\/command\/ledgers\/shop-fronts\?entry=[0-9a-f-]{36}$/)
  })

  test('components and entries elsewhere are not found; a component that changed is', async () => {
    expect(await ids(otherDistrict, '上水井盖', 'component')).toEqual(['1101020101000001'])
    expect(await ids(otherDistrict, '修车铺', 'entry')).toEqual([])
    await sql`update geography.component set name = '雨水箅子' where id = '1101010101000001'`.execute(db)
    await followAll()
    expect(await ids(street, '雨水箅子', 'component')).toEqual(['1101010101000001'])
    expect(await ids(street, '上水井盖', 'component')).toEqual([])
  })
})

describe('rights', () => {
  test('by area, by unit and by maker: what one may not see is not found', async () => {
    expect((await ids(city, '装修渣土')).sort()).toEqual([inside.id, outside.id].sort())
    expect(await ids(street, '装修渣土')).toEqual([inside.id])
    expect(await ids(otherDistrict, '装修渣土')).toEqual([outside.id])
    expect(await ids(otherDistrict, inside.no)).toEqual([])
    expect(await ids(unitOnly, '装修渣土')).toEqual([])
    await sql`update cases.case_file set lead_unit_id = 'a-street', xid = pg_current_xact_id() where id = ${inside.id}`.execute(
      db,
    )
    await followAll()
    expect(await ids(unitOnly, '装修渣土')).toEqual([inside.id])
    // Who reported it finds it, even when they have moved elsewhere.
    const moved = {
      ...inspector,
      grants: [
        { ...inspector.grants[0], role: 'inspector', unitId: 'b', areas: ['110102'], units: [], may: ['cases.read'] },
      ],
    }
    expect((await ids(moved, '装修渣土')).sort()).toEqual([inside.id, outside.id].sort())
  })

  test('who has no post that reads a kind does not find it; strangers find nothing', async () => {
    expect(await ask(nobodyHere, '装修渣土')).toMatchObject({
      groups: [],
      kinds: ['unit', 'area', 'place', 'component', 'class', 'law', 'cause', 'entry'],
    })
    expect((await ask(admin, '装修渣土')).groups.map((g) => g.kind)).not.toContain('case')
    expect(await ids(city, '王伟', 'person')).toEqual([])
    expect(await ids(otherDistrict, '执法车', 'device')).toEqual([])
    expect(await ids(actorOf('sys_admin', ['110102']), '王伟', 'person')).toEqual([])
    await expect(stranger(searchAll, { query: { q: '渣土' } })).rejects.toMatchObject({ status: 401 })
  })

  test('reporters and telephone numbers are in no text of the index (PIPL §6)', async () => {
    for (const q of ['王小明', '19900001234', '13812345678', '19900007777'])
      for (const g of (await ask(city, q)).groups) expect(g.hits).toEqual([])
    const text = JSON.stringify(await whole())
    for (const secret of ['王小明', '19900001234', '13812345678', '19900007777']) expect(text).not.toContain(secret)
  })
})

describe('following', () => {
  test('a case can be found as soon as its news are heard, and before anything else was laid', async () => {
    await sql`delete from analysis.source`.execute(db)
    await sql`delete from analysis.doc`.execute(db)
    const fresh = await report(inspector, insideCell, '井盖松动响声大')
    await hearAll()
    expect(await ids(city, '井盖松动')).toEqual([fresh.id])
  })

  test('an index made anew equals the one that followed', async () => {
    await followAll()
    await sql`update identity.unit set name_zh = '东城排水队' where id = 'a-water'`.execute(db)
    await sql`update sensing.device set retired = now(), xid = pg_current_xact_id() where address = '13800138001'`.execute(
      db,
    )
    await sql`delete from identity.membership where unit_id = 'a-water'`.execute(db)
    await sql`update rulebook.class set name_zh = '乱堆渣土' where code = '0111'`.execute(db)
    await report(inspector, insideCell, '积水')
    await hearAll()
    await followAll()
    const followed = await whole()
    expect(await ids(city, '排水队', 'unit')).toEqual(['a-water'])
    expect(await ids(city, '水务队', 'unit')).toEqual([])
    expect(await ids(city, '36053', 'device')).toEqual([])
    expect(await ids(city, '乱堆渣土 装修')).toHaveLength(2)
    expect(await ids(city, '积存垃圾')).toEqual([])
    await sql`delete from analysis.doc`.execute(db)
    await sql`delete from analysis.source`.execute(db)
    await followAll()
    expect(await whole()).toEqual(followed)
  })

  test('what is the same is not written again, and one worker at a time follows a kind', async () => {
    await followAll()
    const source = sourceOf('case')
    if (!source) throw new Error('no cases')
    await sql`update analysis.source set mark = '0'`.execute(db)
    expect(await follow({ db, pool, log }, source)).toMatchObject({ written: 0 })
    await db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('analysis case'))`.execute(tx)
      expect(await follow({ db, pool, log }, source)).toBe(null)
    })
  })

  test('a past that was laid at once is caught up in batches, and a worker that died in the middle loses nothing', async () => {
    await sql`insert into cases.case_file (id, no, status, source, scheme, scheme_version, kind, class_code, lon, lat, xy, area_code, place_zh, place_en,
        description, reported_at, created_by, stage_since, origin, closed_at)
      select gen_random_uuid(), '110101-20200101-H-' || lpad(n::text, 5, '0'), 'rejected', 'hotline', scheme, scheme_version, kind, class_code, lon, lat, xy,
        area_code, place_zh, place_en, '陈年旧事第' || n || '件', timestamptz '2020-01-01' + n * interval '1 hour', 'public', now(), 'demo', now()
      from cases.case_file, generate_series(1, 9000) n where id = ${inside.id}`.execute(db)
    const source = sourceOf('case')
    if (!source) throw new Error('no cases')
    await sql`create function analysis.fall() returns trigger language plpgsql as $$ begin raise exception 'the plug'; end $$`.execute(
      db,
    )
    await sql`create trigger fall before insert on analysis.doc_timed for each row when (new.number_word = '11010120200101h08500') execute function analysis.fall()`.execute(
      db,
    )
    await expect(follow({ db, pool, log }, source)).rejects.toThrow('the plug')
    await sql`drop trigger fall on analysis.doc_timed`.execute(db)
    expect((await follow({ db, pool, log }, source))?.written).toBeGreaterThan(0)
    const { groups } = await ask(city, '陈年旧事', { kinds: 'case', most: 50 })
    expect(groups[0]?.hits[0]?.note).toBe('陈年旧事第9000件')
    expect(await ids(city, '陈年旧事第17件')).toHaveLength(1)
    expect(await ids(city, '110101-20200101-H-00017')).toHaveLength(1)
  })

  test('pages follow one another newest first, none twice and none left out', async () => {
    const seen: string[] = []
    let cursor: string | null | undefined
    let pages = 0
    do {
      const { groups } = await ask(city, '陈年旧事第1', { kinds: 'case', most: 50, ...(cursor ? { cursor } : {}) })
      seen.push(...(groups[0]?.hits.map((h) => h.note) ?? []))
      cursor = groups[0]?.next
      pages++
    } while (cursor && pages < 200)
    const { rows } = await sql<{
      note: string
    }>`select description as note from cases.case_file where description ~ '陈年旧事第1' order by reported_at desc`.execute(
      db,
    )
    expect(seen).toEqual(rows.map((r) => r.note))
  })

  test('only what happened in the time that is asked for', async () => {
    const { groups } = await ask(city, '陈年旧事', {
      kinds: 'case',
      from: '2020-03-01T00:00:00Z',
      until: '2020-03-01T03:00:00Z',
    })
    expect(groups[0]?.hits).toHaveLength(3)
  })
})

test('a request that is no search is refused with what is wrong', async () => {
  expect((await fetch(`${base}/api/search?q=`, { headers: {} })).status).toBe(401)
  await expect(ask(city, '')).rejects.toMatchObject({ status: 400 })
  await expect(ask(city, '渣土', { kinds: 'dragon' })).rejects.toMatchObject({ status: 400 })
})
