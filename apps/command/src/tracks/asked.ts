/** What a replay is made of: each device's track, its stays in fences, its alarms, and acts on cases near its way. */
import { actsNearTrack } from '@pentad/cases/contract'
import type { Reply } from '@pentad/platform/contract'
import { deviceStays, deviceTrack, listAlarms } from '@pentad/sensing/contract'
import { api } from '@pentad/web/api.ts'
import { text } from '@pentad/web/i18n.ts'
import { may } from '@pentad/web/me.ts'
import { useQueries } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

export type Drive = Reply<typeof deviceTrack>
export interface Replayed {
  track: Drive
  stays: { fenceId: string; name: string; enteredAt: string; leftAt: string | null }[]
  alarms: { id: string; name: string; raisedAt: string; clearedAt: string | null }[]
  acts: Reply<typeof actsNearTrack>['acts']
}
interface Wanted {
  devices: readonly string[]
  from: Date
  until: Date
}
const hour = 3_600_000
/** Fixes nearer than this to the line between others are left out: a sign moves no differently without them. */
const toleranceM = 3
const mostFixes = 20_000

async function replayed(id: string, from: Date, until: Date, signal: AbortSignal): Promise<Replayed> {
  const span = { from: from.toISOString(), until: until.toISOString() }
  const hours = (until.getTime() - from.getTime()) / hour
  const [track, { stays }, { alarms }, { acts }] = await Promise.all([
    api(deviceTrack, { params: { id }, query: { hours, until: span.until, toleranceM, most: mostFixes } }, { signal }),
    api(deviceStays, { params: { id }, query: span }, { signal }),
    api(listAlarms, { query: { device: id, most: 200 } }, { signal }),
    may('cases.read')
      ? api(actsNearTrack, { query: { device: id, ...span } }, { signal })
      : Promise.resolve({ acts: [] }),
  ])
  return {
    track,
    stays: stays.map((s) => ({ ...s, name: text(s.name) })),
    alarms: alarms.map(({ id: alarm, ruleName, raisedAt, clearedAt }) => ({
      ...{ id: alarm, name: text(ruleName), raisedAt, clearedAt },
    })),
    acts,
  }
}

export function useReplay(wanted: Ref<Wanted>) {
  const found = useQueries({
    queries: computed(() =>
      wanted.value.devices.map((id) => ({
        queryKey: ['sensing', 'replay', id, wanted.value.from.toISOString(), wanted.value.until.toISOString()],
        queryFn: ({ signal }: { signal: AbortSignal }) => replayed(id, wanted.value.from, wanted.value.until, signal),
        staleTime: 60_000,
        refetchInterval: false as const,
      })),
    ),
  })
  return computed(() =>
    wanted.value.devices.map((id, i) => ({
      id,
      data: found.value[i]?.data ?? null,
      error: found.value[i]?.error ?? null,
      pending: found.value[i]?.isPending ?? true,
      retry: () => found.value[i]?.refetch(),
    })),
  )
}
