/** The reads of what is said to devices, under the keys by which news find them. */
import type { Reply } from '@pentad/platform/contract'
import { listCommands, readTalk } from '@pentad/sensing/contract'
import { api } from '@pentad/web/api.ts'
import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

export type CommandList = Reply<typeof listCommands>
export type CommandShown = CommandList['commands'][number]

export const useCommands = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'commands', toValue(id)]),
    queryFn: ({ signal }) => api(listCommands, { params: { id: toValue(id) }, query: {} }, { signal }),
    refetchInterval: 60_000,
  })
export const useTalk = (id: MaybeRefOrGetter<string>, wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['sensing', 'talk', toValue(id)]),
    queryFn: ({ signal }) => api(readTalk, { params: { id: toValue(id) } }, { signal }),
    enabled: computed(() => toValue(wanted)),
  })
