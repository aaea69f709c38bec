import { expect, test } from 'vitest'
import { askedBox, endOf, type GridArea, tintsOf, treeRows, wayTo } from './grid.ts'

const area = (code: string, level: GridArea['level'], parentCode: string | null, cells = 1): GridArea => ({
  code,
  level,
  name: code,
  parentCode,
  cells,
  areaM2: cells * 10_000,
  bounds: null,
})
const areas = [
  area('110000', 'city', null, 3),
  area('110101', 'district', '110000', 3),
  area('110105', 'district', '110000', 0),
  area('110101001', 'street', '110101', 2),
  area('110101002', 'street', '110101', 1),
  area('110101001001', 'community', '110101001', 2),
]

test('the tree shows areas that have cells, opens on the way to the chosen one and counts faults below [DUM-08]', () => {
  const rows = treeRows(areas, new Set(wayTo('110101001')), ['110101001001004', '110101002001001'])
  expect(rows.map((r) => [r.area.code, r.depth, r.faults])).toEqual([
    ['110000', 0, 2],
    ['110101', 1, 2],
    ['110101001', 2, 1],
    ['110101001001', 3, 1],
    ['110101002', 2, 1],
  ])
  expect(treeRows(areas, new Set(), []).map((r) => r.area.code)).toEqual(['110000', '110101'])
})

test('a day before today is its end in Shanghai; today is now [DUM-08]', () => {
  const now = new Date('2026-11-22T03:00:00Z')
  expect(endOf('2026-11-21', now)).toBe('2026-11-21T15:59:59.999Z')
  expect(endOf('2026-11-22', now)).toBeUndefined()
  expect(endOf('', now)).toBeUndefined()
})

test('the box that is asked for holds the box in view and stands still while the map moves a little', () => {
  expect(askedBox([116.4012, 39.9012, 116.4188, 39.9188])).toEqual([116.4, 39.9, 116.42, 39.92])
  expect(askedBox([116.4032, 39.9032, 116.4199, 39.9199])).toEqual([116.4, 39.9, 116.42, 39.92])
})

test('neighbours in the list of communities have other tints', () => {
  expect([...tintsOf(['b', 'a', 'c', 'a']).values()]).toEqual([0, 1, 2])
})
