import { sql } from '@pentad/platform/db'
import { testDatabase } from '@pentad/platform/testing'
import { describe, expect, test } from 'vitest'
import { articleAt, articleCited } from '../lookup.ts'
import {
  calendarBy,
  classBy,
  classesInForce,
  discretionAt,
  dutiesFor,
  standardById,
  standardsOf,
} from '../queries/index.ts'
import { type Files, layPack, readPack, said } from '../testing.ts'

const files: Files = {
  'rulebook/schemes.csv': `id,version,name_zh,name_en,publisher,valid_from,valid_to,in_force
town,2026,某市分类,Town classes,某市,2026-01-01,,yes
old,2007,旧分类,Old classes,部,2007-01-01,2025-12-31,no
line,1,热线,Hotline,某市,,,no
`,
  'rulebook/classes.csv': `scheme,version,kind,code,parent_code,name_zh,name_en,words_zh,words_en,extension
town,2026,event,04,,街面秩序,Street order,,,
town,2026,event,0405,04,店外经营,Trading outside shop,占道摆货|出店,spilling out,
town,2026,event,0406,04,占道经营,Trading on road,,,city
`,
  'rulebook/classes-old.csv': `scheme,version,kind,code,parent_code,name_zh
old,2007,event,05,,街面秩序
old,2007,event,0504,05,店外经营
line,1,service,shops,,商铺
`,
  'rulebook/mappings.csv': `from_scheme,from_version,from_kind,from_code,to_scheme,to_version,to_kind,to_code,exactness
old,2007,event,0504,town,2026,event,0405,exact
line,1,service,shops,town,2026,event,0405,narrower
`,
  'rulebook/standards.csv': `scheme,kind,code,seq,filing_zh,filing_en,closing_zh,closing_en,limit_value,limit_unit,evidence,laws
town,event,0405,1,货物出门,Goods outside,收回,Withdrawn,2,URGENT_HOUR,photo_before|photo_after,look#2
town,event,0405,2,桌椅出门,Tables outside,收回,Withdrawn,4,WORK_HOUR,photo_before,
`,
  'organisation/duties.csv': `class_kind,class_code,unit_rule
event,04,street
event,0405,{district}-enforcement
`,
  'rulebook/calendar.yaml': `version: 2026-1
periods:
  - { from: "08:00", to: "12:00" }
  - { from: "14:00", to: "18:00" }
years:
  - year: 2026
    holidays:
      - { from: 2026-10-01, to: 2026-10-07 }
    workdays: [2026-10-10]
`,
  'laws/index.csv': `id,title_zh,title_en,level,scope,domain,version_date,in_force_from,in_force_to,file,summary
look,某市市容条例,Town Appearance Regulation,local_regulation,某市,市容,2021-09-24,,,look.md,
look,某市市容条例,Town Appearance Regulation,local_regulation,某市,市容,2002-01-01,2002-03-01,2021-09-23,look-2002.md,
`,
  'laws/look.md':
    '# 某市市容条例\n\n## 第一章 总则\n\n第一条 为了市容。\n\n第二条 不得店外经营。\n\n违反的,罚款三百元以上三千元以下。\n',
  'laws/look-2002.md': '# 某市市容条例\n\n第一条 旧文。\n\n第二条 不得出店。\n',
  'laws/powers.csv': `id,name_zh,name_en,kind,subject_unit,basis
P1,市容处罚,Appearance penalties,penalty,street,look#2
`,
  'laws/causes.csv': `id,power_id,name_zh,name_en,violates,punishes,class,measures,fine_from_fen,fine_to_fen
C1,P1,店外经营,Trading outside shop,look#2.1,look#2.2,event:0405|old/2007/event:0504,order|fine,30000,300000
`,
  'laws/discretion.csv': `cause_id,step,circumstances_zh,circumstances_en,fine_from_fen,fine_to_fen,other_zh,other_en
C1,C01,首次且当场改正,First time and put right at once,,,不予处罚,No penalty
C1,C02,首次,First time,30000,90000,,
C1,B01,再次,Again,90000,200000,,
C1,A01,拒不改正,Refuses,200000,300000,,
`,
  'laws/checklists.csv': `checklist,title_zh,title_en,seq,item_zh,item_en,basis,cause_id,photo,severity
shop,商铺检查,Shop check,1,货物是否出门,Are goods outside,look#2,C1,yes,ordinary
`,
}
const changed = (change: Record<string, (text: string) => string>): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, change[path]?.(text) ?? text]))
const faultsWith = async (path: string, change: (text: string) => string): Promise<string[]> =>
  said((await readPack(changed({ [path]: change }))).faults)
const adding = (line: string) => (text: string) => `${text}${line}\n`

