/** The photos of a case as the viewer shows them. */
import { fullPath } from '@pentad/platform/contract'
import type { PhotoShown } from '@pentad/web/Photo.vue'
import type { CaseWhole } from './asked.ts'
import { actWord } from './trail.ts'

export const casePhotos = ({ id, photos }: CaseWhole, say: (key: string) => string): PhotoShown[] =>
  photos.map((p) => {
    const url = fullPath(`/cases/${id}/photos/${p.id}`)
    return { id: p.id, thumb: `${url}?view=thumb`, full: `${url}?view=full`, at: p.at, caption: say(actWord(p.act)) }
  })
