import { fileURLToPath } from 'node:url'
import { sql } from '@pentad/platform/db'
import { toDegrees } from '@pentad/platform/geo'
import { folderSource } from '@pentad/platform/pack'
import { describe, expect, test } from 'vitest'
import { locatorOf } from '../locator.ts'
import { messages } from '../messages.ts'
import { ringAreaM2, versionsOf } from './queries.ts'
import { loadParts, readParts, smallCity, testDatabase, wordsSource } from './testing.ts'

const said = async (changes: Record<string, string>) =>
  (await readParts(wordsSource({ ...smallCity, ...changes }))).faults.map((f) => {
    expect(messages['zh-CN'][f.code], f.code).toBeTruthy()
    expect(messages.en[f.code], f.code).toBeTruthy()
    return `${f.file}:${f.line ?? ''} ${f.code}`
  })
const polygons = (features: { code: string; ring: number[][]; more?: object }[]) =>
  `{"type":"FeatureCollection","features":[\n${features
    .map(({ code, ring, more }) =>
      JSON.stringify({
        type: 'Feature',
        properties: { code, ...more },
        geometry: { type: 'Polygon', coordinates: [ring] },
      }),
    )
    .join(',\n')}\n]}\n`
const at = (x: number, y: number) => [...toDegrees(450_000 + x, 4_420_000 + y)]
const square = (x: number, y: number, side = 100) => [
  at(x, y),
  at(x + side, y),
  at(x + side, y + side),
  at(x, y + side),
  at(x, y),
]

describe('what is wrong in the files of a pack is said with file and line', () => {
  test('areas: a code of the wrong length, twice, or below a parent that is none [DUM-08]', async () => {
    const areas = smallCity['areas/areas.csv']
    expect(
      await said({
        'areas/areas.csv': `${areas}1101010021,community,短,110101002\n110101001,street,又,110101\n110102001,street,远,110101\n`,
      }),
    ).toEqual([
      'areas/areas.csv:8 pack/area-code',
      'areas/areas.csv:9 pack/area-twice',
      'areas/areas.csv:10 pack/area-parent',
    ])
  })

  test('outlines: of no area, twice, or crossed like a bow tie [DUM-08]', async () => {
    const tie = [at(0, 0), at(100, 100), at(100, 0), at(0, 100), at(0, 0)]
    const outlines = polygons([
      { code: '110199', ring: square(0, 0) },
      { code: '110101001', ring: square(0, 0, 200) },
      { code: '110101001', ring: square(0, 0, 200) },
      { code: '110101002', ring: tie },
    ])
    expect(await said({ 'areas/streets.geojson': outlines })).toEqual([
      'areas/streets.geojson:2 pack/outline-unknown',
      'areas/streets.geojson:4 pack/outline-twice',
      'areas/streets.geojson:5 pack/bow-tie',
    ])
  })

  test('cells: of another community than their code, twice, overlapping, or elsewhere [DUM-08]', async () => {
    const cells = smallCity['areas/cells.csv']
    expect(
      await said({
        'areas/cells.csv': `${cells}110101001001003,110101002001,450300,4420000
110101001001002,110101001001,450400,4420000
110101002001002,110101002001,450250,4420000
110101009001001,110101009001,450600,4420000
`,
      }),
    ).toEqual([
      'areas/cells.csv:5 pack/cell-community',
      'areas/cells.csv:6 pack/cell-twice',
      'areas/cells.csv:8 pack/no-community',
      'areas/cells.csv:4 pack/cell-overlap',
      'areas/cells.csv:5 pack/cell-overlap',
    ])
    const swapped = polygons([
      { code: '110101001', ring: square(0, 0, 200) },
      { code: '110101002', ring: square(200, 0, 200) },
    ])
    expect(
      await said({
        'areas/streets.geojson': swapped,
        'areas/cells.csv': cells.replace('110101002001001,110101002001', '110101001001003,110101001001'),
      }),
    ).toEqual(['areas/cells.csv:4 pack/cell-elsewhere'])
  })

  test('polygons: with a hole, open, or the wrong way round [DUM-08]', async () => {
    const [, ...rest] = square(0, 0)
    const files = {
      'areas/cells.geojson': polygons([
        { code: '110101001001001', ring: square(0, 0) },
        { code: '110101001001002', ring: square(100, 0).toReversed() },
        { code: '110101001001003', ring: rest },
      ]),
    }
    const { 'areas/cells.csv': _, ...bare } = smallCity
    const { faults } = await readParts(wordsSource({ ...bare, ...files }))
    expect(faults.map((f) => `${f.line} ${f.code}`)).toEqual(['3 pack/ring-clockwise', '4 pack/ring-open'])
  })

  test('squares need the frame of their metres [DUM-08]', async () => {
    expect(await said({ 'pack.yaml': 'id: test\nepsg: 4326\n' })).toContain('pack.yaml: pack/epsg')
  })

  test('special grids: a cell in two grids of one scheme, or a cell that is none [FRM-08]', async () => {
    expect(
      await said({
        'grids/special-grids.csv': `scheme,code,name_zh,cells
公安警务网格,P1,一片区,110101001
公安警务网格,P2,二片区,110101002|110101001001002
社会服务网格,S1,服务一,110101
社会服务网格,S2,服务二,110103001
`,
      }),
    ).toEqual(['grids/special-grids.csv:3 pack/cell-in-two-grids', 'grids/special-grids.csv:5 pack/grid-cell-unknown'])
  })

  test('duty grids: not one piece, without a holder, or two at one time [DUM-08]', async () => {
    const head = 'code,name_zh,cells,logins,unit_id,valid_from,valid_to\n'
    expect(
      await said({
        'grids/duty-grids.csv': `${head}110101001G001,东,110101001001001|110101002001001,wang,,2026-01-01,
110101001G002,东,110101001001001|110101001001002|110101002001001,,,2026-01-01,
110101001G003,东,110101001,wang,,2026-01-01,2026-06-30
110101001G003,东,110101001,li,,2026-06-30,
G4,东,110101001,li,,2026-07-01,
`,
      }),
    ).toEqual([
      'grids/duty-grids.csv:2 pack/duty-not-adjacent',
      'grids/duty-grids.csv:3 pack/duty-holder',
      'grids/duty-grids.csv:5 pack/duty-overlap',
      'grids/duty-grids.csv:6 pack/duty-code',
    ])
  })

  test('cells can be made only where there are outlines [DUM-08] [ONE-06]', async () => {
    const { 'areas/cells.csv': _, ...bare } = smallCity
    const { faults } = await readParts(wordsSource({ ...bare, 'pack.yaml': 'epsg: 4548\ncells: generate\n' }))
    expect(faults.map((f) => `${f.line} ${f.code} ${f.details.community}`)).toEqual([
      '6 pack/generate-no-outline 110101001001',
      '7 pack/generate-no-outline 110101002001',
    ])
  })
})

