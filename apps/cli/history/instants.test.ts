import { expect, test } from 'vitest'
import { formatsOf, type InstantFormat, instantIn } from './instants.ts'

const told = (text: string, formats: InstantFormat[], zone = 'Asia/Shanghai') =>
  instantIn(text, formats, zone)?.at.toISOString()

test('an instant is read in the ways that cities write it', () => {
  const same = '2021-03-04T09:06:00.000Z'
  for (const [text, format] of [
    ['2021-03-04T17:06:00', 'ymd'],
    ['2021-03-04 17:06:00.000', 'ymd'],
    ['2021/3/4 17:06', 'ymd'],
    ['2021-03-04T09:06:00Z', 'ymd'],
    ['2021-03-04T04:06:00-05:00', 'ymd'],
    ['2021年3月4日 17时06分', 'ymd'],
    ['2021年3月4日 17:06', 'ymd'],
    ['20210304170600', 'ymd'],
    ['3/4/2021 5:06:00 PM', 'mdy'],
    ['03/04/2021 05:06 p.m.', 'mdy'],
    ['Mar 4, 2021 17:06', 'mdy'],
    ['04.03.2021 17:06', 'dmy'],
    ['4-Mar-2021 17:06', 'dmy'],
    ['1614848760', 'epoch'],
    ['1614848760000', 'epoch-ms'],
    ['44259.7125', 'excel'],
  ] as const)
    expect([text, told(text, [format])]).toEqual([text, same])
})

test('what is no instant is not made one', () => {
  for (const text of ['', 'n/a', '2021-02-30', '13/45/2021', '2021-03-04 25:00', '0000-00-00', '12'])
    expect(instantIn(text, ['ymd', 'mdy', 'dmy', 'epoch', 'epoch-ms', 'excel'], 'UTC')).toBeUndefined()
})

test('local time follows the summer time of its zone', () => {
  expect(told('2014-01-15 12:00', ['ymd'], 'America/New_York')).toBe('2014-01-15T17:00:00.000Z')
  expect(told('2014-07-15 12:00', ['ymd'], 'America/New_York')).toBe('2014-07-15T16:00:00.000Z')
  // The hour that an autumn night has twice is taken for the first.
  expect(told('2014-11-02 01:30', ['ymd'], 'America/New_York')).toBe('2014-11-02T05:30:00.000Z')
  expect(told('2014-11-02 03:30', ['ymd'], 'America/New_York')).toBe('2014-11-02T08:30:00.000Z')
})

test('one value beyond twelve shows whether day or month comes first; without one it stays open', () => {
  expect(formatsOf(['03/04/2021', '03/25/2021'])).toEqual({ formats: ['mdy'], share: 1, sure: true })
  expect(formatsOf(['03/04/2021', '25/03/2021'])).toEqual({ formats: ['dmy'], share: 1, sure: true })
  expect(formatsOf(['03/04/2021', '05/06/2021']).sure).toBe(false)
  expect(formatsOf(['2021-03-04', '05/26/2021 1:00 PM', ''])).toEqual({ formats: ['ymd', 'mdy'], share: 1, sure: true })
  expect(formatsOf(['1614848760', '1614848761'])).toEqual({ formats: ['epoch'], share: 1, sure: true })
  expect(formatsOf(['20210304', '20211231']).formats).toEqual(['ymd'])
})
