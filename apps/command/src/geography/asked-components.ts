/** The reads of components and censuses. */
import { listCases } from '@pentad/cases/contract'
import {
  componentCounts,
  componentQuality,
  componentsOnMap,
  listCensuses,
  listComponents,
  nearestComponents,
  readCensus,
  readComponent,
} from '@pentad/geography/contract'
import type { Reply } from '@pentad/platform/contract'
import { api } from '@pentad/web/api.ts'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import type { ComponentFilter } from './address.ts'

export type QualityLine = Reply<typeof componentQuality>['lines'][number]
export type ComponentWhole = Reply<typeof readComponent>
export interface Box {
  west: number
  south: number
  east: number
  north: number
}

export const useCounts = () =>
  useQuery({
    queryKey: ['components', 'counts'],
    queryFn: ({ signal }) => api(componentCounts, { query: {} }, { signal }),
  })

export const useComponents = (filter: MaybeRefOrGetter<ComponentFilter>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['components', 'list', toValue(filter)]),
    queryFn: ({ pageParam, signal }) =>
      api(listComponents, { query: { ...toValue(filter), after: pageParam, most: 100 } }, { signal }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  })

export const useComponentsInView = (box: MaybeRefOrGetter<Box | null>, filter: MaybeRefOrGetter<ComponentFilter>) =>
  useQuery({
    queryKey: computed(() => ['components', 'map', toValue(box), toValue(filter)]),
    queryFn: ({ signal }) =>
      api(
        componentsOnMap,
        { query: { ...(toValue(box) ?? { west: 0, south: 0, east: 0, north: 0 }), ...toValue(filter) } },
        { signal },
      ),
    enabled: computed(() => toValue(box) !== null),
    placeholderData: keepPreviousData,
  })

export const useComponent = (id: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['components', 'one', toValue(id)]),
    queryFn: ({ signal }) => api(readComponent, { params: { id: toValue(id) ?? '' } }, { signal }),
    enabled: computed(() => Boolean(toValue(id))),
  })

/** Open and closed cases about a component, newest last. */
export const useCasesOf = (id: MaybeRefOrGetter<string | null>, wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'of-component', toValue(id)]),
    queryFn: async ({ signal }) => {
      const componentId = toValue(id) ?? ''
      const open = await api(listCases, { query: { queue: 'open', componentId, most: 20 } }, { signal })
      const closed = await api(listCases, { query: { queue: 'closed', componentId, most: 20 } }, { signal })
      return [...open.cases, ...closed.cases]
    },
    enabled: computed(() => Boolean(toValue(id)) && toValue(wanted)),
  })

export const useQuality = (wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['components', 'quality'],
    queryFn: ({ signal }) => api(componentQuality, { query: {} }, { signal }),
    enabled: computed(() => toValue(wanted)),
  })

export const useCensuses = () =>
  useQuery({
    queryKey: ['censuses'],
    queryFn: ({ signal }) => api(listCensuses, undefined, { signal }),
  })

/** One census, asked again every second while work on it goes on. */
export const useCensus = (id: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['censuses', toValue(id)]),
    queryFn: ({ signal }) => api(readCensus, { params: { id: toValue(id) ?? '' } }, { signal }),
    enabled: computed(() => Boolean(toValue(id))),
    refetchInterval: ({ state }) =>
      state.data?.state === 'checking' || state.data?.state === 'loading' ? 1000 : false,
  })

/** Components of a class around a place, for a case that is being written down. */
export const useNearest = (
  at: MaybeRefOrGetter<{ lon: number; lat: number } | null>,
  classCode: MaybeRefOrGetter<string | null>,
) =>
  useQuery({
    queryKey: computed(() => ['components', 'nearest', toValue(at), toValue(classCode)]),
    queryFn: ({ signal }) =>
      api(
        nearestComponents,
        { query: { ...(toValue(at) ?? { lon: 0, lat: 0 }), classCode: toValue(classCode) ?? '', radiusM: 60 } },
        { signal },
      ),
    enabled: computed(() => toValue(at) !== null && toValue(classCode) !== null),
  })
