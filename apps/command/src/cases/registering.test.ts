import { reportCase } from '@pentad/cases/contract'
import { expect, test } from 'vitest'
import { lacks, newDraft, reportBody, secondsSince } from './registering.ts'

const now = new Date('2026-05-21T00:20:40Z')
const begun = new Date('2026-05-21T00:20:00Z')
const call = {
  ...newDraft(),
  words: '桥面有个坑',
  point: { lon: 116.4, lat: 39.9 },
  classKey: { kind: 'event' as const, code: '0501' },
  begun,
}

test('a call without place or class is not a case yet, and the form says which is missing', () => {
  expect(lacks(newDraft())).toEqual(['wordsMissing', 'placeMissing', 'classMissing'])
  expect(reportBody(newDraft(), now)).toBeNull()
})

test('a case is dated from the beginning of the call', () => {
  expect(reportBody(call, now)).toMatchObject({ at: begun.toISOString(), source: 'hotline', classCode: '0501' })
  expect(secondsSince(begun, now)).toBe(40)
})

test('a caller who leaves no name leaves no reporter', () => {
  expect(reportBody(call, now)).not.toHaveProperty('reporter')
  expect(reportBody({ ...call, phone: ' 13800001234 ' }, now)).toMatchObject({ reporter: { phone: '13800001234' } })
})

test('what the desk sends is what the contract takes', () => {
  expect(reportCase.body?.safeParse(reportBody({ ...call, name: '王先生' }, now)).success).toBe(true)
})

test('a call about a case that is there already goes out as one more report of it [CMD-27]', () => {
  const joins = { id: '0197f0a0-0000-7000-8000-000000000001', no: '110101-20260521-H-00001' }
  expect(reportBody(call, now)).not.toHaveProperty('joins')
  const body = reportBody({ ...call, joins }, now)
  expect(body).toMatchObject({ joins: joins.id })
  expect(reportCase.body?.safeParse(body).success).toBe(true)
})
