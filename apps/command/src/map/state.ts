/** What the map shows, as one value: the address holds it, and follows a moment later. */
import { onScopeDispose, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { addressFrom, addressQuery, type MapAddress } from './address.ts'

/** Milliseconds by which the address follows: browsers refuse hundreds of changes in a row. */
const followMs = 200

export function useMapAddress(path: string) {
  const route = useRoute()
  const router = useRouter()
  const address = shallowRef<MapAddress>(addressFrom(route.query))
  const words = (query: object): string => JSON.stringify(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1)))
  let told = words(addressQuery(address.value))
  let timer: ReturnType<typeof setTimeout> | undefined
  async function tell(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (route.path !== path) return
    const query = addressQuery(address.value)
    if (words(query) === told) return
    told = words(query)
    await router.replace({ path, query })
  }
  function change(to: Partial<MapAddress>): void {
    address.value = { ...address.value, ...to }
    timer ??= setTimeout(() => void tell(), followMs)
  }
  // An address that says otherwise comes from a search, a link or the way back.
  const outside = shallowRef(0)
  watch(
    () => route.query,
    (query) => {
      if (route.path !== path) return
      const next = addressFrom(query)
      if (words(addressQuery(next)) === told) return
      told = words(addressQuery(next))
      address.value = next
      outside.value++
    },
  )
  onScopeDispose(() => clearTimeout(timer))
  return { address, change, tell, outside }
}
