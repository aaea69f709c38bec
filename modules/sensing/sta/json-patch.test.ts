import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digitsOf, parseExact } from './exact.ts'
import { PatchError, patched, sameJson } from './json-patch.ts'

const before = { name: 'A', properties: { colour: 'red', sizes: [1, 2, 3], 'a/b': { '~': 1 } } }
const after = (...steps: unknown[]) => patched(before, steps).properties

test('each step of a JSON Patch does what RFC 6902 says, and leaves the given document as it was [SEN-31]', () => {
  const copy = structuredClone(before)
  expect(after({ op: 'add', path: '/properties/new', value: null })).toMatchObject({ new: null })
  expect(after({ op: 'add', path: '/properties/sizes/1', value: 9 })).toMatchObject({ sizes: [1, 9, 2, 3] })
  expect(after({ op: 'add', path: '/properties/sizes/-', value: 9 })).toMatchObject({ sizes: [1, 2, 3, 9] })
  expect(after({ op: 'remove', path: '/properties/sizes/0' })).toMatchObject({ sizes: [2, 3] })
  expect(after({ op: 'remove', path: '/properties/colour' })).not.toHaveProperty('colour')
  expect(after({ op: 'replace', path: '/properties/a~1b/~0', value: 2 })).toMatchObject({ 'a/b': { '~': 2 } })
  expect(after({ op: 'move', from: '/properties/colour', path: '/properties/tint' })).toEqual({
    tint: 'red',
    sizes: [1, 2, 3],
    'a/b': { '~': 1 },
  })
  expect(after({ op: 'copy', from: '/name', path: '/properties/was' })).toMatchObject({ was: 'A', colour: 'red' })
  expect(after({ op: 'test', path: '/properties/a~1b', value: { '~': 1 } })).toEqual(before.properties)
  expect(before).toEqual(copy)
})

test('a step that cannot be done is refused, and so is what is no patch [SEN-31]', () => {
  for (const wrong of [
    'x',
    [1],
    [{ op: 'leave', path: '/name' }],
    [{ op: 'replace', path: '/nothing', value: 1 }],
    [{ op: 'remove', path: '/properties/sizes/3' }],
    [{ op: 'add', path: '/properties/sizes/5', value: 1 }],
    [{ op: 'add', path: '/properties/sizes/01', value: 1 }],
    [{ op: 'add', path: '/no/where', value: 1 }],
    [{ op: 'add', path: '/name' }],
    [{ op: 'add', path: 'name', value: 1 }],
    [{ op: 'replace', path: '', value: {} }],
    [{ op: 'test', path: '/name', value: 'B' }],
    [{ op: 'move', from: '/properties', path: '/properties/inner' }],
    [{ op: 'add', path: '/__proto__/x', value: 1 }],
  ])
    expect(() => patched(before, wrong), JSON.stringify(wrong)).toThrow(PatchError)
})

test('what is added and removed again leaves the document the same, whatever its names are [SEN-31]', () => {
  const pointer = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
      fc.string().filter((name) => name !== '__proto__'),
      fc.jsonValue(),
      (document, name, value) => {
        fc.pre(!Object.hasOwn(document, name))
        const path = pointer(name)
        const steps = [
          { op: 'add', path, value },
          { op: 'test', path, value },
          { op: 'remove', path },
        ]
        expect(sameJson(patched(document, steps), document)).toBe(true)
      },
    ),
  )
})

test('a whole number of 64 bits keeps its digits; every other number is read as ever [SEN-31]', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (big) => {
      const text = `{"result":${big},"other":[${big}]}`
      expect(JSON.stringify(parseExact(text))).toBe(text)
    }),
  )
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(JSON.stringify(parseExact(text))).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
  expect(digitsOf((parseExact('[9223372036854775807]') as unknown[])[0])).toBe('9223372036854775807')
  expect(digitsOf(9)).toBeUndefined()
})
