import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Crs, crsNamed, crsOfWkt, degreesFrom, degreesTo, inMetres } from './crs.ts'
import { distanceM, type LonLat } from './geo.ts'

const degrees = (from: number, to: number) => fc.double({ min: from, max: to, noNaN: true })
const inChina = fc.tuple(degrees(74, 134), degrees(4, 53))

test('a point shown by a phone’s map, or by Baidu’s, comes back within a centimetre of where it is [DUM-08]', () => {
  fc.assert(
    fc.property(inChina, fc.constantFrom<Crs>('gcj02', 'bd09'), (point, crs) => {
      const [x, y] = degreesTo(crs, point)
      expect(distanceM([x, y], point)).toBeGreaterThan(20)
      expect(distanceM(degreesFrom(crs, x, y), point)).toBeLessThan(0.01)
    }),
  )
})

test('the shifts are those that everybody computes', () => {
  const near = (a: LonLat, b: LonLat) => expect(distanceM(a, b)).toBeLessThan(0.5)
  near(degreesTo('gcj02', [116.404, 39.915]), [116.41024449916938, 39.91640428150164])
  near(degreesFrom('bd09', 116.404, 39.915), degreesFrom('gcj02', 116.39762729119315, 39.90865673957631))
})

test('where the shift ends, abroad and at the frame of China, a conversion ends too', () => {
  expect(degreesFrom('gcj02', 2.35, 48.85)).toEqual([2.35, 48.85])
  for (const lon of [137.8346, 137.8347, 137.8348, 72.0039, 72.0041]) degreesFrom('gcj02', lon, 30)
})

test('Gauss–Krüger metres of every frame come back to the millimetre, in either order of the axes [DUM-08]', () => {
  const zone = fc.record({ epsg: fc.integer({ min: 4491, max: 4554 }), off: degrees(-1.5, 1.5), lat: degrees(16, 53) })
  fc.assert(
    fc.property(zone, ({ epsg, off, lat }) => {
      const crs = `epsg:${epsg}` as const
      const meridian =
        epsg < 4502 ? 75 + (epsg - 4491) * 6 : epsg < 4513 ? 75 + (epsg - 4502) * 6 : 75 + ((epsg - 4513) % 21) * 3
      const point: LonLat = [meridian + off, lat]
      const [east, north] = degreesTo(crs, point)
      expect(distanceM(degreesFrom(crs, east, north), point)).toBeLessThan(0.001)
      expect(degreesFrom(crs, north, east)).toEqual(degreesFrom(crs, east, north))
    }),
  )
  // The same place in the plain frame of 117° E and in zone 39, whose number stands before the easting.
  const [east, north] = degreesTo('epsg:4548', [116.39, 39.91])
  expect(degreesTo('epsg:4527', [116.39, 39.91])).toEqual([east + 39_000_000, north])
  expect(degreesTo('epsg:4509', [116.39, 39.91])[0]).toBeCloseTo(degreesTo('epsg:4548', [116.39, 39.91])[0], 3)
})

test('systems are known by the words that people and files use; others are not guessed', () => {
  expect(['GCJ-02', 'bd09', 'EPSG:4490', '4326', 'CGCS2000', 'epsg 4548', 'WGS_84'].map(crsNamed)).toEqual([
    'gcj02',
    'bd09',
    'cgcs2000',
    'wgs84',
    'cgcs2000',
    'epsg:4548',
    'wgs84',
  ])
  expect(['', 'xian80', 'EPSG:4610', '32650', 'epsg:3857'].map(crsNamed)).toEqual(Array(5).fill(undefined))
  expect([inMetres('epsg:4548'), inMetres('gcj02')]).toEqual([true, false])
})

test('a shapefile’s projection is read; one on another datum is not taken for ours', () => {
  const projected = (meridian: number, easting: number, datum = 'D_China_2000') =>
    `PROJCS["x",GEOGCS["GCS_${datum}",DATUM["${datum}",SPHEROID["CGCS2000",6378137.0,298.257222101]]],PROJECTION["Gauss_Kruger"],
     PARAMETER["False_Easting",${easting}.0],PARAMETER["Central_Meridian",${meridian}.0],PARAMETER["Scale_Factor",1.0],UNIT["Meter",1.0]]`
  expect(crsOfWkt(projected(117, 500_000))).toBe('epsg:4548')
  expect(crsOfWkt(projected(117, 39_500_000))).toBe('epsg:4527')
  expect(crsOfWkt(projected(117, 20_500_000))).toBe('epsg:4498')
  expect(crsOfWkt(projected(116, 500_000))).toBeUndefined()
  expect(crsOfWkt('GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000"]]')).toBe('cgcs2000')
  expect(crsOfWkt('GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984"]]')).toBe('wgs84')
  expect(crsOfWkt('GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954"]]')).toBeUndefined()
  expect(
    crsOfWkt('PROJCS["WGS_1984_UTM_Zone_50N",GEOGCS["GCS_WGS_1984"],PARAMETER["Scale_Factor",0.9996]]'),
  ).toBeUndefined()
})
