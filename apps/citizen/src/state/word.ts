/** The reporter's word on a closing, while it is being said. */
import { addPhoto } from '@pentad/evidence/contract'
import { newId } from '@pentad/platform/id'
import { answerClosing } from '@pentad/public-service/contract'
import { api } from '@pentad/web/api.ts'
import { takePicture } from '@pentad/web/camera/take.ts'
import { computed, onScopeDispose, ref } from 'vue'
import type { Seen } from './follow.ts'

/** Photos that may go with an objection. */
export const mostPhotos = 3

export function useWord(code: string, said: (seen: Seen) => void) {
  const objecting = ref(false)
  const reason = ref('')
  const photos = ref<{ id: string; shown: string }[]>([])
  const busy = ref(0)
  const trouble = ref<unknown>(null)
  const tried = ref(false)
  // The same word sent again after a lost answer is one word.
  let key = newId()

  async function add(files: readonly File[]): Promise<void> {
    trouble.value = null
    for (const file of files.slice(0, mostPhotos - photos.value.length)) {
      busy.value++
      try {
        const { bytes, type } = await takePicture(file)
        const blob = new Blob([bytes], { type })
        const { id } = await api(addPhoto, undefined, { file: blob, fileType: type, key: newId() })
        photos.value.push({ id, shown: URL.createObjectURL(blob) })
        key = newId()
      } catch (error) {
        trouble.value = error
      } finally {
        busy.value--
      }
    }
  }

  async function say(fixed: boolean): Promise<void> {
    tried.value = !fixed
    if (busy.value || (!fixed && !reason.value.trim())) return
    busy.value++
    trouble.value = null
    try {
      const body = { fixed, ...(fixed ? {} : { reason: reason.value.trim(), photoIds: photos.value.map((p) => p.id) }) }
      const seen = await api(answerClosing, { params: { code }, body }, { key, signal: AbortSignal.timeout(30_000) })
      key = newId()
      objecting.value = false
      said(seen)
    } catch (error) {
      trouble.value = error
    } finally {
      busy.value--
    }
  }

  /** Other words are another command. */
  function change(words: string): void {
    reason.value = words
    key = newId()
  }
  onScopeDispose(() => {
    for (const { shown } of photos.value) URL.revokeObjectURL(shown)
  })
  const lacks = computed(() => tried.value && !reason.value.trim())
  return { objecting, reason, photos, busy, trouble, lacks, add, say, change }
}
