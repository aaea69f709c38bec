/** What a form asks the centre and keeps for the next time without a network: the people of the unit. */
import { casePeople } from '@pentad/cases/contract'
import type { Reply } from '@pentad/platform/contract'
import { api } from '@pentad/web/api.ts'
import { type ShallowRef, shallowRef } from 'vue'
import { desk } from './desk.ts'

export type UnitPerson = Reply<typeof casePeople>['people'][number]

/** What is kept at once, then what the centre says now; without a network the former stays. */
async function keptThenAsked<T>(name: string, into: ShallowRef<T>, ask: () => Promise<T>): Promise<void> {
  const store = desk.value?.store
  const kept = await store?.note<T>(name)
  if (kept) into.value = kept
  try {
    into.value = await ask()
    await store?.keep(name, into.value)
  } catch {
    // The network is for later.
  }
}

export function usePeople(caseId: string, unitId: string | null): ShallowRef<UnitPerson[]> {
  const people = shallowRef<UnitPerson[]>([])
  if (unitId)
    void keptThenAsked(
      `people:${unitId}`,
      people,
      async () => (await api(casePeople, { params: { id: caseId }, query: { for: 'assign' } })).people,
    )
  return people
}
