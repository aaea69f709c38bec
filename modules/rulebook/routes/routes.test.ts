import { geography, loadCity } from '@pentad/geography'
import { identity, putUnit } from '@pentad/identity'
import { permissionsOf } from '@pentad/identity/model'
import { Refused } from '@pentad/platform/client'
import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { folderSource } from '@pentad/platform/pack'
import { actorWith, testServer } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import {
  listChecklists,
  listClasses,
  listDiscretion,
  listLaws,
  listSchemes,
  readClass,
  readLaw,
  readManual,
  resolveCitation,
  setClassWords,
  setDuty,
  tagText,
} from '../contract.ts'
import { rulebook } from '../index.ts'
import { layPack, readPack } from '../testing.ts'

const server = await testServer([identity, geography, rulebook])
const { db } = server
await loadCity(db, {
  city: { nameZh: '城', nameEn: 'City', labelZh: '模拟', labelEn: 'Simulated', bounds: [116, 39, 117, 40] },
  areas: [],
  cells: [],
  features: [],
})
await putUnit(db, {
  id: 'dc-sanitation',
  parentId: null,
  nameZh: '东城环卫',
  nameEn: 'Dongcheng Sanitation',
  kind: 'service_centre',
  axis: 'disposal',
  areaCode: '110101',
})
await layPack(db, await readPack(await folderSource(new URL('../../../packs/beijing-demo', import.meta.url).pathname)))
const admin = actorWith({ role: 'sys_admin', may: permissionsOf.sys_admin })
await sql`insert into identity.person (id, login, name_zh, name_en, password) values (${admin.id}, 'admin', '管', 'Admin', 'none')`.execute(
  db,
)
const asAdmin = server.as(admin)
const asOfficer = server.as(actorWith({ role: 'officer', may: permissionsOf.officer }, newId()))
const of = { scheme: 'gbt30428', version: '2013', kind: 'event', code: '0405' } as const

test('[DUM-17] an officer reads the manual: conditions, clock, who answers and the articles behind a class', async () => {
  const manual = await asOfficer(readManual)
  const entry = manual.chapters.flatMap((c) => c.entries).find((e) => e.kind === 'event' && e.code === '0405')
  expect(entry?.standards[0]).toMatchObject({ seq: 1, limitUnit: 'URGENT_HOUR' })
  expect(entry?.duties.map((d) => [d.codePrefix, d.unitRule])).toEqual([['04', 'street']])
  expect(entry?.laws.map((l) => l.said['zh-CN'])).toContain('《北京市市容环境卫生条例》第三十五条第五款')
  expect(manual.chapters.flatMap((c) => c.entries).length).toBe(171)
})

test('[ONE-33] [DUM-18] a class says what it is in the former list, for the hotline and in Open311', async () => {
  const { mappings } = await asOfficer(readClass, { query: of })
  expect(mappings.map((m) => [m.scheme, m.code, m.exactness])).toEqual([
    ['cjt214', '0504', 'exact'],
    // The hotline speaks of street trade as a whole: seen from this class it is broader.
    ['hotline12345', 'A04', 'broader'],
  ])
  expect((await asOfficer(listSchemes)).schemes.map((s) => s.scheme)).toEqual([
    'gbt30428',
    'cjt214',
    'hotline12345',
    'open311',
  ])
})

test('[FRM-10] an article leads to the causes, standards and checklists that cite it', async () => {
  const law = await asOfficer(readLaw, { query: { id: 'appearance' } })
  const cites = law.citedBy.filter((c) => c.no === 35).map((c) => `${c.by} ${c.id}`)
  expect(cites).toEqual(expect.arrayContaining(['violated C-003', 'punished C-003', 'power P-APP', 'checklist shop']))
  expect(law.version.summary).toBe(true)
})

