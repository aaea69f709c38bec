/** A call being written down: what is known, what is missing, what will be sent. Pure. */
import type { Kind } from '@pentad/rulebook/model'

/** Sources that a desk registers; others come by themselves. */
export const deskSources = [
  'hotline',
  'transfer',
  'instruction',
  'inspector',
  'patrol',
  'grid',
  'survey',
  'video',
] as const
export type DeskSource = (typeof deskSources)[number]

export interface Draft {
  source: DeskSource
  words: string
  point: { lon: number; lat: number } | null
  /** How the place was said, where it was chosen by words; coordinates as they were pasted, where they were converted. */
  address: { said: string; original?: { crs: 'gcj02' | 'bd09'; text: string } } | null
  /** Chosen by a person; a proposal alone is not. */
  classKey: { kind: Kind; code: string } | null
  /** The 部件 it is about, of the chosen class; none chosen leaves it to the nearest. */
  componentId: string | null
  name: string
  phone: string
  photoIds: string[]
  /** The open case that it is, as the seat found: one more report of that case instead of a case of its own. */
  joins: { id: string; no: string } | null
  /** When the first word was typed. */
  begun: Date | null
}
export const newDraft = (): Draft => ({
  source: 'hotline',
  words: '',
  point: null,
  address: null,
  classKey: null,
  componentId: null,
  name: '',
  phone: '',
  photoIds: [],
  joins: null,
  begun: null,
})

export type Lack = 'wordsMissing' | 'placeMissing' | 'classMissing'
export const lacks = ({ words, point, classKey }: Draft): Lack[] => [
  ...(words.trim() ? [] : (['wordsMissing'] as const)),
  ...(point ? [] : (['placeMissing'] as const)),
  ...(classKey ? [] : (['classMissing'] as const)),
]

/** What goes out; nothing while something is missing. The case is dated from the call, not from its end. */
export function reportBody(draft: Draft, now: Date) {
  const { point, classKey, address } = draft
  if (!point || !classKey || lacks(draft).length) return null
  const name = draft.name.trim()
  const phone = draft.phone.trim()
  return {
    classCode: classKey.code,
    kind: classKey.kind,
    point,
    ...(address ? { address } : {}),
    description: draft.words.trim(),
    source: draft.source,
    at: (draft.begun ?? now).toISOString(),
    photoIds: draft.photoIds,
    ...(draft.joins ? { joins: draft.joins.id } : {}),
    ...(draft.componentId && classKey.kind === 'component' ? { componentId: draft.componentId } : {}),
    ...(name || phone ? { reporter: { ...(name ? { name } : {}), ...(phone ? { phone } : {}) } } : {}),
  }
}

export const secondsSince = (begun: Date | null, now: Date): number =>
  begun ? Math.round((now.getTime() - begun.getTime()) / 1000) : 0
