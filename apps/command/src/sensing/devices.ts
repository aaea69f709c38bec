/** Devices as a list: which to show, in which order. Pure. */
import type { DeviceKind, DeviceState } from '@pentad/sensing/model'
import type { Device } from './asked.ts'

export interface DeviceFilter {
  kind: DeviceKind | ''
  state: DeviceState | ''
  words: string
}

/** What needs a look first: the silent, longest silent first; then those never heard; the rest by name. */
const rank: Record<DeviceState, number> = {
  silent: 0,
  faulty: 1,
  'clock-off': 2,
  'out-of-range': 3,
  never: 4,
  online: 5,
}
export const tones = {
  online: 'ok',
  silent: 'warn',
  never: 'idle',
  faulty: 'bad',
  'clock-off': 'warn',
  'out-of-range': 'warn',
} as const satisfies Record<DeviceState, string>

export function shownDevices(devices: readonly Device[], { kind, state, words }: DeviceFilter): Device[] {
  const said = words.trim().toLowerCase()
  return devices
    .filter((d) => (!kind || d.kind === kind) && (!state || d.state === state))
    .filter(
      (d) =>
        !said || [d.name['zh-CN'], d.name.en, d.label ?? '', d.address].some((w) => w.toLowerCase().includes(said)),
    )
    .sort(
      (a, b) =>
        rank[a.state] - rank[b.state] ||
        (a.state === 'silent' ? (a.lastHeard ?? '').localeCompare(b.lastHeard ?? '') : 0) ||
        a.name['zh-CN'].localeCompare(b.name['zh-CN'], 'zh-CN'),
    )
}
