import fc from 'fast-check'
import { expect, test } from 'vitest'
import { factorOf, factors } from './factors.ts'
import { type Observation, observations } from './observations.ts'
import { commonVendorFactors, strictProfile } from './profile.ts'
import { encodeReport } from './report.ts'
import { type Hj212Message, parseSegment } from './segment.ts'
import { createHj212Stream } from './stream.ts'
import { formatQn, formatTime, parseTime } from './time.ts'

function message(cn: string, cp: string): Hj212Message {
  const reading = parseSegment(`QN=20240508223000000;ST=39;CN=${cn};PW=1;MN=A;Flag=5;CP=&&${cp}&&`, strictProfile)
  if (!reading.ok) throw new Error(reading.fault.reason)
  return reading.message
}
const at = new Date('2024-05-08T14:30:00.000Z')

test('[SEN-09] a noise message gives levels with their time in China', () => {
  expect(
    observations(message('2011', 'DataTime=20240508223000;LA-Rtd=72.4,LA-Flag=N;Leq-Rtd=70.1,Leq-Flag=T')),
  ).toEqual([
    { factor: 'LA', dataTime: at, rtd: 72.4, flag: 'N' },
    { factor: 'Leq', dataTime: at, rtd: 70.1, flag: 'T' },
  ])
})

test('[INS-19] minute values of dust keep every statistic and every other suffix', () => {
  const cp =
    'DataTime=20240508223000;a34004-Cou=2.5,a34004-Min=1,a34004-Avg=35.5,a34004-Max=80,a34004-ZsAvg=36,a34004-Flag=N'
  expect(observations(message('2051', cp))).toEqual([
    { factor: 'a34004', dataTime: at, cou: 2.5, min: 1, avg: 35.5, max: 80, flag: 'N', other: { ZsAvg: '36' } },
  ])
})

test('day and night levels of a day report are kept', () => {
  expect(observations(message('2031', 'DataTime=20240508223000;LA-DayData=61,LA-NightData=52'))).toEqual([
    { factor: 'LA', dataTime: at, other: { DayData: '61', NightData: '52' } },
  ])
})

test('items of one factor in separate groups are one observation', () => {
  expect(observations(message('2011', 'DataTime=20240508223000;LA-Rtd=50;LA-Flag=N'))).toEqual([
    { factor: 'LA', dataTime: at, rtd: 50, flag: 'N' },
  ])
})

test('a history answer may hold several times', () => {
  const cp = 'DataTime=20240508223000;LA-Avg=50;DataTime=20240508223100;LA-Min=40,LA-Avg=51;LA-Avg=52'
  const later = new Date(at.getTime() + 60_000)
  expect(observations(message('2051', cp))).toEqual([
    { factor: 'LA', dataTime: at, avg: 50 },
    { factor: 'LA', dataTime: later, min: 40, avg: 51 },
    { factor: 'LA', dataTime: later, avg: 52 },
  ])
})

test('a value that is no number is kept as sent, never taken for zero', () => {
  const cp = 'DataTime=20240508223000;a34001-Rtd=,a34001-Flag=D;a34002-Rtd=0x1F;LA-Rtd=---'
  expect(observations(message('2011', cp))).toEqual([
    { factor: 'a34001', dataTime: at, flag: 'D', other: { Rtd: '' } },
    { factor: 'a34002', dataTime: at, other: { Rtd: '0x1F' } },
    { factor: 'LA', dataTime: at, other: { Rtd: '---' } },
  ])
})

test("a vendor's names are mapped only for the device that uses them", () => {
  const vendor = message('2011', 'DataTime=20240508223000;PM25-Rtd=35,PM25-Flag=N;NOIS=61.5')
  expect(observations(vendor)).toEqual([{ factor: 'PM25', dataTime: at, rtd: 35, flag: 'N' }])
  expect(observations(vendor, { vendorFactors: commonVendorFactors })).toEqual([
    { factor: 'a34004', reportedAs: 'PM25', dataTime: at, rtd: 35, flag: 'N' },
    { factor: 'LA', reportedAs: 'NOIS', dataTime: at, rtd: 61.5 },
  ])
})

test('a DataTime with milliseconds, of no calendar, or missing is no time', () => {
  const times = (cp: string, profile = {}) => observations(message('2011', cp), profile).map((found) => found.dataTime)
  expect(times('DataTime=20240508223000250;LA-Rtd=1')).toEqual([null])
  expect(times('DataTime=20240508223000250;LA-Rtd=1', { dataTimeMilliseconds: true })).toEqual([
    new Date(at.getTime() + 250),
  ])
  expect(times('DataTime=20240230223000;LA-Rtd=1')).toEqual([null])
  expect(times('LA-Rtd=1')).toEqual([null])
})

test('a command or an answer reports nothing', () => {
  expect(observations(message('1062', 'RtdInterval=30'))).toEqual([])
  expect(observations(message('9014', ''))).toEqual([])
})

test('times are wall time of China', () => {
  expect(parseTime('20240508223000')).toEqual(at)
  expect(formatTime(at)).toBe('20240508223000')
  expect(formatQn(new Date(at.getTime() + 7))).toBe('20240508223000007')
  const instants = fc.date({ min: new Date('1980-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
  fc.assert(fc.property(instants, (instant) => parseTime(formatQn(instant), true)?.getTime() === instant.getTime()))
})

test('every factor of the table is known by its code, and nothing inherited is', () => {
  for (const code of Object.keys(factors)) expect(factorOf(code)?.unit).toBeTruthy()
  expect(factorOf('toString')).toBeNull()
})

test("[SEN-09] a simulator's report reads back as the values it was made of, split or not", () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((n) => (n === 0 ? 0 : n))
  const values = fc.uniqueArray(
    fc.record(
      { factor: fc.constantFrom(...Object.keys(factors)), avg: value, min: value, max: value, flag: fc.constant('N') },
      { requiredKeys: ['factor', 'avg'] },
    ),
    { minLength: 1, selector: (of) => of.factor },
  )
  fc.assert(
    fc.property(values, fc.integer({ min: 300, max: 1024 }), (measured, maxSegmentChars) => {
      const frames = encodeReport(
        {
          qn: formatQn(at),
          st: '39',
          cn: '2051',
          pw: '123456',
          mn: 'DUST0001',
          dataTime: at,
          values: measured,
        },
        maxSegmentChars,
      )
      const stream = createHj212Stream()
      const read: Observation[] = []
      for (const frame of frames) {
        expect(frame.length).toBeLessThanOrEqual(maxSegmentChars + 12)
        for (const result of stream.push(frame)) {
          if (!result.ok) throw new Error(result.error.code)
          expect(result.frame.message.pnum).toBe(frames.length > 1 ? frames.length : undefined)
          read.push(...observations(result.frame.message))
        }
      }
      expect(read).toEqual(measured.map((of) => ({ ...of, dataTime: at })))
    }),
  )
})
