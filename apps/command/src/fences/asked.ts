/** The reads of fences, and their text as a form holds it. */
import type { Reply } from '@pentad/platform/contract'
import type { LonLat } from '@pentad/platform/geo'
import { fenceStays, listFences, readFence } from '@pentad/sensing/contract'
import type { DeviceKind } from '@pentad/sensing/model'
import { api } from '@pentad/web/api.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type Fence = Reply<typeof listFences>['fences'][number]
export type Stay = Reply<typeof fenceStays>['stays'][number]

export const useFences = (ended: MaybeRefOrGetter<boolean> = false, wanted: MaybeRefOrGetter<boolean> = true) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'fences', toValue(ended)]),
    queryFn: ({ signal }) => api(listFences, { query: toValue(ended) ? { ended: 'true' } : {} }, { signal }),
    enabled: computed(() => toValue(wanted)),
    refetchInterval: 10_000,
    placeholderData: (before) => before,
  })

export const useFence = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'fence', toValue(id)]),
    queryFn: ({ signal }) => api(readFence, { params: { id: toValue(id) } }, { signal }),
    enabled: computed(() => toValue(id) !== ''),
  })

export const useStays = (id: MaybeRefOrGetter<string>, days: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'fence', toValue(id), 'stays', toValue(days)]),
    queryFn: ({ signal }) => {
      const until = new Date()
      const from = new Date(until.getTime() - toValue(days) * 86_400_000)
      return api(
        fenceStays,
        { params: { id: toValue(id) }, query: { from: from.toISOString(), until: until.toISOString() } },
        { signal },
      )
    },
    enabled: computed(() => toValue(id) !== ''),
    refetchInterval: 10_000,
  })

export interface FenceDraft {
  name: string
  nameEn: string
  ring: readonly LonLat[]
  /** As a field of date and time holds them; empty without an end. */
  validFrom: string
  validUntil: string
  kinds: readonly DeviceKind[]
  unitId: string
  note: string
}
