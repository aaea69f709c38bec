import { expect, test } from 'vitest'
import {
  bodyOf,
  classToSend,
  type Draft,
  missing,
  newDraft,
  type PhotoDraft,
  type Proposals,
  phoneLooksRight,
  placeProposed,
  unsealed,
} from './draft.ts'

const now = new Date('2026-05-07T00:05:00Z')
const phone = { lon: 116.4, lat: 39.9 }
const lane = { lon: 116.4175, lat: 39.9262 }
const photo = (change: Partial<PhotoDraft> = {}): PhotoDraft => ({
  key: 'p1',
  bytes: new ArrayBuffer(1),
  type: 'image/jpeg',
  takenAt: now.toISOString(),
  serverId: 's1',
  point: null,
  ...change,
})
const draft = (change: Partial<Draft> = {}): Draft => ({ ...newDraft(now), photos: [photo()], ...change })
const proposals = {
  classes: [
    { kind: 'event', code: '0110' },
    { kind: 'event', code: '0112' },
  ],
} as unknown as Proposals

test('a picture just taken is where the phone is; one from yesterday is where it was taken [PUB-12] [SEN-12]', () => {
  expect(placeProposed(draft({ photos: [photo({ point: lane })] }), phone, now)).toEqual({ point: phone, by: 'gps' })
  const yesterday = photo({ point: lane, takenAt: '2026-05-06T00:00:00Z' })
  expect(placeProposed(draft({ photos: [yesterday] }), phone, now)).toEqual({ point: lane, by: 'photo' })
  expect(placeProposed(draft({ photos: [photo({ point: lane })] }), null, now)).toEqual({ point: lane, by: 'photo' })
  expect(placeProposed(draft(), null, now)).toBeNull()
})

test('nothing is proposed over a place that a person confirmed', () => {
  expect(placeProposed(draft({ point: lane, pointBy: 'map', placeConfirmed: true }), phone, now)).toBeNull()
})

test('the first proposed class is sent unless the person chose another', () => {
  expect(classToSend(draft(), proposals)).toBe('event:0110')
  expect(classToSend(draft({ classKey: 'event:0112' }), proposals)).toBe('event:0112')
  expect(classToSend(draft(), null)).toBeNull()
})

test('a report needs a photo or words, a place and a class, and nothing else [PUB-26]', () => {
  expect(missing(draft({ photos: [] }), 'event:0110')).toBe('what')
  expect(missing(draft(), 'event:0110')).toBe('place')
  expect(missing(draft({ point: lane, pointBy: 'gps' }), null)).toBe('class')
  expect(missing(draft({ point: lane, pointBy: 'gps' }), 'event:0110')).toBeNull()
})

test('a photo that has not arrived keeps the report from being sent without it', () => {
  const waiting = draft({ photos: [photo({ serverId: null })], point: lane, pointBy: 'gps' })
  expect(() => bodyOf(waiting, 'event:0110', 'zh-CN')).toThrow('photo')
})

test('what is sent says how the place came about and what it joins', () => {
  const d = draft({ point: lane, pointBy: 'photo', joins: 'c1', phone: ' 138 0000 1234 ', text: ' 一堆渣土 ' })
  expect(bodyOf(d, 'event:0110', 'en')).toEqual({
    kind: 'event',
    classCode: '0110',
    point: lane,
    pointBy: 'photo',
    text: '一堆渣土',
    photoIds: ['s1'],
    language: 'en',
    joins: 'c1',
    phone: '138 0000 1234',
  })
})

test('a report that was opened for changes goes out as a new one', () => {
  const d = draft()
  expect(unsealed(d).key).not.toBe(d.key)
})

test('a telephone number may be left out, and may be written as one likes', () => {
  expect(['', '138 0000 1234', '010-6512-0000', '+86 13800001234'].map(phoneLooksRight)).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(phoneLooksRight('call me')).toBe(false)
})