describe('a pack is laid as the difference', async () => {
  const { pool, db } = await testDatabase()
  const day = (d: string) => new Date(`${d}T00:00:00Z`)
  const load = async (files: Record<string, string>, when: string) => {
    const { changes, faults } = await loadParts(pool, wordsSource({ ...smallCity, ...files }), day(when))
    expect(faults).toEqual([])
    return changes
  }
  const placed = async (x: number, y: number) => {
    const [lon = 0, lat = 0] = at(x, y)
    return (await locatorOf(db)).placeOf({ lon, lat })
  }
  const special = (second: string) => ({
    'grids/special-grids.csv': `scheme,code,name_zh,cells\n公安警务网格,P1,一片区,110101001\n公安警务网格,P2,二片区,${second}\n`,
  })

  test('into an empty database all is added, and a second time nothing changes [DUM-08] [FRM-08] [ONE-06]', async () => {
    const first = await load(special('110101002'), '2026-01-01')
    expect([first.areas?.added, first.cells?.added, first['special-grids']?.added]).toEqual([6, 3, 2])
    expect(await placed(150, 50)).toMatchObject({ cell: '110101001001002', street: '110101001' })
    const [version] = await versionsOf(db, '110101001001001')
    expect([version?.validFrom, version?.areaM2]).toEqual([null, 10_000])
    const again = await load(special('110101002'), '2026-01-02')
    const none = { added: 0, changed: 0, retired: 0 }
    expect(again).toMatchObject({ areas: none, cells: none, 'special-grids': none })
    expect(await versionsOf(db, '110101001001001')).toHaveLength(1)
  })

  test('what is gone ends, what takes its ground is named, and the retired code goes to no other ground [DUM-08]', async () => {
    const cells = smallCity['areas/cells.csv']
    const split = cells.replace('110101002001001,110101002001,450200,4420000\n', '')
    const halves = polygons([
      {
        code: '110101002001002',
        ring: [at(200, 0), at(250, 0), at(250, 100), at(200, 100), at(200, 0)],
        more: { grade: '一级' },
      },
      { code: '110101002001003', ring: [at(250, 0), at(300, 0), at(300, 100), at(250, 100), at(250, 0)] },
    ])
    const files = { 'areas/cells.csv': split, 'areas/cells.geojson': halves, ...special('110101002') }
    expect((await load(files, '2026-02-01')).cells).toEqual({ added: 2, changed: 0, retired: 1, same: 2 })
    const [old] = await versionsOf(db, '110101002001001')
    expect(old).toMatchObject({ ending: 'pack', replacedBy: ['110101002001002', '110101002001003'] })
    expect(old?.validTo?.toISOString()).toBe('2026-02-01T00:00:00.000Z')
    expect(await placed(260, 50)).toMatchObject({ cell: '110101002001003' })
    // The new cells stand in the special grid of the old one; it was not in need of a change.
    const { rows } = await sql<{ cell: string }>`select cell_code as cell from geography.api_special_grid_cell
      where grid_code = 'P2' and valid_to is null order by 1`.execute(db)
    expect(rows.map((r) => r.cell)).toEqual(['110101002001002', '110101002001003'])
    const elsewhere = `${split}110101002001001,110101002001,450300,4420000\n`
    await expect(load({ ...files, 'areas/cells.csv': elsewhere }, '2026-02-02')).rejects.toThrow(
      'geography/code-retired',
    )
    // The same ground may have its code again.
    expect((await load(special('110101002'), '2026-03-01')).cells).toEqual({
      added: 1,
      changed: 0,
      retired: 2,
      same: 2,
    })
  })

  test('attributes that the pack leaves unsaid stay; those it says become a new version [ONE-06]', async () => {
    await sql`update geography.cell_version set note = '老城' where valid_to is null and code = '110101001001001'`.execute(
      db,
    )
    const { 'areas/cells.csv': _, ...bare } = smallCity
    const features = [0, 100].map((x, i) => ({
      code: `11010100100100${i + 1}`,
      ring: square(x, 0),
      more: { grade: '一级' },
    }))
    const more = { code: '110101002001001', ring: square(200, 0), more: {} }
    const files = { ...bare, 'areas/cells.geojson': polygons([...features, more]) }
    const { changes } = await loadParts(pool, wordsSource(files), day('2026-04-01'))
    expect(changes.cells).toEqual({ added: 0, changed: 2, retired: 0, same: 1 })
    expect((await versionsOf(db, '110101001001001')).map((v) => [v.grade, v.note])).toEqual([
      [null, '老城'],
      ['一级', '老城'],
    ])
  })

  test('an area that leaves the pack with its cells ends with them; alone it cannot [DUM-08]', async () => {
    const areas = smallCity['areas/areas.csv'].replace(/110101002(001,community|,street).*\n/g, '')
    await expect(load({ 'areas/areas.csv': areas, 'areas/cells.csv': '' }, '2026-05-01')).rejects.toThrow()
    const cells = smallCity['areas/cells.csv'].replace(/^110101002.*\n/m, '')
    const changes = await load({ 'areas/areas.csv': areas, 'areas/cells.csv': cells }, '2026-05-01')
    expect([changes.areas?.retired, changes.cells?.retired]).toEqual([2, 1])
    const { rows } = await sql<{
      code: string
    }>`select code from geography.api_area where valid_to is not null order by 1`.execute(db)
    expect(rows.map((r) => r.code)).toEqual(['110101002', '110101002001'])
    expect((await locatorOf(db)).nameOf('110101002')).toBe('西街')
  })
})

