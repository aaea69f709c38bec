/** Asking for what was sought. */
import { type SearchHit, searchAll } from '@pentad/analysis/contract'
import { api } from '@pentad/web/api.ts'
import { language } from '@pentad/web/i18n.ts'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import type { z } from 'zod'
import { type SearchAddress, sinceOf, targetOf } from './address.ts'

export type Hit = z.output<typeof SearchHit>

/** A few of each kind, while somebody types. */
export const useQuickSearch = (q: Ref<string>, wanted: Ref<boolean>) =>
  useQuery({
    queryKey: computed(() => ['search', 'quick', language.value, q.value]),
    queryFn: ({ signal }) => api(searchAll, { query: { q: q.value, most: 5 } }, { signal }),
    enabled: wanted,
    placeholderData: keepPreviousData,
  })

/** All of one kind page by page, or the first of each. */
export const useSearch = (address: Ref<SearchAddress>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['search', 'all', language.value, address.value]),
    queryFn: ({ pageParam, signal }) => {
      const { q, kind, span } = address.value
      const since = sinceOf(span, new Date())
      return api(
        searchAll,
        {
          query: {
            q,
            most: kind ? 30 : 5,
            ...(kind ? { kinds: kind } : {}),
            ...(since ? { from: since.toISOString() } : {}),
            ...(pageParam ? { cursor: pageParam } : {}),
          },
        },
        { signal },
      )
    },
    initialPageParam: '',
    getNextPageParam: (last) => (address.value.kind ? (last.groups[0]?.next ?? undefined) : undefined),
    enabled: computed(() => address.value.q.trim() !== ''),
    placeholderData: keepPreviousData,
  })

/** Where a hit opens in this web; null where it has neither page nor place. */
export function useTargets(): (hit: Hit) => string | null {
  const router = useRouter()
  const known = (href: string): boolean => router.resolve(href).matched.some((r) => !r.path.includes(':rest'))
  return (hit) => targetOf(hit, known)
}
