/** The reads of ledgers, each under the key by which news find it. */
import {
  entriesOnMap,
  entryHistory,
  type importEntries,
  listEntries,
  listLedgers,
  readEntry,
  readLedger,
} from '@pentad/inspection/contract'
import type { Reply } from '@pentad/platform/contract'
import { api } from '@pentad/web/api.ts'
import type { Box } from '@pentad/web/live.ts'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import { type EntryFilter, filterQuery } from './filter.ts'

export type LedgerLine = Reply<typeof listLedgers>['ledgers'][number]
export type Schema = LedgerLine['schema']
export type EntryWhole = Reply<typeof readEntry>
export type EventLine = Reply<typeof entryHistory>['events'][number]
export type Imported = Reply<typeof importEntries>

export const useLedgers = () =>
  useQuery({
    queryKey: ['inspection', 'ledgers'],
    queryFn: ({ signal }) => api(listLedgers, undefined, { signal }),
  })

export const useLedger = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['inspection', 'ledger', toValue(id)]),
    queryFn: ({ signal }) => api(readLedger, { params: { ledger: toValue(id) } }, { signal }),
    enabled: computed(() => toValue(id) !== '' && toValue(id) !== '-' && toValue(id) !== 'new'),
  })

export const useEntries = (id: MaybeRefOrGetter<string>, filter: MaybeRefOrGetter<EntryFilter>, most = 80) =>
  useInfiniteQuery({
    queryKey: computed(() => ['inspection', 'entries', toValue(id), toValue(filter), most]),
    queryFn: ({ pageParam, signal }) => {
      const { sort } = toValue(filter)
      const query = { ...filterQuery(toValue(filter)), sort, most, ...(pageParam ? { cursor: pageParam } : {}) }
      return api(listEntries, { params: { ledger: toValue(id) }, query }, { signal })
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    enabled: computed(() => toValue(id) !== '' && toValue(id) !== '-'),
  })

export const usePoints = (
  id: MaybeRefOrGetter<string>,
  filter: MaybeRefOrGetter<EntryFilter>,
  box: MaybeRefOrGetter<Box | null>,
) =>
  useQuery({
    queryKey: computed(() => ['inspection', 'map', toValue(id), toValue(filter), toValue(box)]),
    queryFn: ({ signal }) => {
      const [west, south, east, north] = toValue(box) ?? [0, 0, 0, 0]
      const query = { west, south, east, north, ...filterQuery(toValue(filter)) }
      return api(entriesOnMap, { params: { ledger: toValue(id) }, query }, { signal })
    },
    enabled: computed(() => toValue(box) !== null && toValue(id) !== '-'),
    placeholderData: keepPreviousData,
  })

export const useEntry = (id: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['inspection', 'entry', toValue(id)]),
    queryFn: ({ signal }) => api(readEntry, { params: { id: toValue(id) ?? '' } }, { signal }),
    enabled: computed(() => Boolean(toValue(id))),
  })

export const useHistory = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['inspection', 'history', toValue(id)]),
    queryFn: ({ signal }) => api(entryHistory, { params: { id: toValue(id) } }, { signal }),
  })
