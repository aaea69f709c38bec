/** Short words after a tap. */
import type { Refusal } from '@pentad/platform/refusal'
import type { Say } from '@pentad/web/i18n.ts'
import { showToast } from 'vant'
import zhCN from '../messages/zh-CN.ts'

export const tellDone = (words: string): void =>
  void showToast({ message: `● ${words}`, position: 'bottom', duration: 1600 })

/** The phone's own sentence for a refusal that it gave itself. */
export const sentenceOf = ({ refused }: Pick<Refusal, 'refused'>, say: Say): string =>
  say(`refusal.${Object.keys(zhCN.refusal).includes(refused) ? refused : 'other'}`)

export const tellRefusal = (refusal: Refusal, say: Say): void =>
  void showToast({ message: `▲ ${sentenceOf(refusal, say)}`, position: 'bottom', duration: 4000 })
