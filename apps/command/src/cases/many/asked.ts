/** The reads of packages, hard cases, hung items and ties, each with the key under which news find it. */
import {
  caseTies,
  hardCases,
  listHung,
  listMeetings,
  listPackages,
  packageCandidates,
  readHung,
  readMeeting,
  readPackage,
} from '@pentad/cases/contract'
import type { Input, Reply } from '@pentad/platform/contract'
import { api } from '@pentad/web/api.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type Package = Reply<typeof listPackages>['packages'][number]
export type Progress = Package['progress']
export type HardWhole = Reply<typeof hardCases>
export type Candidate = HardWhole['candidates'][number]
export type CandidateFilter = Input<typeof packageCandidates>['query']

type Closed = '0' | '1'
export const usePackages = (closed: MaybeRefOrGetter<Closed>) =>
  useQuery({
    queryKey: computed(() => ['many', 'packages', toValue(closed)]),
    queryFn: ({ signal }) => api(listPackages, { query: { closed: toValue(closed) } }, { signal }),
    // Its cases move without a word about the package.
    refetchInterval: 30_000,
  })
export const usePackage = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['many', 'package', toValue(id)]),
    queryFn: ({ signal }) => api(readPackage, { params: { id: toValue(id) } }, { signal }),
    refetchInterval: 15_000,
  })
export const useCandidates = (filter: MaybeRefOrGetter<CandidateFilter>) =>
  useQuery({
    queryKey: computed(() => ['many', 'packages', 'candidates', toValue(filter)]),
    queryFn: ({ signal }) => api(packageCandidates, { query: toValue(filter) }, { signal }),
    placeholderData: (before) => before,
  })
export const useHard = () =>
  useQuery({
    queryKey: ['many', 'hard'],
    queryFn: ({ signal }) => api(hardCases, { query: {} }, { signal }),
  })
export const useMeetings = () =>
  useQuery({
    queryKey: ['many', 'meetings'],
    queryFn: ({ signal }) => api(listMeetings, undefined, { signal }),
  })
export const useMeeting = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['many', 'meeting', toValue(id)]),
    queryFn: ({ signal }) => api(readMeeting, { params: { id: toValue(id) } }, { signal }),
  })
export type HungFilter = Input<typeof listHung>['query']
export const useHung = (filter: MaybeRefOrGetter<HungFilter>) =>
  useQuery({
    queryKey: computed(() => ['many', 'hung', toValue(filter)]),
    queryFn: ({ signal }) => api(listHung, { query: toValue(filter) }, { signal }),
  })
export const useSpot = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['many', 'spot', toValue(id)]),
    queryFn: ({ signal }) => api(readHung, { params: { id: toValue(id) } }, { signal }),
  })
export const useTies = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'ties', toValue(id)]),
    queryFn: ({ signal }) => api(caseTies, { params: { id: toValue(id) } }, { signal }),
  })
