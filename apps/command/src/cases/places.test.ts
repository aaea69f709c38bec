import { expect, test } from 'vitest'
import { placeIn } from './places.ts'

test('a street is said once on a line', () => {
  expect(placeIn('二环路附近(东直门街道)', '东直门街道')).toBe('二环路附近')
  expect(placeIn('near 二环路, 东直门街道', '东直门街道')).toBe('near 二环路')
  expect(placeIn('东直门街道办事处', '东直门街道')).toBe('东直门街道办事处')
  expect(placeIn('No. 36, Chunxiu Road, Dongzhimen Subdistrict', '东直门街道')).toBe('No. 36, Chunxiu Road')
})
