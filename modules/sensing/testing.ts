/** For tests: a city with one noise monitor and one vehicle in district A, and what they say. */
import { loadCity } from '@pentad/geography'
import { putUnit } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { toDegrees } from '@pentad/platform/geo'
import { loadDevices } from './devices.ts'
import type { ObservationIn } from './ingest/index.ts'

/** South-west corners of the cells, in Gauss–Krüger metres; the second is district B's. */
const cells = [
  { code: '110101001001001', xM: 450_000, yM: 4_420_000 },
  { code: '110102001001001', xM: 450_100, yM: 4_420_000 },
] as const
export const cellA = cells[0].code
export const cellB = cells[1].code

/** A point inside a cell, metres from its south-west corner. */
export function pointOf(code: string, eastM = 50, northM = 50): { lon: number; lat: number } {
  const cell = cells.find((c) => c.code === code)
  if (!cell) throw new Error(`no cell ${code}`)
  const [lon, lat] = toDegrees(cell.xM + eastM, cell.yM + northM)
  return { lon, lat }
}

export const monitorMn = 'TEST110101001NZ000000001'
export const vehiclePhone = '199000000001'

export async function layDevices(db: Db): Promise<void> {
  await loadDevices(db, [
    {
      kind: 'noise_monitor',
      address: monitorMn,
      nameZh: '试验工地',
      nameEn: 'Test site',
      label: '试验路1号',
      unitId: 'a-street',
      nightPermit: false,
      ...pointOf(cellA),
    },
    {
      kind: 'vehicle',
      address: `0${vehiclePhone}`,
      nameZh: '执法车1',
      nameEn: 'Vehicle 1',
      label: '京A·T001',
      unitId: 'a-street',
    },
  ])
}

export async function laySensingCity(db: Db): Promise<void> {
  const area = (code: string, level: 'city' | 'district' | 'street' | 'community', parentCode: string | null) => ({
    code,
    level,
    name: code,
    parentCode,
    geometry: null,
  })
  await loadCity(db, {
    city: { nameZh: '试验市', nameEn: 'Test City', labelZh: '模拟', labelEn: 'Simulated', bounds: [116, 39, 117, 40] },
    areas: [
      area('110000', 'city', null),
      ...['110101', '110102'].flatMap((d) => [
        area(d, 'district', '110000'),
        area(`${d}001`, 'street', d),
        area(`${d}001001`, 'community', `${d}001`),
      ]),
    ],
    cells: cells.map(({ code, xM, yM }) => ({
      code,
      communityCode: code.slice(0, 12),
      ...pointOf(code),
      ring: [
        [0, 0],
        [100, 0],
        [100, 100],
        [0, 100],
        [0, 0],
      ].map(([dx = 0, dy = 0]) => toDegrees(xM + dx, yM + dy)),
    })),
    features: [],
  })
  const unit = (id: string, parentId: string | null, areaCode: string) =>
    putUnit(db, { id, parentId, nameZh: id, nameEn: id, kind: 'street_office', axis: 'disposal', areaCode })
  await unit('a-street', null, '110101001')
  await unit('b-street', null, '110102001')
  await layDevices(db)
}

/** Minute records of a monitor from an instant on. */
export const minuteRecords = (deviceId: string, from: Date, levels: readonly number[], over = 2): ObservationIn[] =>
  levels.map((level, i) => ({
    deviceId,
    factor: 'Leq',
    period: 'minute',
    observedAt: new Date(from.getTime() + i * 60_000),
    value: level,
    max: level + over,
    min: level - 5,
    flag: 'N',
  }))
