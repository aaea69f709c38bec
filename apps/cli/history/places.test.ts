import { distanceM } from '@pentad/platform/geo'
import { expect, test } from 'vitest'
import { fromGcj02, pairIn, pointOf } from './places.ts'

test('a point in the frame of Chinese web maps comes out where it is, to a metre', () => {
  // Tiananmen: the published pair of both frames.
  const { lon, lat } = fromGcj02({ lon: 116.403_694, lat: 39.916_042 })
  expect(distanceM([lon, lat], [116.397_451, 39.914_639])).toBeLessThan(3)
  expect(fromGcj02({ lon: -87.6, lat: 41.8 })).toEqual({ lon: -87.6, lat: 41.8 })
})

test('no coordinates, the nought for none and what lies beyond the earth are no point', () => {
  expect(pointOf('116.4', '39.9', 'wgs84')).toEqual({ lon: 116.4, lat: 39.9 })
  expect(pointOf('116,4', '39,9', 'wgs84')).toEqual({ lon: 116.4, lat: 39.9 })
  for (const [lon, lat] of [
    ['', ''],
    ['0', '0.0'],
    ['1183450.5', '1893221.2'],
    ['NaN', 'null'],
  ] as const)
    expect(pointOf(lon, lat, 'wgs84')).toBeUndefined()
})

test('a point in one column is read in the ways that offices write it', () => {
  expect(pairIn('POINT (-87.65 41.85)')).toEqual(['-87.65', '41.85'])
  expect(pairIn('(41.85, -87.65)')).toEqual(['-87.65', '41.85'])
  expect(pairIn('116.40, 39.91')).toEqual(['116.40', '39.91'])
  expect(pairIn('{"type":"Point","coordinates":[-87.65,41.85]}')).toEqual(['-87.65', '41.85'])
  expect(pairIn("{'latitude': '41.85', 'longitude': '-87.65'}")).toEqual(['-87.65', '41.85'])
  expect(pairIn('Main St 5')).toBeUndefined()
})