describe('the demo city', async () => {
  const { pool, db } = await testDatabase()
  const whole = await folderSource(fileURLToPath(new URL('../../../packs/beijing-demo', import.meta.url)))
  // Duty grids need the people of other parts; the demo's start lays them all.
  const source = { ...whole, paths: whole.paths.filter((path) => !path.startsWith('grids/')) }

  test('its files pass every check, are laid within seconds, and each point lies in one cell [DUM-08] [ONE-06]', async () => {
    const { changes, faults } = await loadParts(pool, source, new Date())
    expect(faults).toEqual([])
    expect(changes.cells).toEqual({ added: 9225, changed: 0, retired: 0, same: 0 })
    const { placeOf } = await locatorOf(db)
    const { rows } = await sql<{ code: string; lon: number; lat: number; ring: [number, number][]; areaM2: number }>`
      select code, lon, lat, ring, area_m2 as "areaM2" from geography.cell_version where valid_to is null`.execute(db)
    expect(rows.filter((r) => (placeOf(r) as { cell?: string }).cell !== r.code)).toEqual([])
    expect(Math.max(...rows.map((r) => Math.abs(r.areaM2 - 10_000)))).toBeLessThan(0.2)
    const again = await loadParts(pool, source, new Date())
    expect(again.changes.cells).toEqual({ added: 0, changed: 0, retired: 0, same: 9225 })
  }, 120_000)

  test('ground of a city laid before has the same size by the migration as by us [DUM-08]', async () => {
    const { rows } = await sql<{ ring: [number, number][]; size: number }>`
      select ring, geography.ring_area_m2(ring) as size from geography.cell limit 50`.execute(db)
    expect(Math.max(...rows.map((r) => Math.abs(r.size - ringAreaM2(r.ring))))).toBeLessThan(0.3)
  })
})

