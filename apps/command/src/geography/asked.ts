/** The reads of the grid, each with the key under which news find it. */
import { checkedGrid, gridAreas, gridCell, gridCells } from '@pentad/geography/contract'
import type { Reply } from '@pentad/platform/contract'
import { api } from '@pentad/web/api.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import type { Box } from './grid.ts'

export type CellWhole = Reply<typeof gridCell>
export type Cells = Reply<typeof gridCells>
export type Checked = Reply<typeof checkedGrid>
type At = MaybeRefOrGetter<string | undefined>
const when = (at: string | undefined) => (at ? { at } : {})

export const useGridAreas = (at: At) =>
  useQuery({
    queryKey: computed(() => ['geography', 'areas', toValue(at) ?? '']),
    queryFn: ({ signal }) => api(gridAreas, { query: when(toValue(at)) }, { signal }),
    placeholderData: (before) => before,
  })

export const useGridCells = (box: MaybeRefOrGetter<Box | null>, at: At) =>
  useQuery({
    queryKey: computed(() => ['geography', 'cells', toValue(box), toValue(at) ?? '']),
    queryFn: ({ signal }) => {
      const [west, south, east, north] = toValue(box) ?? [0, 0, 0, 0]
      return api(gridCells, { query: { west, south, east, north, ...when(toValue(at)) } }, { signal })
    },
    enabled: computed(() => toValue(box) !== null),
    placeholderData: (before) => before,
  })

export const useGridCell = (code: MaybeRefOrGetter<string | null>, at: At) =>
  useQuery({
    queryKey: computed(() => ['geography', 'cell', toValue(code), toValue(at) ?? '']),
    queryFn: ({ signal }) =>
      api(gridCell, { params: { code: toValue(code) ?? '' }, query: when(toValue(at)) }, { signal }),
    enabled: computed(() => Boolean(toValue(code))),
  })

export const useGridCheck = (within: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: computed(() => ['geography', 'check', toValue(within)]),
    queryFn: ({ signal }) => api(checkedGrid, { query: { within: toValue(within) ?? '' } }, { signal }),
    enabled: computed(() => toValue(within) !== null),
  })
