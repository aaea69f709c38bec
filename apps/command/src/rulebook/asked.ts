/** The reads of code lists, the manual and laws. */
import type { Reply } from '@pentad/platform/contract'
import {
  listCauses,
  listChecklists,
  listDiscretion,
  listLaws,
  listPowers,
  listSchemeClasses,
  listSchemes,
  readClass,
  readLaw,
  readManual,
} from '@pentad/rulebook/contract'
import type { ClassKind } from '@pentad/rulebook/model'
import { api } from '@pentad/web/api.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type Scheme = Reply<typeof listSchemes>['schemes'][number]
export type ListedClass = Reply<typeof listSchemeClasses>['classes'][number]
export type ClassWhole = Reply<typeof readClass>
export type Manual = Reply<typeof readManual>
export type Entry = Manual['chapters'][number]['entries'][number]
export type Standard = Entry['standards'][number]
export type Duty = Entry['duties'][number]
export type Basis = Entry['laws'][number]
export type LawWhole = Reply<typeof readLaw>

/** Base data changes by editions, seldom. */
const forMinutes = 5 * 60_000

export const useSchemes = () =>
  useQuery({
    queryKey: ['rulebook', 'schemes'],
    queryFn: ({ signal }) => api(listSchemes, undefined, { signal }),
    staleTime: forMinutes,
  })

export interface SchemeKey {
  scheme: string
  version: string
}
export const useSchemeClasses = (of: MaybeRefOrGetter<SchemeKey | null>) =>
  useQuery({
    queryKey: computed(() => ['rulebook', 'list', toValue(of)]),
    queryFn: ({ signal }) => api(listSchemeClasses, { query: toValue(of) ?? { scheme: '', version: '' } }, { signal }),
    enabled: computed(() => toValue(of) !== null),
    staleTime: forMinutes,
  })

export const useClass = (of: MaybeRefOrGetter<(SchemeKey & { kind: ClassKind; code: string }) | null>) =>
  useQuery({
    queryKey: computed(() => ['rulebook', 'class', toValue(of)]),
    queryFn: ({ signal }) =>
      api(readClass, { query: toValue(of) ?? { scheme: '', version: '', kind: 'event', code: '' } }, { signal }),
    enabled: computed(() => toValue(of) !== null),
    staleTime: forMinutes,
    placeholderData: (before) => before,
  })

export const useManual = () =>
  useQuery({
    queryKey: ['rulebook', 'manual'],
    queryFn: ({ signal }) => api(readManual, undefined, { signal }),
    staleTime: forMinutes,
  })

export const useLaws = (words: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['rulebook', 'laws', toValue(words)]),
    queryFn: ({ signal }) => api(listLaws, { query: toValue(words) ? { words: toValue(words) } : {} }, { signal }),
    staleTime: forMinutes,
    placeholderData: (before) => before,
  })

export const useLaw = (of: MaybeRefOrGetter<{ id: string; version?: string } | null>) =>
  useQuery({
    queryKey: computed(() => ['rulebook', 'law', toValue(of)]),
    queryFn: ({ signal }) => api(readLaw, { query: toValue(of) ?? { id: '' } }, { signal }),
    enabled: computed(() => toValue(of) !== null),
    staleTime: forMinutes,
  })

const useList = <T>(name: string, ask: (signal: AbortSignal) => Promise<T>, wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['rulebook', name],
    queryFn: ({ signal }) => ask(signal),
    enabled: computed(() => toValue(wanted)),
    staleTime: forMinutes,
  })
export const usePowers = (wanted: MaybeRefOrGetter<boolean>) =>
  useList('powers', (signal) => api(listPowers, undefined, { signal }), wanted)
export const useCauses = (wanted: MaybeRefOrGetter<boolean>) =>
  useList('causes', (signal) => api(listCauses, undefined, { signal }), wanted)
export const useDiscretion = (wanted: MaybeRefOrGetter<boolean>) =>
  useList('discretion', (signal) => api(listDiscretion, { query: {} }, { signal }), wanted)
export const useChecklists = (wanted: MaybeRefOrGetter<boolean>) =>
  useList('checklists', (signal) => api(listChecklists, undefined, { signal }), wanted)