test('a citation as one writes it finds its article, and one that leads nowhere is refused', async () => {
  const found = await asOfficer(resolveCitation, { query: { text: '《中华人民共和国行政处罚法》第三十三条' } })
  expect([found.law, found.no]).toEqual(['penalty', 33])
  const lost = asOfficer(resolveCitation, { query: { text: '《行政处罚法》第九百条' } })
  await expect(lost).rejects.toMatchObject({ refusal: { refused: 'rulebook/unknown-citation' } })
  await expect(lost).rejects.toBeInstanceOf(Refused)
})

test('words find the laws whose articles hold them', async () => {
  const { found } = await asOfficer(listLaws, { query: { words: '露天烧烤' } })
  expect(found.map((a) => [a.law, a.no])).toEqual(
    expect.arrayContaining([
      ['air', 81],
      ['air', 118],
    ]),
  )
})

test('[SEN-28] a text is tagged with the classes, causes and articles it speaks of', async () => {
  const tags = await asOfficer(tagText, { query: { text: '店外经营,依据《噪声污染防治法》第六十四条' } })
  expect(tags.classes[0]).toMatchObject({ kind: 'event', code: '0405' })
  expect(tags.causes.map((c) => c.id)).toContain('C-003')
  expect(tags.laws.map((l) => [l.law, l.no])).toEqual([['noise', 64]])
})

test('[FRM-10] discretion is listed from light to heavy, and checklists name the cause a failed item leads to', async () => {
  const { causes } = await asOfficer(listDiscretion, { query: {} })
  expect(causes.find((c) => c.id === 'C-003')?.steps.map((s) => s.step)).toEqual(['C01', 'C02', 'B01', 'A01'])
  const { checklists } = await asOfficer(listChecklists)
  expect(checklists.find((c) => c.id === 'gas')?.items.every((i) => i.causeId !== '')).toBe(true)
})

test('[INF-17] the keeper of base data changes everyday words: the former ones are kept, the change is audited and a new edition', async () => {
  const before = (await asOfficer(readClass, { query: of })).class.words
  await asAdmin(setClassWords, { body: { ...of, words: ['出店', '外摆', '出店'] } })
  const after = await asOfficer(readClass, { query: of })
  expect(after.class.words).toEqual(['出店', '外摆'])
  expect(after.past[0]?.words).toEqual(before)
  expect(
    (await server.stranger(listClasses)).classes.find((c) => c.kind === 'event' && c.code === '0405')?.words,
  ).toEqual(['出店', '外摆'])
  const { rows } = await sql<{
    act: string
    kind: string
  }>`select a.act, e.kind from identity.audit a, geography.edition e
    where a.act = 'set-class-words' and e.note like 'set-class-words%'`.execute(db)
  expect(rows).toEqual([{ act: 'set-class-words', kind: 'edit' }])
  await expect(asOfficer(setClassWords, { body: { ...of, words: [] } })).rejects.toMatchObject({ status: 403 })
})

test('[FRM-09] a class is given to other units: the former rule ends, one that leads to no unit is refused', async () => {
  const body = { kind: 'event', codePrefix: '0405' } as const
  await expect(asAdmin(setDuty, { body: { ...body, unitRules: ['{district}-nobody'] } })).rejects.toMatchObject({
    refusal: { refused: 'rulebook/rule-without-unit' },
  })
  await asAdmin(setDuty, { body: { ...body, unitRules: ['{district}-sanitation'] } })
  expect((await asOfficer(readClass, { query: of })).duties.map((d) => [d.unitRule, d.unit?.en])).toEqual([
    ['{district}-sanitation', 'Dongcheng Sanitation'],
  ])
  await asAdmin(setDuty, { body: { ...body, unitRules: [] } })
  expect((await asOfficer(readClass, { query: of })).duties.map((d) => d.unitRule)).toEqual(['street'])
  const { rows } = await sql<{
    n: number
  }>`select count(*)::int as n from rulebook.duty where code_prefix = '0405' and until is not null`.execute(db)
  expect(rows[0]?.n).toBe(1)
})