describe('a pack of one district beside another', async () => {
  const { pool, db } = await testDatabase()
  const district = (x: number) => ({
    'pack.yaml': 'epsg: 4548\n',
    'areas/areas.csv': `code,level,name,parent_code
110000,city,另一名,
110102,district,乙区,110000
110102001,street,南街,110102
110102001001,community,南一社区,110102001
`,
    'areas/cells.csv': `code,community_code,x_m,y_m\n110102001001001,110102001001,${450_000 + x},4420000\n`,
  })

  test('ends nothing there, renames nothing above it, and lays no ground over the other’s [DUM-08]', async () => {
    await loadParts(pool, wordsSource(smallCity), new Date())
    const own = ['110102']
    await expect(loadParts(pool, wordsSource(district(250)), new Date(), own)).rejects.toThrow(
      'geography/cells-overlap',
    )
    const { changes } = await loadParts(pool, wordsSource(district(300)), new Date(), own)
    expect(changes.cells).toEqual({ added: 1, changed: 0, retired: 0, same: 0 })
    expect(changes.areas).toEqual({ added: 3, changed: 0, retired: 0, same: 1 })
    expect((await locatorOf(db)).nameOf('110000')).toBe('试验市')
  })

  test('what it brings for other ground is a fault with its line [DUM-08] [ONE-09]', async () => {
    const files = {
      ...district(300),
      'pack.yaml': "epsg: 4548\ncovers: ['110102001']\n",
    }
    const stray = {
      'areas/areas.csv': `${files['areas/areas.csv']}110102002,street,北街,110102\n`,
      'areas/cells.csv': `${files['areas/cells.csv']}110102002001001,110102002001,451000,4420000\n`,
    }
    expect((await readParts(wordsSource(files))).faults).toEqual([])
    const { faults } = await readParts(wordsSource({ ...files, ...stray }))
    expect(faults.filter((f) => f.code === 'pack/not-covered').map((f) => `${f.file}:${f.line}`)).toEqual([
      'areas/areas.csv:6',
      'areas/cells.csv:3',
    ])
  })
})

test('a city with outlines and without cells gets them, once [DUM-08] [ONE-06]', async () => {
  const { pool, db } = await testDatabase()
  const { 'areas/cells.csv': _, ...bare } = smallCity
  const outlines = polygons([
    { code: '110101001', ring: square(0, 0, 520) },
    { code: '110101002001', ring: [at(520, 0), at(1000, 80), at(900, 520), at(520, 520), at(520, 0)] },
  ])
  const files = { ...bare, 'pack.yaml': 'epsg: 4548\ncells: generate\n', 'areas/outlines.geojson': outlines }
  const { changes, faults } = await loadParts(pool, wordsSource(files), new Date())
  expect(faults).toEqual([])
  expect(changes.cells?.added).toBeGreaterThan(35)
  const { placeOf } = await locatorOf(db)
  for (const [x, y] of [
    [10, 10],
    [519.9, 300],
    [520.1, 300],
    [890, 400],
  ] as const) {
    const [lon = 0, lat = 0] = at(x, y)
    expect(placeOf({ lon, lat })).toMatchObject({ street: x < 520 ? '110101001' : '110101002' })
  }
  await sql`update geography.cell_version set note = 'ours' where code = '110101001001001'`.execute(db)
  const again = await loadParts(pool, wordsSource(files), new Date())
  expect(again.changes.cells).toMatchObject({ added: 0, changed: 0, retired: 0 })
})
