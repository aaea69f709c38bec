/** The reads of devices and alarms, each with the key under which news find it. */
import type { Reply } from '@pentad/platform/contract'
import {
  countDevices,
  deviceCurve,
  deviceHealth,
  listAlarms,
  listDevices,
  listStrangers,
  peopleReached,
  readAlarm,
  readDevice,
  whoMoves,
} from '@pentad/sensing/contract'
import { api } from '@pentad/web/api.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type AlarmWhole = Reply<typeof readAlarm>
export type Device = Reply<typeof listDevices>['devices'][number]
export type Curve = AlarmWhole['curves'][number]

export const useAlarms = (
  open: MaybeRefOrGetter<boolean>,
  wanted: MaybeRefOrGetter<boolean> = true,
  most = 100,
  of: MaybeRefOrGetter<{ rule?: string; muted?: 'true' | 'false' }> = { muted: 'false' },
) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'alarms', { open: toValue(open), most, ...toValue(of) }]),
    // The wire speaks of true and false in words.
    queryFn: ({ signal }) =>
      api(listAlarms, { query: { ...(toValue(open) ? { open: 'true' } : {}), ...toValue(of), most } }, { signal }),
    enabled: computed(() => toValue(wanted)),
    placeholderData: (before) => before,
  })

export const useAlarm = (id: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'alarm', toValue(id)]),
    queryFn: ({ signal }) => api(readAlarm, { params: { id: toValue(id) ?? '' } }, { signal }),
    enabled: computed(() => Boolean(toValue(id))),
    refetchInterval: 60_000,
  })

export const useDevices = (wanted: MaybeRefOrGetter<boolean> = true) =>
  useQuery({
    queryKey: ['sensing', 'devices'],
    queryFn: ({ signal }) => api(listDevices, { query: {} }, { signal }),
    enabled: computed(() => toValue(wanted)),
    refetchInterval: 60_000,
  })

/** How many are in which state; a city's devices are too many to be counted on each page. */
export const useDeviceStates = (wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['sensing', 'devices', 'states'],
    queryFn: ({ signal }) => api(countDevices, undefined, { signal }),
    enabled: computed(() => toValue(wanted)),
    refetchInterval: 60_000,
  })

export const useCurve = (id: MaybeRefOrGetter<string | null>, minutes: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'curve', toValue(id), toValue(minutes)]),
    queryFn: ({ signal }) =>
      api(deviceCurve, { params: { id: toValue(id) ?? '' }, query: { minutes: toValue(minutes) } }, { signal }),
    enabled: computed(() => Boolean(toValue(id))),
    refetchInterval: 60_000,
  })

/** Where a device that moves is, and its handle in the live picture. */
export const useWho = (id: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'who', toValue(id)]),
    queryFn: async ({ signal }) =>
      (await api(whoMoves, { query: { ids: toValue(id) ?? '' } }, { signal })).moving[0] ?? null,
    enabled: computed(() => Boolean(toValue(id))),
    refetchInterval: 5000,
  })

export type DeviceWhole = Reply<typeof readDevice>
export type Stranger = Reply<typeof listStrangers>['strangers'][number]

export const useDevice = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'devices', toValue(id)]),
    queryFn: ({ signal }) => api(readDevice, { params: { id: toValue(id) } }, { signal }),
    refetchInterval: 60_000,
  })
export const useStrangers = (wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['sensing', 'strangers'],
    queryFn: ({ signal }) => api(listStrangers, undefined, { signal }),
    enabled: computed(() => toValue(wanted)),
    refetchInterval: 5000,
  })
export const useHealth = () =>
  useQuery({
    queryKey: ['sensing', 'devices', 'health'],
    queryFn: ({ signal }) => api(deviceHealth, undefined, { signal }),
    refetchInterval: 30_000,
  })
export const usePeopleReached = () =>
  useQuery({
    queryKey: ['sensing', 'devices', 'people'],
    queryFn: ({ signal }) => api(peopleReached, undefined, { signal }),
    refetchInterval: 30_000,
  })
export const useRetired = (wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['sensing', 'devices', 'retired'],
    queryFn: ({ signal }) => api(listDevices, { query: { retired: 'true' } }, { signal }),
    enabled: computed(() => toValue(wanted)),
  })
