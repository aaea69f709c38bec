import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHj212Joiner } from './join.ts'
import type { Hj212Message } from './segment.ts'

const packet = (pno: number, pnum: number, qn = 'q'): Hj212Message => ({
  qn,
  st: '22',
  cn: '2061',
  mn: 'A',
  pnum,
  pno,
  cp: [{ [`a${pno}-Avg`]: String(pno) }],
})

test('packets in any order make the same message', () => {
  const orders = fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 })
  fc.assert(
    fc.property(orders, (order) => {
      const joiner = createHj212Joiner()
      const results = order.map((pno) => joiner.add(packet(pno, 5), 0))
      expect(results.slice(0, 4).map((result) => result.kind)).toEqual(Array(4).fill('waiting'))
      expect(results.at(-1)).toEqual({
        kind: 'whole',
        packets: 5,
        dropped: [],
        message: {
          qn: 'q',
          st: '22',
          cn: '2061',
          mn: 'A',
          cp: [1, 2, 3, 4, 5].map((n) => ({ [`a${n}-Avg`]: String(n) })),
        },
      })
      expect(joiner.keptChars).toBe(0)
    }),
  )
})

test('a message that is not split is whole at once', () => {
  const { pnum: _pnum, pno: _pno, ...message } = packet(1, 1)
  expect(createHj212Joiner().add(message, 0)).toEqual({ kind: 'whole', message, packets: 1, dropped: [] })
})

test('a packet sent again counts once', () => {
  const joiner = createHj212Joiner()
  joiner.add(packet(1, 2), 0)
  expect(joiner.add(packet(1, 2), 0)).toEqual({ kind: 'repeated', have: 1, of: 2, dropped: [] })
  expect(joiner.add(packet(2, 2), 0).kind).toBe('whole')
})

test('messages of different devices, commands and QN do not mix', () => {
  const joiner = createHj212Joiner()
  joiner.add(packet(1, 2), 0)
  expect(joiner.add(packet(2, 2, 'other'), 0).kind).toBe('waiting')
  expect(joiner.add({ ...packet(2, 2), mn: 'B' }, 0).kind).toBe('waiting')
  expect(joiner.add({ ...packet(2, 2), cn: '2051' }, 0).kind).toBe('waiting')
  expect(joiner.openMessages).toBe(4)
})

test('an unfinished message is given up when its time is over, and said so', () => {
  const joiner = createHj212Joiner({ maxAgeMs: 1000 })
  joiner.add(packet(1, 2), 0)
  expect(joiner.expire(1000)).toEqual([])
  expect(joiner.expire(1001)).toEqual([{ mn: 'A', cn: '2061', qn: 'q', have: 1, of: 2, why: 'too-old' }])
  expect(joiner.add(packet(2, 2), 1002).kind).toBe('waiting')
})

test('what is kept is bounded in messages, packets and characters', () => {
  const joiner = createHj212Joiner({ maxOpen: 2, maxPackets: 10, maxChars: 30 })
  joiner.add(packet(1, 2, 'first'), 0)
  joiner.add(packet(1, 2, 'second'), 0)
  expect(joiner.add(packet(1, 2, 'third'), 0).dropped).toEqual([
    { mn: 'A', cn: '2061', qn: 'first', have: 1, of: 2, why: 'too-many-open' },
  ])
  expect(joiner.add(packet(1, 11), 0)).toEqual({ kind: 'refused', why: 'too-many-packets', dropped: [] })
  const large = { ...packet(2, 2, 'third'), cp: [{ key: 'x'.repeat(40) }] }
  expect(joiner.add(large, 0)).toMatchObject({ kind: 'refused', why: 'too-large' })
  expect(joiner.openMessages).toBe(1)
  expect(joiner.keptChars).toBeLessThanOrEqual(30)
})

test('another count of packets under the same QN begins anew', () => {
  const joiner = createHj212Joiner()
  joiner.add(packet(1, 3), 0)
  expect(joiner.add(packet(2, 2), 0)).toMatchObject({ kind: 'waiting', dropped: [{ why: 'packet-count-changed' }] })
  expect(joiner.add(packet(1, 2), 0).kind).toBe('whole')
})
