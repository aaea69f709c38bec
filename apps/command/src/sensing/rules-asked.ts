/** The reads of alarm rules and replays. */
import type { Reply } from '@pentad/platform/contract'
import { listRules, readRule, readTrial, scopeMeans } from '@pentad/sensing/contract'
import { api } from '@pentad/web/api.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import type { Rule } from './rules.ts'

export type TrialFound = Reply<typeof readTrial>

export const useRules = () =>
  useQuery({ queryKey: ['sensing', 'rules'], queryFn: ({ signal }) => api(listRules, undefined, { signal }) })

export const useRule = (id: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'rule', toValue(id)]),
    queryFn: ({ signal }) => api(readRule, { params: { rule: toValue(id) ?? '' } }, { signal }),
    enabled: computed(() => Boolean(toValue(id))),
  })

export const useMeant = (scope: MaybeRefOrGetter<Rule['scope']>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'meant', JSON.stringify(toValue(scope))]),
    queryFn: ({ signal }) => api(scopeMeans, { body: { scope: toValue(scope) } }, { signal, key: crypto.randomUUID() }),
    placeholderData: (before) => before,
  })

const isOver = (state: TrialFound['state'] | undefined): boolean =>
  state === 'done' || state === 'cancelled' || state === 'failed'

/** Asked again each second while the replay goes on; it can be left and come back to. */
export const useTrial = (id: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'trial', toValue(id)]),
    queryFn: ({ signal }) => api(readTrial, { params: { trial: toValue(id) ?? '' } }, { signal }),
    enabled: computed(() => Boolean(toValue(id))),
    refetchInterval: (query) => (isOver(query.state.data?.state) ? false : 1000),
  })
