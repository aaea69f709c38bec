import { expect, test } from 'vitest'
import type { Device } from './asked.ts'
import { shownDevices } from './devices.ts'

const device = (id: string, over: Partial<Device>): Device => ({
  id,
  kind: 'vehicle',
  address: id,
  name: { 'zh-CN': id, en: id },
  label: null,
  unitId: null,
  areaCode: null,
  lon: null,
  lat: null,
  state: 'online',
  lastHeard: null,
  nightPermit: null,
  ...over,
})
const all = { kind: '', state: '', words: '' } as const

test('SEN-31 silent devices stand first, the longest silent on top', () => {
  const devices = [
    device('a', {}),
    device('b', { state: 'silent', lastHeard: '2026-05-21T02:00:00Z' }),
    device('c', { state: 'silent', lastHeard: '2026-05-20T02:00:00Z' }),
    device('d', { state: 'never' }),
  ]
  expect(shownDevices(devices, all).map((d) => d.id)).toEqual(['c', 'b', 'd', 'a'])
})

test('a vehicle is found by its plate', () => {
  const devices = [device('a', { label: '京A·3F21' }), device('b', {})]
  expect(shownDevices(devices, { ...all, words: '3f21' }).map((d) => d.id)).toEqual(['a'])
})
