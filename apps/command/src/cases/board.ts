/** What the boards share: sections of lines, one of them chosen by the address, moved by the keys. */
import { computed, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { neighbour, useKeys } from '../keys.ts'
import { primaryStep } from './acts.ts'
import type { CaseLine } from './asked.ts'

export interface Section {
  name: string
  lines: CaseLine[]
  /** All there are, when more than are shown. */
  count: number
}

/** A line stands in one section only, the first that has it. */
export function sectionsOf(parts: readonly Section[]): Section[] {
  const seen = new Set<string>()
  return parts.map((part) => {
    const lines = part.lines.filter((l) => !seen.has(l.id))
    for (const l of lines) seen.add(l.id)
    return { ...part, lines, count: part.count - (part.lines.length - lines.length) }
  })
}

export function useBoard(sections: Ref<readonly Section[]>) {
  const route = useRoute()
  const router = useRouter()
  const lines = computed(() => sections.value.flatMap((s) => s.lines))
  const ids = computed(() => lines.value.map((l) => l.id))
  const named = computed(() => (typeof route.query.case === 'string' ? route.query.case : null))
  /** The one in the address, or the most urgent of those that wait for this person. */
  const first = computed(() => lines.value.find((l) => primaryStep(l.mySteps) !== null) ?? lines.value[0])
  const chosen = computed(() => named.value ?? first.value?.id ?? null)
  const choose = (id: string | null): void =>
    void router.replace({ path: route.path, query: id ? { ...route.query, case: id } : {} })
  /** The next one is up as soon as this one is done. */
  const taken = (): void => {
    const next = neighbour(ids.value, chosen.value, 1)
    choose(next && next !== chosen.value ? next : null)
  }
  useKeys((key) => {
    if (key.key === 'next') choose(neighbour(ids.value, chosen.value, 1))
    else if (key.key === 'previous') choose(neighbour(ids.value, chosen.value, -1))
    else return false
    return true
  })
  return { chosen, choose, taken }
}
