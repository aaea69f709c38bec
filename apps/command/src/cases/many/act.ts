/** One write at a time: busy while it runs, its refusal shown in place. */
import { useQueryClient } from '@tanstack/vue-query'
import { type Ref, ref } from 'vue'

export interface Act {
  busy: Ref<boolean>
  error: Ref<unknown>
  /** Runs the write, then asks anew for what it touched; says whether it was done. */
  run: (work: () => Promise<void>) => Promise<boolean>
}
export function useAct(): Act {
  const asking = useQueryClient()
  const busy = ref(false)
  const error = ref<unknown>(null)
  async function run(work: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    error.value = null
    try {
      await work()
      await Promise.all(['many', 'cases'].map((key) => asking.invalidateQueries({ queryKey: [key] })))
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

/** `yyyy-mm-ddThh:mm` of a field, by the reader's clock, as an instant; null while it is empty. */
export function instantOf(local: string): string | null {
  const at = new Date(local)
  return local && !Number.isNaN(at.getTime()) ? at.toISOString() : null
}
/** So many days from now at 18:00, as such a field has it. */
export function daysAhead(days: number, now = new Date()): string {
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 18)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T18:00`
}
