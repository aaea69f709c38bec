/** What a page shows stands in its address, and is changed in parts. */
import { type ComputedRef, computed } from 'vue'
import { type LocationQuery, type LocationQueryRaw, useRoute, useRouter } from 'vue-router'

/** A change that comes before the last one has arrived is joined with it: a map that flies to what was just chosen says its view at once. */
export function usePageAddress<Address extends object>(
  path: string,
  from: (query: LocationQuery) => Address,
  queryOf: (address: Address) => LocationQueryRaw,
): { address: ComputedRef<Address>; change: (to: Partial<Address>) => void } {
  const route = useRoute()
  const router = useRouter()
  const address = computed(() => from(route.query))
  let wanted: Address | null = null
  function change(to: Partial<Address>): void {
    const next = { ...(wanted ?? address.value), ...to }
    wanted = next
    void router.replace({ path, query: queryOf(next) }).finally(() => {
      if (wanted === next) wanted = null
    })
  }
  return { address, change }
}
