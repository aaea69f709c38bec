import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressFrom, partsOf, queryOf, sinceOf, spans, targetOf } from './address.ts'

test('the address of a search says it all and no more', () => {
  const query = { q: '东四 占道', kind: 'case', span: 'week' }
  expect(queryOf(addressFrom(query))).toEqual(query)
  expect(queryOf(addressFrom({ kind: 'dragon', span: 'never', q: 7 }))).toEqual({})
})

test('a span of time begins at a whole hour', () => {
  expect(sinceOf('week', new Date('2026-05-22T03:30:00Z'))?.toISOString()).toBe('2026-05-15T03:00:00.000Z')
  expect(spans.filter((s) => sinceOf(s, new Date()) === null)).toEqual(['any'])
})

test('a hit opens its page, else its place on the map, else nothing', () => {
  const hit = { href: '/command/laws?law=1', lon: 116.4, lat: 39.9 }
  expect(targetOf(hit, () => true)).toBe('/command/laws?law=1')
  expect(targetOf(hit, () => false)).toBe('/command/?map=116.40000,39.90000,16')
  expect(targetOf({ href: null, lon: null, lat: null }, () => true)).toBe(null)
})

test('the parts of a text are the text, and the marked ones are its stretches', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.nat({ max: 20 }), { maxLength: 8 }), (text, cuts) => {
      const at = [...new Set(cuts.filter((c) => c <= text.length))].sort((a, b) => a - b)
      const stretches = Array.from({ length: at.length >> 1 }, (_, i) => [at[2 * i] ?? 0, at[2 * i + 1] ?? 0] as const)
      const parts = partsOf(text, stretches)
      expect(parts.map((p) => p.text).join('')).toBe(text)
      expect(parts.filter((p) => p.marked).map((p) => p.text)).toEqual(stretches.map(([a, b]) => text.slice(a, b)))
    }),
  )
})
