/** A small city for tests: two districts, four cells, one class with a standard, units of all axes and one of each post. */
import { loadCity } from '@pentad/geography'
import { putUnit } from '@pentad/identity'
import { permissionsOf, type Role } from '@pentad/identity/model'
import type { Db } from '@pentad/platform/db'
import { sql } from '@pentad/platform/db'
import { toDegrees } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import type { Actor } from '@pentad/platform/rights'
import { loadRulebook, standardId } from '@pentad/rulebook'

/** South-west corners of the cells, in Gauss–Krüger metres. */
const cells = [
  { code: '110101001001001', xM: 450_000, yM: 4_420_000 },
  { code: '110101001001002', xM: 450_100, yM: 4_420_000 },
  { code: '110101002001001', xM: 450_200, yM: 4_420_000 },
  { code: '110102001001001', xM: 450_300, yM: 4_420_000 },
] as const

const ringOf = (xM: number, yM: number) =>
  [
    [0, 0],
    [100, 0],
    [100, 100],
    [0, 100],
    [0, 0],
  ].map(([dx = 0, dy = 0]) => toDegrees(xM + dx, yM + dy))

/** The middle of a cell, in degrees. */
export function pointIn(code: string): { lon: number; lat: number } {
  const cell = cells.find((c) => c.code === code)
  if (!cell) throw new Error(`no cell ${code}`)
  const [lon, lat] = toDegrees(cell.xM + 50, cell.yM + 50)
  return { lon, lat }
}
export const insideCell = cells[0].code
export const outsideCell = cells[3].code

export const rubble = { kind: 'event', classCode: '0111' } as const
export const rubbleStandard = standardId('GBT30428.2', '2013', { kind: 'event', code: '0111', seq: 1 })

export async function layTestCity(db: Db): Promise<void> {
  const name = { nameZh: '试验市', nameEn: 'Test City' }
  const area = (code: string, level: 'city' | 'district' | 'street' | 'community', parentCode: string | null) => ({
    code,
    level,
    name: `${level}${code}`,
    parentCode,
    geometry: null,
  })
  await loadCity(db, {
    city: { ...name, labelZh: '模拟数据', labelEn: 'Simulated', bounds: [116, 39, 117, 40] },
    areas: [
      area('110000', 'city', null),
      area('110101', 'district', '110000'),
      area('110102', 'district', '110000'),
      area('110101001', 'street', '110101'),
      area('110101002', 'street', '110101'),
      area('110102001', 'street', '110102'),
      area('110101001001', 'community', '110101001'),
      area('110101002001', 'community', '110101002'),
      area('110102001001', 'community', '110102001'),
    ],
    cells: cells.map(({ code, xM, yM }) => ({
      code,
      communityCode: code.slice(0, 12),
      ...pointIn(code),
      ring: ringOf(xM, yM),
    })),
    features: [],
  })
  const unit = (
    id: string,
    parentId: string | null,
    kind: string,
    axis: 'supervision' | 'command' | 'disposal' | 'none',
    areaCode: string,
  ) => putUnit(db, { id, parentId, nameZh: id, nameEn: id, kind, axis, areaCode })
  await unit('city', null, 'city_bureau', 'none', '110000')
  await unit('a', 'city', 'district', 'none', '110101')
  await unit('b', 'city', 'district', 'none', '110102')
  await unit('a-sup', 'a', 'supervision_centre', 'supervision', '110101')
  await unit('a-cmd', 'a', 'command_centre', 'command', '110101')
  await unit('a-street', 'a', 'street_office', 'disposal', '110101001')
  await unit('b-street', 'b', 'street_office', 'disposal', '110102001')
  const cls = (code: string, parentCode: string | null, nameZh: string, words: string[]) => ({
    kind: 'event' as const,
    code,
    parentCode,
    nameZh,
    nameEn: nameZh,
    words,
    extension: false,
  })
  const std = (code: string, limitValue: number, limitUnit: 'WORK_HOUR' | 'URGENT_HOUR' | 'WORK_DAY') => ({
    kind: 'event' as const,
    code,
    seq: 1,
    filingZh: '有',
    filingEn: 'There is',
    closingZh: '无',
    closingEn: 'There is none',
    limitValue,
    limitUnit,
  })
  await loadRulebook(db, {
    scheme: 'GBT30428.2',
    version: '2013',
    classes: [
      cls('01', null, '市容环境', []),
      cls('0111', '01', '积存垃圾渣土', ['渣土', '建筑垃圾']),
      cls('03', null, '施工管理', []),
      cls('0301', '03', '施工扰民', ['施工噪声']),
    ],
    standards: [std('0111', 2, 'WORK_HOUR'), std('0301', 2, 'URGENT_HOUR')],
    calendar: {
      version: 'test',
      seasons: [
        {
          from: '01-01',
          to: '12-31',
          periods: [
            [8 * 3600, 12 * 3600],
            [14 * 3600, 18 * 3600],
          ],
        },
      ],
      holidays: new Set(),
      shiftedWorkdays: new Set(),
    },
    duties: [{ kind: 'event', codePrefix: '01', unitRule: 'street' }],
  })
}

/** A person of a post, in the database (so that trails can name them) and as the actor they are. */
export async function personOf(
  db: Db,
  role: Role,
  unitId: string,
  areas: string[],
  units: string[] = [unitId],
): Promise<Actor> {
  const id = newId()
  await sql`insert into identity.person (id, login, name_zh, name_en, password) values (${id}, ${`${role}-${id}`}, ${`张${role}`}, ${role}, 'none')`.execute(
    db,
  )
  await sql`insert into identity.membership (id, person_id, unit_id, role, area_codes, valid_from)
    values (${newId()}, ${id}, ${unitId}, ${role}, ${areas}, '2000-01-01')`.execute(db)
  return { id, name: `张${role}`, grants: [{ role, unitId, areas, units, may: permissionsOf[role] }] }
}
