import fc from 'fast-check'
import { expect, test } from 'vitest'
import { profileOf, strictProfile } from './profile.ts'
import { encodeSegment, flagBits, flagOf, parseSegment } from './segment.ts'

const lenient = profileOf({ missingQnOrFlag: true })
const reason = (segment: string) => {
  const reading = parseSegment(segment, strictProfile)
  return reading.ok ? null : reading.fault.reason
}

test('groups are parted by semicolons, their items by commas', () => {
  const segment =
    'QN=20240508223000000;ST=23;CN=2051;PW=123456;MN=A;Flag=7;PNUM=3;PNO=2;CP=&&DataTime=20240508223000;LA-Avg=61.2,LA-Max=70,LA-Flag=N; L5-Avg=68&&'
  expect(parseSegment(segment, strictProfile)).toEqual({
    ok: true,
    message: {
      qn: '20240508223000000',
      st: '23',
      cn: '2051',
      pw: '123456',
      mn: 'A',
      flag: { bits: 7, answerWanted: true, packets: true, version: 2017 },
      pnum: 3,
      pno: 2,
      cp: [{ DataTime: '20240508223000' }, { 'LA-Avg': '61.2', 'LA-Max': '70', 'LA-Flag': 'N' }, { 'L5-Avg': '68' }],
    },
  })
})

test('the flag tells the version and whether an answer is wanted', () => {
  expect([0, 1, 4, 5, 7, 8, 9, 12].map((bits) => flagOf(bits).version)).toEqual([
    2005,
    2005,
    2017,
    2017,
    2017,
    2025,
    2025,
    null,
  ])
  expect([4, 5, 7, 8, 9].map((bits) => flagOf(bits).answerWanted)).toEqual([false, true, true, false, true])
  expect(flagBits({ answerWanted: true })).toBe(5)
  expect(flagBits({ version: 2025, answerWanted: true })).toBe(9)
})

test('an upload of 2005, without QN and Flag, needs a lenient profile', () => {
  const segment = 'ST=31;CN=2011;PW=123456;MN=88888888888888;CP=&&DataTime=20110806122650;02-Rtd=111.0&&'
  expect(reason(segment)).toBe('qn')
  expect(parseSegment(segment, lenient)).toMatchObject({ ok: true, message: { st: '31', mn: '88888888888888' } })
})

test.each([
  ['no-cp', 'QN=20240508223000000;ST=23;CN=2011;MN=A;Flag=5'],
  ['cp-not-closed', 'QN=20240508223000000;ST=23;CN=2011;MN=A;Flag=5;CP=&&LA-Rtd=1'],
  ['cp-not-closed', 'QN=20240508223000000;ST=23;CN=2011;MN=A;Flag=5;CP=&&'],
  ['qn', 'QN=2024;ST=23;CN=2011;MN=A;Flag=5;CP=&&&&'],
  ['flag', 'QN=20240508223000000;ST=23;CN=2011;MN=A;CP=&&&&'],
  ['flag', 'QN=20240508223000000;ST=23;CN=2011;MN=A;Flag=999;CP=&&&&'],
  ['cn', 'QN=20240508223000000;ST=23;CN=20;MN=A;Flag=5;CP=&&&&'],
  ['missing', 'QN=20240508223000000;ST=23;CN=2011;MN=;Flag=5;CP=&&&&'],
  ['packets', 'QN=20240508223000000;ST=23;CN=2011;MN=A;Flag=7;PNUM=2;PNO=3;CP=&&&&'],
  ['field-twice', 'QN=20240508223000000;ST=23;CN=2011;MN=A;MN=B;Flag=5;CP=&&&&'],
])('a segment is refused for %s', (why, segment) => {
  expect(reason(segment)).toBe(why)
})

test('a key the standard does not name is kept, and no key reaches the prototype', () => {
  const segment = 'QN=20240508223000000;ST=23;CN=2011;MN=A;Flag=9;SN=77;CP=&&__proto__=1,constructor=2&&'
  const reading = parseSegment(segment, strictProfile)
  expect(reading.ok && reading.message.extra).toEqual({ SN: '77' })
  const group = reading.ok ? reading.message.cp[0] : undefined
  expect(Object.keys(group ?? {})).toEqual(['__proto__', 'constructor'])
})

test('what is written reads back the same', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9.:/_-]{1,12}$/)
  const message = fc.record({
    qn: fc.stringMatching(/^\d{17}$/),
    st: fc.constantFrom('22', '23', '39', '91'),
    cn: fc.stringMatching(/^\d{4}$/),
    pw: fc.stringMatching(/^[0-9A-Z]{6}$/),
    mn: word,
    flag: fc.constantFrom(4, 5, 8, 9),
    cp: fc.array(fc.dictionary(word, word, { minKeys: 1, maxKeys: 5 }), { maxLength: 5 }),
  })
  fc.assert(
    fc.property(message, ({ flag, ...rest }) => {
      const reading = parseSegment(encodeSegment({ ...rest, flag }), strictProfile)
      expect(reading).toEqual({ ok: true, message: { ...rest, flag: flagOf(flag) } })
    }),
  )
})

test('a value that would read back as something else is not written', () => {
  const base = { st: '91', cn: '1072', mn: 'A' }
  for (const value of ['1;CN=2011', '1,b=2', '&&', 'a\r\n', '##0001']) {
    expect(() => encodeSegment({ ...base, cp: [{ NewPW: value }] })).toThrow(RangeError)
  }
  expect(() => encodeSegment({ ...base, cp: [{ 'a=b': '1' }] })).toThrow(RangeError)
})
