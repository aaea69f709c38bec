/** What the map asks the server for, each with the key under which news find it. */
import { casesAt, casesFlow } from '@pentad/cases/contract'
import type { Span } from '@pentad/cases/model'
import { listLayers, nearestComponents, placeAt } from '@pentad/geography/contract'
import type { Reply } from '@pentad/platform/contract'
import { deviceTrack } from '@pentad/sensing/contract'
import { api } from '@pentad/web/api.ts'
import type { Box } from '@pentad/web/live.ts'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type Catalogue = Reply<typeof listLayers>
export type MapLayer = Catalogue['layers'][number]
export type CasesThen = Reply<typeof casesAt>

/** To the minute, so that a clock that ticks asks once a minute. */
const minuteOf = (at: Date): string => new Date(Math.floor(at.getTime() / 60_000) * 60_000).toISOString()

export const useCatalogue = () =>
  useQuery({
    queryKey: ['map', 'layers'],
    queryFn: ({ signal }) => api(listLayers, undefined, { signal }),
    // A layer that is still being loaded has no count yet.
    refetchInterval: (query) => (query.state.data?.layers.some((l) => l.count === null && !l.public) ? 1500 : 60_000),
    placeholderData: keepPreviousData,
  })

export interface ThenWanted {
  at: Date
  area: string
  box: Box | null
  group: 'auto' | 'cell' | 'street'
}
export const useCasesAt = (wanted: MaybeRefOrGetter<ThenWanted | null>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'at', toValue(wanted)]),
    queryFn: ({ signal }) => {
      const w = toValue(wanted)
      const [west, south, east, north] = w?.box ?? []
      return api(
        casesAt,
        {
          query: {
            instant: minuteOf(w?.at ?? new Date()),
            group: w?.group ?? 'auto',
            ...(w?.area ? { area: w.area } : {}),
            ...(west === undefined ? {} : { west, south, east, north }),
          },
        },
        { signal },
      )
    },
    enabled: computed(() => toValue(wanted) !== null),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useFlow = (until: MaybeRefOrGetter<Date>, span: MaybeRefOrGetter<Span>, area: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'flow', minuteOf(toValue(until)), toValue(span), toValue(area)]),
    queryFn: ({ signal }) =>
      api(
        casesFlow,
        {
          query: {
            until: minuteOf(toValue(until)),
            span: toValue(span),
            ...(toValue(area) ? { area: toValue(area) } : {}),
          },
        },
        { signal },
      ),
    placeholderData: keepPreviousData,
  })

export const usePlaceAt = (point: MaybeRefOrGetter<readonly [number, number] | null>) =>
  useQuery({
    queryKey: computed(() => ['geography', 'at', toValue(point)]),
    queryFn: ({ signal }) => {
      const [lon, lat] = toValue(point) ?? [0, 0]
      return api(placeAt, { query: { lon, lat } }, { signal })
    },
    enabled: computed(() => toValue(point) !== null),
    retry: false,
  })

export const useNearest = (point: MaybeRefOrGetter<readonly [number, number]>, wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['geography', 'nearest', toValue(point)]),
    queryFn: ({ signal }) => {
      const [lon, lat] = toValue(point)
      return api(nearestComponents, { query: { lon, lat } }, { signal })
    },
    enabled: computed(() => toValue(wanted)),
    retry: false,
  })

export const useTrack = (
  id: MaybeRefOrGetter<string | null>,
  until: MaybeRefOrGetter<Date | null>,
  hours: MaybeRefOrGetter<number>,
) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'track', toValue(id), toValue(until), toValue(hours)]),
    queryFn: ({ signal }) => {
      const at = toValue(until)
      return api(
        deviceTrack,
        {
          params: { id: toValue(id) ?? '' },
          query: { hours: toValue(hours), ...(at ? { until: at.toISOString() } : {}) },
        },
        { signal },
      )
    },
    enabled: computed(() => Boolean(toValue(id))),
  })
