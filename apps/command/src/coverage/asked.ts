/** The reads of the page of coverage. */
import { listCases, openInCells } from '@pentad/cases/contract'
import { gridCells } from '@pentad/geography/contract'
import type { Reply } from '@pentad/platform/contract'
import { readCellCoverage, readCoverage, readCoverageRule } from '@pentad/sensing/contract'
import type { CoverageSpan } from '@pentad/sensing/model'
import { api } from '@pentad/web/api.ts'
import { may } from '@pentad/web/me.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type Coverage = Reply<typeof readCoverage>

/** The worker looks at each minute; asking oftener shows nothing new. */
const everyMs = 60_000

export const useCoverage = (span: MaybeRefOrGetter<CoverageSpan>, within: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'coverage', toValue(span), toValue(within)]),
    queryFn: ({ signal }) =>
      api(
        readCoverage,
        { query: { span: toValue(span), ...(toValue(within) ? { within: toValue(within) } : {}) } },
        { signal },
      ),
    placeholderData: (before) => before,
    refetchInterval: everyMs,
  })

export const useCellCoverage = (code: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'coverage', 'cell', toValue(code)]),
    queryFn: ({ signal }) => api(readCellCoverage, { query: { code: toValue(code) } }, { signal }),
    refetchInterval: everyMs,
  })

export const useCoverageRules = () =>
  useQuery({
    queryKey: ['sensing', 'coverage', 'rule'],
    queryFn: ({ signal }) => api(readCoverageRule, undefined, { signal }),
  })

/** The borders of all cells of an area; they change once in a while. */
export const useBorders = (within: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['geography', 'cells', 'within', toValue(within)]),
    queryFn: ({ signal }) => api(gridCells, { query: { within: toValue(within) } }, { signal }),
    enabled: computed(() => toValue(within) !== ''),
    staleTime: 600_000,
    placeholderData: (before) => before,
  })

export const useOpenInCells = (within: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'in-cells', toValue(within)]),
    queryFn: ({ signal }) => api(openInCells, { query: { within: toValue(within) } }, { signal }),
    enabled: computed(() => toValue(within) !== '' && may('cases.read')),
    placeholderData: (before) => before,
    refetchInterval: everyMs,
  })

export const useCasesOfCell = (code: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['cases', 'of-cell', toValue(code)]),
    queryFn: ({ signal }) => api(listCases, { query: { queue: 'open', street: toValue(code), most: 20 } }, { signal }),
    enabled: computed(() => may('cases.read')),
  })
