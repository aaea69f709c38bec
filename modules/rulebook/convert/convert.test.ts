import { readDivisions } from '@pentad/geography'
import { expect, test } from 'vitest'
import { readPack, said } from '../testing.ts'
import { readLawFolder, readStandardsTable } from './index.ts'
import { readLimit } from './standards.ts'

const filesOf = (converted: { files: { path: string; text: string }[] }) =>
  Object.fromEntries(converted.files.map((f) => [f.path, f.text]))

const events = `kind,kind_code,major_code,major_name,minor_code,minor_name,filing_condition,closing_condition,time_limit,limit_value,limit_unit,handling_unit,competent_dept
部件,01,01,公用设施,01,水井盖,"盖子不见了，危险",补上,2紧急工作时,2,紧急工作时,某中心,某局
部件,01,01,公用设施,01,水井盖,响,不响,2天,2,天,某中心,某局
事件,02,04,街面秩序,05,店外经营,有货,收回,1紧急工作时制止,1,紧急工作时,某街道,某局
事件,02,04,街面秩序,06,占道,有货,收回,马上,,,某街道,某局
`
const order = { scheme: 'town', version: '2026', inForce: true }

test('[DUM-17] a city’s table of standards becomes a pack that checks clean; a row that says no limit is named', async () => {
  const converted = readStandardsTable(events, order)
  expect(converted.counts).toEqual({ majors: 2, minors: 2, standards: 3 })
  expect(converted.left).toEqual(['line 5: no limit in “马上”'])
  expect(said((await readPack(filesOf(converted))).faults)).toEqual([])
})

test('[DUM-17] the shape with legal bases gives components, and the articles that its clauses name', async () => {
  const table = `major_code,major_name,minor_code,minor_name,filing_condition,time_limit,closing_condition,supervising_dept,responsible_unit,legal_basis,legal_clause,collection_note
01,公用设施,01,水井盖,裂,种植季节15工作日,换,某局,某中心,《某条例》,"《某条例》第二十三条，应当修好。第四十二条，罚。",拍标识
`
  const converted = readStandardsTable(table, { ...order, inForce: false })
  const text = filesOf(converted)['rulebook/standards-town-2026.csv'] ?? ''
  expect(text.split('\n')[1]).toBe(
    'town,2026,component,0101,1,裂,换,15,WORK_DAY,《某条例》第二十三条|《某条例》第四十二条,拍标识,某中心',
  )
})

test('[DUM-17] limits in words are read with their clock', () => {
  expect(
    ['2紧急工作时', '1紧急工作日', '4小时', '4工作时', '3天', '5个工作日', '30分钟', '7自然日'].map(readLimit),
  ).toEqual([
    { value: 2, unit: 'URGENT_HOUR' },
    { value: 1, unit: 'URGENT_DAY' },
    { value: 4, unit: 'WORK_HOUR' },
    { value: 4, unit: 'WORK_HOUR' },
    { value: 3, unit: 'WORK_DAY' },
    { value: 5, unit: 'WORK_DAY' },
    { value: 30, unit: 'MINUTE' },
    { value: 7, unit: 'CALENDAR_DAY' },
  ])
})

const index = `no,title,scope,level,domain,version_date,articles,chars,file,source_path
1,某某条例,国家,行政法规,其他,2020-01-01,2,30,a.md,x
2,某市办法,某市,地方性法规,其他,,1,30,b.md,x
3,没有文本,某市,地方性法规,其他,,1,30,c.md,x
`
const texts: Record<string, string> = {
  'a.md': '# 某某条例\n\n<!-- INFO END -->\n\n第一条 甲。\n\n第二条 乙。\n',
  'b.md': '# 某市办法\n\n2006年12月8日 通过\n2010年11月27日 修正\n\n<!-- INFO END -->\n\n第一条 丙。\n',
}
test('a folder of laws becomes a pack; a law without a date takes the last one of its history', async () => {
  const converted = readLawFolder({ index, textOf: (file) => texts[file] })
  expect(converted.counts).toEqual({ laws: 2, articles: 3 })
  expect(converted.left).toEqual(['index.csv line 4: no text c.md'])
  expect(converted.files.map((f) => f.path)).toEqual([
    'laws/index.csv',
    'laws/mou-mou-tiao-li-2020-01-01.md',
    'laws/mou-shi-ban-fa-2010-11-27.md',
  ])
  expect(said((await readPack(filesOf(converted))).faults)).toEqual([])
})

test('texts brought into a pack that cites the law keep its id, so that what cites it still leads there', () => {
  const before =
    'id,title_zh,title_en,level,scope,domain,version_date,in_force_from,file,summary\nmm,某某条例,Some Regulation,administrative_regulation,国家,其他,2020-01-01,2020-02-01,mm.md,yes\n'
  const [indexFile] = readLawFolder({ index, textOf: (file) => texts[file], before }).files
  expect(indexFile?.text.split('\n')[1]).toBe(
    'mm,某某条例,Some Regulation,administrative_regulation,国家,其他,2020-01-01,2020-02-01,mm-2020-01-01.md,',
  )
})

test('[DUM-08] a table of divisions becomes the area tree; one branch can be taken, an orphan is named', () => {
  const table = `code,level,name,parent_code
110000,1,北京市,
110101,2,东城区,110000
110102,2,西城区,110000
110101001000,3,某街道,110101
110101001001,4,某社区,110101001000
110109001,3,孤儿,110109
`
  const all = readDivisions(table)
  expect(all.counts).toEqual({ city: 1, district: 2, street: 1, community: 1 })
  expect(all.left).toEqual(['110109001 孤儿: its parent 110109 is not in the table'])
  expect(readDivisions(table, '110101').text).toBe(
    'code,level,name,parent_code\n110000,city,北京市,\n110101,district,东城区,110000\n110101001,street,某街道,110101\n110101001001,community,某社区,110101001\n',
  )
})
