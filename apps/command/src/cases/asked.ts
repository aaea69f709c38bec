/** The reads of cases, each with the key under which news find it. */
import {
  casePeople,
  duplicatesOfCase,
  figures,
  listCases,
  type peopleFor,
  proposeUnits,
  type queues,
  readCase,
  readFlow,
} from '@pentad/cases/contract'
import { defaultFlow, type Flow } from '@pentad/cases/model'
import { listAreas } from '@pentad/geography/contract'
import { listUnits } from '@pentad/identity/contract'
import type { Reply } from '@pentad/platform/contract'
import { listClasses, listStandards, readCalendar } from '@pentad/rulebook/contract'
import type { Kind, WorkCalendar } from '@pentad/rulebook/model'
import { api } from '@pentad/web/api.ts'
import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type Queue = (typeof queues)[number]
export type CaseLine = Reply<typeof listCases>['cases'][number]
export type CaseWhole = Reply<typeof readCase>
export type Figures = Reply<typeof figures>
export type ProposedUnit = Reply<typeof proposeUnits>['units'][number]

export type DuplicateFound = Reply<typeof duplicatesOfCase>['candidates'][number]

export interface CaseFilter {
  queue: Queue
  q?: string | undefined
  street?: string | undefined
  classCode?: string | undefined
}
const definite = (filter: CaseFilter) => ({
  queue: filter.queue,
  ...(filter.q ? { q: filter.q } : {}),
  ...(filter.street ? { street: filter.street } : {}),
  ...(filter.classCode ? { classCode: filter.classCode } : {}),
})

export const useCases = (filter: MaybeRefOrGetter<CaseFilter>, most = 60) =>
  useInfiniteQuery({
    queryKey: computed(() => ['cases', 'list', definite(toValue(filter)), most]),
    queryFn: ({ pageParam, signal }) =>
      api(
        listCases,
        { query: { ...definite(toValue(filter)), most, ...(pageParam ? { cursor: pageParam } : {}) } },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: (before) => before,
  })

export const useCase = (id: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'one', toValue(id)]),
    queryFn: ({ signal }) => api(readCase, { params: { id: toValue(id) ?? '' } }, { signal }),
    enabled: computed(() => Boolean(toValue(id))),
  })

export const useFigures = (wanted: MaybeRefOrGetter<boolean> = true) =>
  useQuery({
    queryKey: ['cases', 'figures'],
    queryFn: ({ signal }) => api(figures, undefined, { signal }),
    enabled: computed(() => toValue(wanted)),
    refetchInterval: 60_000,
  })

export const useUnitProposals = (id: MaybeRefOrGetter<string>, wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'units', toValue(id)]),
    queryFn: ({ signal }) => api(proposeUnits, { params: { id: toValue(id) } }, { signal }),
    enabled: computed(() => toValue(wanted)),
  })

export const useDuplicatesOf = (id: MaybeRefOrGetter<string>, wanted: MaybeRefOrGetter<boolean> = true) =>
  useQuery({
    queryKey: computed(() => ['cases', 'duplicates', toValue(id)]),
    queryFn: async ({ signal }) =>
      (await api(duplicatesOfCase, { params: { id: toValue(id) } }, { signal })).candidates,
    enabled: computed(() => toValue(wanted)),
  })

const forAnHour = 3_600_000

export const useClasses = () =>
  useQuery({
    queryKey: ['rulebook', 'classes'],
    queryFn: ({ signal }) => api(listClasses, undefined, { signal }),
    staleTime: forAnHour,
  })

export const useStandards = (
  of: MaybeRefOrGetter<{ kind: Kind; code: string; scheme?: string; version?: string } | null>,
) =>
  useQuery({
    queryKey: computed(() => ['rulebook', 'standards', toValue(of)]),
    queryFn: ({ signal }) => api(listStandards, { query: toValue(of) ?? { kind: 'event', code: '' } }, { signal }),
    enabled: computed(() => toValue(of) !== null),
    staleTime: forAnHour,
  })

export const useStreets = () =>
  useQuery({
    queryKey: ['geography', 'streets'],
    queryFn: ({ signal }) => api(listAreas, { query: { level: 'street' } }, { signal }),
    staleTime: forAnHour,
  })

export const useDistricts = () =>
  useQuery({
    queryKey: ['geography', 'districts'],
    queryFn: ({ signal }) => api(listAreas, { query: { level: 'district' } }, { signal }),
    staleTime: forAnHour,
  })

export const useUnits = () =>
  useQuery({
    queryKey: ['identity', 'units'],
    queryFn: ({ signal }) => api(listUnits, undefined, { signal }),
    staleTime: forAnHour,
  })

export type CasePerson = Reply<typeof casePeople>['people'][number]
export const useCasePeople = (id: MaybeRefOrGetter<string>, what: MaybeRefOrGetter<(typeof peopleFor)[number]>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'people', toValue(id), toValue(what)]),
    queryFn: ({ signal }) =>
      api(casePeople, { params: { id: toValue(id) }, query: { for: toValue(what) } }, { signal }),
  })

/** The flow that a case goes by; the one that Pentad comes with until it is known. */
export function useFlow(version: MaybeRefOrGetter<number | undefined>) {
  const { data } = useQuery({
    queryKey: computed(() => ['cases', 'flow', toValue(version)]),
    queryFn: ({ signal }) => api(readFlow, { params: { version: toValue(version) ?? 0 } }, { signal }),
    enabled: computed(() => (toValue(version) ?? 0) > 0),
    staleTime: forAnHour,
  })
  return computed<Flow>(() => (data.value ? { ...defaultFlow, ...data.value } : defaultFlow))
}

/** The working calendar in force, as the rules reckon by it. */
export function useCalendar() {
  const { data } = useQuery({
    queryKey: ['rulebook', 'calendar'],
    queryFn: ({ signal }) => api(readCalendar, undefined, { signal }),
    staleTime: forAnHour,
  })
  return computed<WorkCalendar | null>(() =>
    data.value
      ? {
          ...data.value,
          holidays: new Set(data.value.holidays),
          shiftedWorkdays: new Set(data.value.shiftedWorkdays),
        }
      : null,
  )
}