describe('reading', () => {
  test('[ONE-06] a whole rulebook reads without a fault', async () => {
    expect(said((await readPack(files)).faults)).toEqual([])
  })

  test.each([
    [
      'a code stands twice',
      'rulebook/classes.csv',
      adding('town,2026,event,0405,04,又一个,x,,,'),
      ':5 pack/rulebook-twice',
    ],
    ['a parent is missing', 'rulebook/classes.csv', adding('town,2026,event,0901,09,无父,x,,,'), ':5 pack/no-parent'],
    [
      'a minor class is of another major',
      'rulebook/classes.csv',
      adding('town,2026,event,0501,04,错,x,,,'),
      ':5 pack/class-parent',
    ],
    [
      'a class is of no scheme',
      'rulebook/classes.csv',
      adding('town,2027,event,04,,错,x,,,'),
      ':5 pack/unknown-scheme',
    ],
    [
      'two schemes are in force',
      'rulebook/schemes.csv',
      (t: string) => t.replace(',no\nline', ',yes\nline'),
      ':- pack/one-scheme-in-force',
    ],
    [
      'a limit has an unknown unit',
      'rulebook/standards.csv',
      (t: string) => t.replace('WORK_HOUR', 'MOON'),
      ':3 pack/not-one-of',
    ],
    [
      'a standard is of an unknown class',
      'rulebook/standards.csv',
      (t: string) => t.replace('0405,2', '0499,1'),
      ':3 pack/standard-of-unknown-class',
    ],
    [
      'a standard cites a missing article',
      'rulebook/standards.csv',
      (t: string) => t.replace('look#2', 'look#9'),
      ':2 pack/unknown-article',
    ],
    [
      'a standard is left out of the numbering',
      'rulebook/standards.csv',
      (t: string) => t.replace('0405,2', '0405,3'),
      ':3 pack/standard-gap',
    ],
    [
      'a mapping leads nowhere',
      'rulebook/mappings.csv',
      (t: string) => t.replace('event,0405,exact', 'event,0499,exact'),
      ':2 pack/mapping-nowhere',
    ],
    [
      'a duty is of an unknown class',
      'organisation/duties.csv',
      adding('event,0777,street'),
      ':4 pack/duty-of-unknown-class',
    ],
    [
      'a holiday stands twice',
      'rulebook/calendar.yaml',
      (t: string) => t.replace('    workdays', '      - { from: 2026-10-07, to: 2026-10-08 }\n    workdays'),
      ':9 pack/day-twice',
    ],
    [
      'a working day is in the week',
      'rulebook/calendar.yaml',
      (t: string) => t.replace('2026-10-10]', '2026-10-12]'),
      ':9 pack/workday-in-week',
    ],
    [
      'a working day is a holiday',
      'rulebook/calendar.yaml',
      (t: string) => t.replace('2026-10-10]', '2026-10-03]'),
      ':9 pack/workday-in-holiday',
    ],
    [
      'periods overlap',
      'rulebook/calendar.yaml',
      (t: string) => t.replace('14:00', '11:00'),
      ':4 pack/periods-overlap',
    ],
    [
      'the calendar is no YAML',
      'rulebook/calendar.yaml',
      (t: string) => t.replace('years:', 'years: ]'),
      'pack/not-yaml',
    ],
    ['an article stands twice', 'laws/look.md', adding('第二条 又一次。'), ':10 pack/article-twice'],
    [
      'a text is listed and missing',
      'laws/index.csv',
      (t: string) => t.replace(',look.md', ',gone.md'),
      ':2 pack/no-law-text',
    ],
    [
      'a power cites an unknown law',
      'laws/powers.csv',
      (t: string) => t.replace('look#2', 'none#2'),
      ':2 pack/unknown-law',
    ],
    [
      'a cause cites a missing article',
      'laws/causes.csv',
      (t: string) => t.replace('look#2.2', 'look#7'),
      ':2 pack/unknown-article',
    ],
    [
      'a cause is of an unknown class',
      'laws/causes.csv',
      (t: string) => t.replace('event:0405', 'event:0777'),
      ':2 pack/cause-of-unknown-class',
    ],
    [
      'a basis cannot be read',
      'laws/causes.csv',
      (t: string) => t.replace('look#2.2', 'article two'),
      ':2 pack/not-a-basis',
    ],
    [
      'a fine is outside the law',
      'laws/discretion.csv',
      (t: string) => t.replace('200000,300000', '200000,400000'),
      ':5 pack/fine-outside-law',
    ],
    [
      'a fine is turned',
      'laws/discretion.csv',
      (t: string) => t.replace('90000,200000', '200000,90000'),
      ':4 pack/fine-turned',
    ],
    [
      'fines leave a gap',
      'laws/discretion.csv',
      (t: string) => t.replace('90000,200000', '95000,200000'),
      ':4 pack/fine-gap',
    ],
    ['a step is missing', 'laws/discretion.csv', (t: string) => t.replace('C1,B01', 'C1,B02'), ':4 pack/step-gap'],
    [
      'an item leads to an unknown cause',
      'laws/checklists.csv',
      (t: string) => t.replace(',C1,', ',C9,'),
      ':2 pack/unknown-cause',
    ],
  ])('[DUM-17] it is named with file and line when %s', async (_, path, change, fault) => {
    expect(await faultsWith(path, change)).toContainEqual(expect.stringMatching(new RegExp(`${fault}$`)))
  })
})

