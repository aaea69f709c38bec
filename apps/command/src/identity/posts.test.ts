import { expect, test } from 'vitest'
import { areasFrom, everywhere, inForce } from './posts.ts'

test('a post ends with its last day in Shanghai, not before and not after', () => {
  const post = { validFrom: '2026-05-01', validTo: '2026-05-21' }
  expect(inForce(post, new Date('2026-05-21T15:59:59Z'))).toBe(true)
  expect(inForce(post, new Date('2026-05-21T16:00:00Z'))).toBe(false)
  expect(inForce({ ...post, validTo: null }, new Date('2030-01-01T00:00:00Z'))).toBe(true)
})

test('areas are typed as they come, and nothing typed means everywhere', () => {
  expect(areasFrom('110101、110102003 110101')).toEqual(['110101', '110102003'])
  expect(areasFrom('东城')).toBeNull()
  expect(everywhere(areasFrom('') ?? [])).toBe(true)
})
