import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyMeant, neighbour } from './keys.ts'

const press = (key: string, over = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...over })

test('j and k move, digits act, and typing is left alone', () => {
  expect(keyMeant(press('j'), false)).toEqual({ key: 'next' })
  expect(keyMeant(press('3'), false)).toEqual({ key: 'digit', digit: 3 })
  expect(keyMeant(press('3'), true)).toBeNull()
  expect(keyMeant(press('j', { ctrlKey: true }), false)).toBeNull()
})

test('a Chinese input method in the middle of a word is never a command', () => {
  expect(keyMeant(press('Enter', { isComposing: true }), false)).toBeNull()
})

test('moving stays inside the list, and begins at the most urgent when the chosen case has gone', () => {
  expect(neighbour(['a', 'b', 'c'], 'c', 1)).toBe('c')
  expect(neighbour(['a', 'b', 'c'], 'b', -1)).toBe('a')
  expect(neighbour(['a', 'b', 'c'], 'gone', 1)).toBe('a')
  expect(neighbour([], null, 1)).toBeNull()
})

test('pressing j often enough visits every case of the queue', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1 }), (ids) => {
      const seen = new Set<string>()
      let at: string | null = null
      for (const _ of ids) {
        at = neighbour(ids, at, 1)
        if (at !== null) seen.add(at)
      }
      expect(seen.size).toBe(ids.length)
    }),
  )
})
