/** A report followed by its code; it renews itself when something happens. */
import { Refused } from '@pentad/platform/client'
import type { Reply } from '@pentad/platform/contract'
import { spokenCode } from '@pentad/platform/id'
import { followReport } from '@pentad/public-service/contract'
import { api } from '@pentad/web/api.ts'
import { openLive } from '@pentad/web/live.ts'
import { onScopeDispose, ref, shallowRef } from 'vue'

export type Seen = Reply<typeof followReport>
export function useFollow(typed: string) {
  const code = spokenCode(typed)
  const seen = shallowRef<Seen | null>(null)
  const state = ref<'loading' | 'there' | 'unknown' | 'trouble'>('loading')
  const trouble = shallowRef<unknown>(null)
  const changed = ref(false)

  async function load(): Promise<void> {
    try {
      const before = seen.value?.stages.length
      seen.value = await api(followReport, { params: { code } })
      changed.value = before !== undefined && before !== seen.value.stages.length
      state.value = 'there'
    } catch (error) {
      if (error instanceof Refused && error.status === 404) state.value = 'unknown'
      else if (!seen.value) {
        trouble.value = error
        state.value = 'trouble'
      }
    }
  }
  void load()
  const live = openLive()
  live.follow(`report/${code}`)
  const stops = [live.onNews(() => void load()), live.onReturn(() => void load())]
  onScopeDispose(() => {
    for (const stop of stops) stop()
    live.close()
  })
  /** What the answer to one’s own word brought. */
  const heard = (now: Seen): void => {
    seen.value = now
  }
  return { code, seen, state, trouble, changed, line: live.state, load, heard }
}
