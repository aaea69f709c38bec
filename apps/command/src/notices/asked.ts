/** The reads of notices and dispatch rules, each with the key under which news find it. */
import {
  listCirculars,
  listPapers,
  myMessages,
  papersOfCase,
  proposedOrders,
  readDispatchRules,
  readNoticeRules,
  type tryDispatchRules,
} from '@pentad/cases/contract'
import type { Reply } from '@pentad/platform/contract'
import { api } from '@pentad/web/api.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type Paper = Reply<typeof listPapers>['papers'][number]
export type PaperList = 'open' | 'late' | 'answered' | 'withdrawn'
export type Message = Reply<typeof myMessages>['messages'][number]
export type Editions = Reply<typeof readDispatchRules>
export type DispatchRuleShown = NonNullable<Editions['inForce']>['rules'][number]
export type Tried = Reply<typeof tryDispatchRules>
export type NoticeRulesShown = Reply<typeof readNoticeRules>

export const usePapersOf = (caseId: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'papers', toValue(caseId)]),
    queryFn: ({ signal }) => api(papersOfCase, { params: { id: toValue(caseId) } }, { signal }),
  })

export const usePapers = (state: MaybeRefOrGetter<PaperList>, wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'orders', toValue(state)]),
    queryFn: ({ signal }) => api(listPapers, { query: { state: toValue(state), most: 200 } }, { signal }),
    enabled: computed(() => toValue(wanted)),
    placeholderData: (before) => before,
  })

export const useProposedOrders = (wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['cases', 'orders', 'proposed'],
    queryFn: ({ signal }) => api(proposedOrders, undefined, { signal }),
    enabled: computed(() => toValue(wanted)),
  })

export const useCirculars = (wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['cases', 'orders', 'circulars'],
    queryFn: ({ signal }) => api(listCirculars, { query: {} }, { signal }),
    enabled: computed(() => toValue(wanted)),
  })

export const useMessages = (wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['cases', 'messages'],
    queryFn: ({ signal }) => api(myMessages, { query: {} }, { signal }),
    enabled: computed(() => toValue(wanted)),
    refetchInterval: 120_000,
  })

export const useDispatchRules = () =>
  useQuery({
    queryKey: ['cases', 'dispatch-rules'],
    queryFn: ({ signal }) => api(readDispatchRules, undefined, { signal }),
  })

export const useNoticeRules = (wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['cases', 'notice-rules'],
    queryFn: ({ signal }) => api(readNoticeRules, undefined, { signal }),
    enabled: computed(() => toValue(wanted)),
  })
