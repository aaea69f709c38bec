/** A value once it has stood still for a moment: what a search asks for while somebody types. */
import { onScopeDispose, type Ref, ref, watch } from 'vue'

export function useSettled<T>(value: () => T, ms: number): Ref<T> {
  const settled = ref(value()) as Ref<T>
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(value, (now) => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      settled.value = now
    }, ms)
  })
  onScopeDispose(() => clearTimeout(timer))
  return settled
}
