/** Reports sent from this device: no account, only their codes. */
import type { Text } from '@pentad/web/i18n.ts'
import { shallowRef } from 'vue'
import { keep, kept } from './drawer.ts'

export interface Sent {
  code: string
  className: Text
  placeWords: Text | null
  at: string
}
/** So many are remembered here; the codes go on working. */
const most = 30
const drawerKey = 'reports'

export const sent = shallowRef<Sent[]>([])
const ready = kept<Sent[]>(drawerKey)
  .then((list) => {
    sent.value = list ?? []
  })
  .catch(() => {})

export async function remember(report: Sent): Promise<void> {
  await ready
  sent.value = [report, ...sent.value.filter((s) => s.code !== report.code)].slice(0, most)
  // The code is shown anyway; a browser that keeps nothing only forgets it.
  await keep(drawerKey, sent.value).catch(() => {})
}