describe('laying', async () => {
  const { db } = await testDatabase()
  const first = new Date('2026-01-02T00:00:00Z')
  const later = new Date('2026-03-01T00:00:00Z')

  test('[ONE-06] a rulebook is laid, and the same again changes nothing', async () => {
    const counts = await layPack(db, await readPack(files), first)
    expect(counts.classes).toEqual({ added: 6, changed: 0, retired: 0, same: 0 })
    expect(counts.laws).toEqual({ added: 2, changed: 0, retired: 0, same: 0 })
    const again = await layPack(db, await readPack(files), later)
    expect(Object.values(again).every((c) => c.added + c.changed + c.retired === 0)).toBe(true)
    expect((await classesInForce(db)).map((c) => `${c.kind}:${c.code}`)).toEqual([
      'event:04',
      'event:0405',
      'event:0406',
    ])
    expect((await dutiesFor(db, 'event', '0405')).map((d) => d.unitRule)).toEqual(['{district}-enforcement', 'street'])
  })

  test('[DUM-17] a standard that changes stands anew, and the one that old cases bear keeps its words', async () => {
    const next = changed({ 'rulebook/standards.csv': (t) => t.replace('货物出门', '货物出门一米') })
    expect((await layPack(db, await readPack(next), later)).standards).toEqual({
      added: 0,
      changed: 1,
      retired: 0,
      same: 1,
    })
    expect((await standardById(db, 'town:2026:event:0405:1'))?.filingZh).toBe('货物出门')
    expect((await standardsOf(db, 'event', '0405')).map((s) => [s.id, s.filingZh])).toEqual([
      ['town:2026:event:0405:1@2', '货物出门一米'],
      ['town:2026:event:0405:2', '桌椅出门'],
    ])
  })

  test('[ONE-06] a class no longer listed ends and can still be read; its name before a correction is kept', async () => {
    const next = changed({
      'rulebook/classes.csv': (t) => t.replace(/town,2026,event,0406.*\n/, '').replace('店外经营', '店外经营(更正)'),
    })
    expect((await layPack(db, await readPack(next), later)).classes).toEqual({
      added: 0,
      changed: 1,
      retired: 1,
      same: 4,
    })
    expect((await classesInForce(db)).some((c) => c.code === '0406')).toBe(false)
    const gone = await classBy(db, { scheme: 'town', version: '2026', kind: 'event', code: '0406' })
    expect([gone?.nameZh, gone?.endedAt]).toEqual(['占道经营', later])
    const { rows } = await sql<{
      name_zh: string
    }>`select name_zh from rulebook.class_past where code = '0405'`.execute(db)
    expect(rows.map((r) => r.name_zh)).toEqual(['店外经营'])
  })

  test('[FRM-10] the steps of discretion of an earlier day can be asked for', async () => {
    const next = changed({
      'laws/discretion.csv': (t) => t.replace('首次,First time,30000', '头一次,First time,30000'),
    })
    await layPack(db, await readPack(next), later)
    const circumstances = async (at: Date | null) =>
      (await discretionAt(db, at)).find((s) => s.step === 'C02')?.circumstancesZh
    expect([await circumstances(new Date('2026-02-01T00:00:00Z')), await circumstances(null)]).toEqual([
      '首次',
      '头一次',
    ])
  })

  test('[DUM-17] an article is the one in force on the day, and a citation in words finds it', async () => {
    expect((await articleAt(db, { law: 'look', no: 2, sub: 0 }, '2020-05-01'))?.text).toBe('不得出店。')
    const found = await articleCited(db, '依据《某市市容条例》第二条第二款', '2026-05-01')
    expect([found?.versionDate, found?.words]).toEqual(['2021-09-24', '违反的,罚款三百元以上三千元以下。'])
    expect(await articleAt(db, { law: 'look', no: 2, sub: 0 }, '2001-01-01')).toBeUndefined()
  })

  test('a calendar of the same version and other days stands under a name of its own, for cases were reckoned by the first', async () => {
    const next = changed({ 'rulebook/calendar.yaml': (t) => t.replace('2026-10-10]', '2026-10-11]') })
    await layPack(db, await readPack(next), later)
    const inForce = await calendarBy(db, null)
    expect([inForce?.version, [...(inForce?.shiftedWorkdays ?? [])]]).toEqual(['2026-1.r2', ['2026-10-11']])
    expect([...((await calendarBy(db, '2026-1'))?.shiftedWorkdays ?? [])]).toEqual(['2026-10-10'])
  })
})
