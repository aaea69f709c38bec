import { expect, test } from 'vitest'
import { sayBytes } from './keeping.ts'

test('a size has three figures and the unit that fits, at every border', () => {
  expect(sayBytes(0, 'en')).toBe('0B')
  expect(sayBytes(999, 'en')).toBe('999B')
  expect(sayBytes(1000, 'en')).toBe('1 kB')
  expect(sayBytes(999_499, 'en')).toBe('999 kB')
  expect(sayBytes(999_999, 'en')).toBe('1 MB')
  expect(sayBytes(1_536_000, 'en')).toBe('1.54 MB')
  expect(sayBytes(5e12, 'en')).toBe('5 TB')
  expect(sayBytes(5e15, 'en')).toBe('5,000 TB')
})
