/** The reads of data governance. */
import { baseUnitModel, dataDictionary, dataQuality, qualitySamples } from '@pentad/operations/contract'
import type { Reply } from '@pentad/platform/contract'
import { api } from '@pentad/web/api.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type SetQuality = Reply<typeof dataQuality>['sets'][number]
export type SetDescribed = Reply<typeof dataDictionary>['sets'][number]

export const useDataQuality = () =>
  useQuery({
    queryKey: ['operations', 'data', 'quality'],
    queryFn: ({ signal }) => api(dataQuality, undefined, { signal }),
    refetchInterval: (query) => (query.state.data?.runs[0]?.ended === null ? 1500 : 120_000),
  })

export const useSamples = (check: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['operations', 'data', 'samples', toValue(check)]),
    queryFn: ({ signal }) => api(qualitySamples, { params: { check: toValue(check) ?? '' } }, { signal }),
    enabled: computed(() => Boolean(toValue(check))),
  })

export const useDictionary = () =>
  useQuery({
    queryKey: ['operations', 'data', 'dictionary'],
    queryFn: ({ signal }) => api(dataDictionary, undefined, { signal }),
    staleTime: 300_000,
  })

export const useBaseUnits = () =>
  useQuery({
    queryKey: ['operations', 'data', 'base-units'],
    queryFn: ({ signal }) => api(baseUnitModel, undefined, { signal }),
    staleTime: 300_000,
  })
