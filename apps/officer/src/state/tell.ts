/** Short words after a tap, read out as they appear. */
import type { Refusal } from '@pentad/platform/refusal'
import type { Say } from '@pentad/web/i18n.ts'
import { ref } from 'vue'
import zhCN from '../messages/zh-CN.ts'

export const told = ref<{ words: string; bad: boolean } | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

function tell(words: string, bad: boolean): void {
  clearTimeout(timer)
  told.value = { words, bad }
  timer = setTimeout(
    () => {
      told.value = null
    },
    bad ? 5000 : 2000,
  )
}

export const tellDone = (words: string): void => tell(words, false)

/** The phone's own sentence for a refusal that it gave itself. */
export const sentenceOf = ({ refused }: Pick<Refusal, 'refused'>, say: Say): string =>
  say(`refusal.${Object.keys(zhCN.refusal).includes(refused) ? refused : 'other'}`)

export const tellRefusal = (refusal: Refusal, say: Say): void => tell(sentenceOf(refusal, say), true)
