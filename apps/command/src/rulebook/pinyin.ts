/** The dictionary of pinyin comes by itself when a page first needs it; until then nothing is found by sound. */
import { type Ref, ref } from 'vue'
import type { Pinyin } from './find.ts'

const known: Ref<Pinyin> = ref(() => [])
let asked = false

export function usePinyin(): Ref<Pinyin> {
  if (!asked) {
    asked = true
    void import('pinyin-pro')
      .then(({ pinyin }) => {
        known.value = (text) => pinyin(text, { toneType: 'none', type: 'array' })
      })
      .catch(() => {
        asked = false
      })
  }
  return known
}
