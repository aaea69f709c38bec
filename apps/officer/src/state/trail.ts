/** What happened to a case so far: asked for when there is a network, kept for when there is none. */
import { readCase } from '@pentad/cases/contract'
import { NoAnswer, Refused } from '@pentad/platform/client'
import type { Reply } from '@pentad/platform/contract'
import { api } from '@pentad/web/api.ts'
import type { ShallowRef } from 'vue'
import { desk } from './desk.ts'
import { useLive } from './live.ts'

export type TrailEntry = Reply<typeof readCase>['trail'][number]

export function useTrail(id: string): ShallowRef<TrailEntry[] | null> {
  const store = desk.value?.store
  if (!store) throw new Error('nobody is signed in')
  const trail = useLive(async () => (await store.note<TrailEntry[]>(`trail:${id}`)) ?? null, null)
  api(readCase, { params: { id } })
    .then((c) => store.keep(`trail:${id}`, c.trail))
    .catch((error: unknown) => {
      if (!(error instanceof NoAnswer) && !(error instanceof Refused)) throw error
    })
  return trail
}
