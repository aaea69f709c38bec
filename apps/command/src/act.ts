/** One write at a time: busy while it runs, its refusal shown in place. */
import { type QueryKey, useQueryClient } from '@tanstack/vue-query'
import { type Ref, ref } from 'vue'

export interface Act {
  busy: Ref<boolean>
  error: Ref<unknown>
  /** Runs the write, then asks anew for what it touched; says whether it was done. */
  run: (work: () => Promise<void>) => Promise<boolean>
}
/** `asked`: what it touches, by the beginnings of its questions' keys. */
export function useAct(asked: readonly QueryKey[] = [['many'], ['cases']]): Act {
  const asking = useQueryClient()
  const busy = ref(false)
  const error = ref<unknown>(null)
  async function run(work: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    error.value = null
    try {
      await work()
      await Promise.all(asked.map((queryKey) => asking.invalidateQueries({ queryKey })))
      return true
    } catch (e) {
      error.value = e
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, error, run }
}
