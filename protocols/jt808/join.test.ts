import { expect, test } from 'vitest'
import type { Jt808Frame } from './frame.ts'
import { createJt808Joiner } from './join.ts'

/** Part `number` of `total`, the first of which has the serial `first`. */
const part = (number: number, total: number, first = 100, phone = '1'): Jt808Frame => ({
  header: {
    id: 0x0801,
    revision: 2013,
    encryption: 0,
    phone,
    serial: (first + number - 1) & 0xffff,
    split: { total, number },
  },
  body: new Uint8Array(10).fill(number),
})

test('parts of two pictures of one terminal do not mix', () => {
  const joiner = createJt808Joiner()
  joiner.add(part(1, 2, 100), 0)
  expect(joiner.add(part(2, 2, 200), 0).kind).toBe('waiting')
  expect(joiner.add(part(2, 2, 100, '2'), 0).kind).toBe('waiting')
  expect(joiner.add(part(2, 2, 100), 0)).toMatchObject({ kind: 'whole', parts: 2, frame: { header: { serial: 100 } } })
})

test('serials that pass 65535 still belong together', () => {
  const joiner = createJt808Joiner()
  joiner.add(part(2, 2, 65_535), 0)
  expect(joiner.add(part(1, 2, 65_535), 0).kind).toBe('whole')
})

test('a part sent again counts once, and what is missing can be asked for', () => {
  const joiner = createJt808Joiner()
  joiner.add(part(2, 4), 0)
  expect(joiner.add(part(2, 4), 0)).toEqual({ kind: 'repeated', have: 1, of: 4, firstSerial: 100, dropped: [] })
  expect(joiner.missing(part(1, 4).header)).toEqual([1, 3, 4])
})

test('a terminal whose serials do not count on is joined one message at a time', () => {
  const joiner = createJt808Joiner({ serials: 'any' })
  const same = (number: number) => {
    const frame = part(number, 2)
    return { ...frame, header: { ...frame.header, serial: 100 } }
  }
  joiner.add(same(1), 0)
  expect(joiner.add(same(2), 0).kind).toBe('whole')
  expect(createJt808Joiner().add(same(2), 0).kind).toBe('waiting')
})

test('part numbers outside the count are refused', () => {
  expect(createJt808Joiner().add(part(3, 2), 0)).toEqual({ kind: 'refused', why: 'part-number', dropped: [] })
  expect(createJt808Joiner().add(part(0, 2), 0)).toEqual({ kind: 'refused', why: 'part-number', dropped: [] })
})

test('what is kept is bounded in messages, parts, bytes and age', () => {
  const joiner = createJt808Joiner({ maxOpen: 2, maxParts: 100, maxBytes: 25, maxAgeMs: 1000 })
  expect(joiner.add(part(1, 101), 0)).toEqual({ kind: 'refused', why: 'too-many-parts', dropped: [] })
  joiner.add(part(1, 9, 100), 0)
  joiner.add(part(1, 9, 200), 0)
  expect(joiner.add(part(1, 9, 300), 500).dropped).toEqual([
    { phone: '1', id: 0x0801, firstSerial: 100, have: 1, of: 9, why: 'too-many-open' },
  ])
  joiner.add(part(2, 9, 300), 500)
  expect(joiner.add(part(3, 9, 300), 500)).toMatchObject({ kind: 'refused', why: 'too-large' })
  expect(joiner.keptBytes).toBe(10)
  expect(joiner.expire(1000)).toEqual([])
  expect(joiner.expire(1001)).toMatchObject([{ firstSerial: 200, why: 'too-old' }])
  expect(joiner.openMessages).toBe(0)
})
