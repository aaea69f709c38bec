/** The list of classes, for those who do not find theirs among the proposed; kept for when there is no network. */
import type { Reply } from '@pentad/platform/contract'
import { listClasses } from '@pentad/rulebook/contract'
import { api } from '@pentad/web/api.ts'
import { shallowRef } from 'vue'
import { keep, kept } from './drawer.ts'

export type CaseClass = Reply<typeof listClasses>['classes'][number]
export const classes = shallowRef<CaseClass[]>([])

export async function loadClasses(): Promise<void> {
  if (classes.value.length) return
  classes.value = (await kept<CaseClass[]>('classes').catch(() => undefined)) ?? []
  try {
    classes.value = (await api(listClasses)).classes
    await keep('classes', classes.value)
  } catch {
    // What was kept serves; without it the proposed classes do.
  }
}

export const classOf = (key: string | null): CaseClass | undefined =>
  classes.value.find((c) => `${c.kind}:${c.code}` === key)

/** Minor classes by their names and everyday words. */
export function findClasses(q: string, all: readonly CaseClass[]): CaseClass[] {
  const said = q.trim().toLowerCase()
  return all.filter(
    (c) =>
      c.parentCode !== null &&
      (!said || [c.name['zh-CN'], c.name.en, ...c.words].some((w) => w.toLowerCase().includes(said))),
  )
}
