import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerableUnits } from './duty.ts'
import { toDegrees, toMetres } from './gauss-kruger.ts'
import { loadPack } from './index.ts'
import { insideRing } from './polygon.ts'
import { roles } from './words.ts'

const pack = loadPack()
const unique = (values: readonly string[]): boolean => new Set(values).size === values.length
const units = new Set(pack.units.map((u) => u.id))
const [west, south, east, north] = pack.manifest.bbox
const inBbox = (lon: number, lat: number): boolean => lon >= west && lon <= east && lat >= south && lat <= north

describe('areas', () => {
  test('[DUM-08] the city has 16 districts, 32 streets, 432 communities and 9,225 cells', () => {
    const count = (level: string): number => pack.areas.filter((a) => a.level === level).length
    expect([count('city'), count('district'), count('street'), count('community'), pack.cells.length]).toEqual([
      1, 16, 32, 432, 9225,
    ])
  })

  test('[DUM-08] every area and cell has a code of its own', () => {
    expect(unique(pack.areas.map((a) => a.code))).toBe(true)
    expect(unique(pack.cells.map((c) => c.code))).toBe(true)
    expect(unique(pack.cells.map((c) => `${c.xM}:${c.yM}`))).toBe(true)
  })

  test('[DUM-08] the code of an area begins with the code of its parent', () => {
    const byCode = new Map(pack.areas.map((a) => [a.code, a]))
    const strays = pack.areas.filter(({ code, level, parentCode }) => {
      if (level === 'city') return parentCode !== null
      const prefix = level === 'district' ? code.slice(0, 2).padEnd(6, '0') : parentCode
      return (
        !byCode.has(parentCode ?? '') ||
        prefix !== parentCode ||
        !code.startsWith(parentCode?.replace(/0{4}$/, '') ?? '-')
      )
    })
    expect(strays).toEqual([])
  })

  test('[DUM-08] every cell lies in its community: 15 digits that begin with the community and the street', () => {
    const communities = new Set(pack.areas.filter((a) => a.level === 'community').map((a) => a.code))
    const strays = pack.cells.filter(
      (c) =>
        !/^\d{15}$/.test(c.code) ||
        !c.code.startsWith(c.communityCode) ||
        !c.communityCode.startsWith(c.streetCode) ||
        !communities.has(c.communityCode),
    )
    expect(strays).toEqual([])
    expect(new Set(pack.cells.map((c) => c.communityCode))).toEqual(communities)
  })

  test('[DUM-08] the centre of every cell lies inside the outline of its street', () => {
    const outlines = new Map(
      pack.streets.features.map(({ properties, geometry }) => {
        const parts =
          geometry.type === 'Polygon'
            ? [geometry.coordinates]
            : geometry.type === 'MultiPolygon'
              ? geometry.coordinates
              : []
        return [properties.code, parts.map((part) => part[0] ?? [])]
      }),
    )
    const strays = pack.cells.filter(
      (c) => !outlines.get(c.streetCode)?.some((ring) => insideRing([c.lon, c.lat], ring)),
    )
    expect(strays).toEqual([])
  })

  test('[DUM-08] the centre of a cell is 50 m from its corner in the frame the pack names', () => {
    const worstM = Math.max(
      ...pack.cells.map((c) => {
        const { xM, yM } = toMetres(c.lon, c.lat)
        return Math.hypot(xM - c.xM - 50, yM - c.yM - 50)
      }),
    )
    expect(worstM).toBeLessThan(0.1)
    expect(pack.cells.every((c) => inBbox(c.lon, c.lat))).toBe(true)
  })

  test('metres and degrees turn into each other without loss', () => {
    const lon = fc.double({ min: 115.6, max: 118.4, noNaN: true })
    const lat = fc.double({ min: 39, max: 41, noNaN: true })
    fc.assert(
      fc.property(lon, lat, (lonDeg, latDeg) => {
        const { xM, yM } = toMetres(lonDeg, latDeg)
        const back = toDegrees(xM, yM)
        expect(Math.abs(back.lon - lonDeg) + Math.abs(back.lat - latDeg)).toBeLessThan(2e-9)
      }),
    )
  })
})

describe('map', () => {
  test('every feature is marked as schematic, and no lane runs outside the box', () => {
    expect(pack.baseMap.features.every((f) => f.properties.schematic)).toBe(true)
    expect(pack.streets.features.every((f) => f.properties.schematic)).toBe(true)
    const lanes = pack.baseMap.features.filter((f) => f.properties.class === 'lane')
    expect(lanes.length).toBeGreaterThan(1000)
    expect(new Set(lanes.map((f) => f.properties.name)).size).toBeGreaterThan(270)
    const points = lanes.flatMap((f) => (f.geometry.type === 'LineString' ? f.geometry.coordinates : []))
    expect(points.every(([lon, lat]) => inBbox(lon, lat))).toBe(true)
  })

  test('the districts of the map are those of the area tree', () => {
    const districts = pack.areas.filter((a) => a.level === 'district').map((a) => a.code)
    expect(pack.districts.features.map((f) => f.properties.code).sort()).toEqual(districts.sort())
    expect(pack.districts.licence).toBe('MIT')
  })
})

