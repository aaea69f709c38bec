/** A question to the phone's database whose answer stays fresh, also when another tab writes. */
import { liveQuery } from 'dexie'
import { onScopeDispose, type ShallowRef, shallowRef } from 'vue'

export function useLive<T>(question: () => Promise<T>, before: T): ShallowRef<T> {
  const answer = shallowRef(before)
  const subscription = liveQuery(question).subscribe({
    next: (value) => {
      answer.value = value
    },
    error: (error) => console.error(error),
  })
  onScopeDispose(() => subscription.unsubscribe())
  return answer
}