describe('organisation', () => {
  test('every unit hangs below another and has an area that exists', () => {
    const areas = new Set(pack.areas.map((a) => a.code))
    expect(unique(pack.units.map((u) => u.id))).toBe(true)
    expect(pack.units.filter((u) => u.parentId !== null && !units.has(u.parentId))).toEqual([])
    expect(pack.units.filter((u) => !areas.has(u.areaCode))).toEqual([])
  })

  test('each district has one supervision centre, one command centre, and an office and a team for each street', () => {
    const count = (area: string, kind: string): number =>
      pack.units.filter((u) => u.kind === kind && u.areaCode.startsWith(area)).length
    const kinds = ['supervision_centre', 'command_centre', 'street_office', 'enforcement_team']
    expect(kinds.map((kind) => count('110101', kind))).toEqual([1, 1, 17, 17])
    expect(kinds.map((kind) => count('110102', kind))).toEqual([1, 1, 15, 15])
  })

  test('somebody answers for every minor class in every street', () => {
    const unitOf = answerableUnits(pack)
    const streets = pack.areas.filter((a) => a.level === 'street')
    const minors = pack.classes.filter((c) => c.parentCode !== null)
    const lost = minors.flatMap(({ kind, code }) =>
      streets.map((s) => unitOf({ kind, code, streetCode: s.code })).filter((id) => !units.has(id)),
    )
    expect(lost).toEqual([])
  })

  test('every role is played, every member is a person in a unit, and logins are single', () => {
    const people = new Set(pack.people.map((p) => p.login))
    expect(people.size).toBe(pack.people.length)
    expect(pack.memberships.filter((m) => !people.has(m.login) || !units.has(m.unitId))).toEqual([])
    expect(new Set(pack.memberships.map((m) => m.role))).toEqual(new Set(roles))
  })

  test('nobody has a telephone number that could ring', () => {
    expect(pack.people.filter((p) => !/^199-0000-\d{4}$/.test(p.phone))).toEqual([])
  })

  test('a secondment moves an officer from one team to another without a gap, and one membership has run out', () => {
    const [from, to] = pack.memberships.filter((m) => m.login === 'dzm-officer2')
    expect([from?.validTo, to?.validFrom]).toEqual(['2026-02-28', '2026-03-01'])
    expect(pack.memberships.find((m) => m.login === 'former')?.validTo).toBe('2025-06-30')
  })

  test('no one disposes of problems and judges the result', () => {
    const axisOf = new Map(pack.units.map((u) => [u.id, u.axis]))
    const supervisors = new Set(
      pack.memberships.filter((m) => axisOf.get(m.unitId) === 'supervision').map((m) => m.login),
    )
    expect(pack.memberships.filter((m) => axisOf.get(m.unitId) === 'disposal' && supervisors.has(m.login))).toEqual([])
  })

  test('every disposal unit that a duty names has someone to sign and someone to confirm', () => {
    const unitOf = answerableUnits(pack)
    const named = new Set(
      pack.areas
        .filter((a) => a.level === 'street')
        .flatMap((s) =>
          pack.classes.filter((c) => c.parentCode !== null).map((c) => unitOf({ ...c, streetCode: s.code })),
        ),
    )
    const has = (unitId: string, role: string): boolean =>
      pack.memberships.some((m) => m.unitId === unitId && m.role === role)
    expect([...named].filter((id) => !has(id, 'unit_handler') || !has(id, 'unit_manager'))).toEqual([])
  })
})

describe('devices', () => {
  test('40 sites have a device number of 24 characters and lie in a cell of the street that answers', () => {
    const corners = new Map(pack.cells.map((c) => [`${c.xM}:${c.yM}`, c]))
    const areaOf = new Map(pack.units.map((u) => [u.id, u.areaCode]))
    const strays = pack.sites.filter((site) => {
      const { xM, yM } = toMetres(site.lon, site.lat)
      const cell = corners.get(`${Math.floor(xM / 100) * 100}:${Math.floor(yM / 100) * 100}`)
      return site.mn.length !== 24 || cell?.streetCode !== areaOf.get(site.unitId)
    })
    expect(strays).toEqual([])
    expect([pack.sites.length, unique(pack.sites.map((s) => s.mn))]).toEqual([40, true])
    expect(pack.sites[0]).toMatchObject({
      siteZh: '春秀路12号工地（演示）',
      unitId: 'dc-dongzhimen',
      nightPermit: false,
    })
  })

  test('60 vehicles have a terminal number of 12 digits and a plate that cannot be real', () => {
    expect(pack.vehicles.length).toBe(60)
    expect(unique(pack.vehicles.map((v) => v.terminalPhone))).toBe(true)
    expect(pack.vehicles.filter((v) => !/^\d{12}$/.test(v.terminalPhone) || !/^京A·D0\d{2}$/.test(v.plate))).toEqual([])
    expect(pack.vehicles.filter((v) => !units.has(v.unitId))).toEqual([])
  })
})
