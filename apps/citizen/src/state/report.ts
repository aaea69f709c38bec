/** The page where a report is written: keeps the draft, asks for proposals, sends photos ahead, and sends the report once. */

import { addPhoto } from '@pentad/evidence/contract'
import type { Point } from '@pentad/geography/model'
import { NoAnswer, Refused } from '@pentad/platform/client'
import { newId } from '@pentad/platform/id'
import { propose, sendReport } from '@pentad/public-service/contract'
import { api } from '@pentad/web/api.ts'
import { takePicture } from '@pentad/web/camera/take.ts'
import { language, type Text } from '@pentad/web/i18n.ts'
import { computed, reactive, ref, shallowRef, toRaw, watch } from 'vue'
import {
  bodyOf,
  classToSend,
  type Draft,
  isEmpty,
  missing,
  newDraft,
  type PhotoDraft,
  type Proposals,
  placeProposed,
  unsealed,
} from './draft.ts'
import { forget, keep, kept } from './drawer.ts'
import { askHere, here, hereState } from './here.ts'
import { remember } from './sent.ts'

const drawerKey = 'draft'

export const draft = reactive<Draft>(newDraft(new Date()))
export const proposals = shallowRef<Proposals | null>(null)
/** Why the centre does not take this place, in its own words. */
export const placeRefused = ref('')
export const taking = ref(0)
export const sending = ref(false)
export const trouble = shallowRef<unknown>(null)
/** The last try found no network; the report is kept. */
export const unanswered = ref(false)

const plain = (): Draft => {
  const d = toRaw(draft)
  return {
    ...d,
    photos: d.photos.map((p) => ({ ...toRaw(p) })),
    point: d.point && { ...toRaw(d.point) },
    sealed: d.sealed && { ...toRaw(d.sealed) },
  }
}
// A browser that keeps nothing (private windows) still sends.
const save = (): Promise<void> => keep(drawerKey, plain()).catch(() => {})

export const ready: Promise<void> = (async () => {
  const before = await kept<Draft>(drawerKey).catch(() => undefined)
  if (before) Object.assign(draft, before)
  watch(draft, () => void save(), { deep: true })
})()

export const hasDraft = computed(() => !isEmpty(draft))
export const chosenKey = computed(() => classToSend(draft, proposals.value))
export const classIsProposed = computed(() => draft.classKey === null)
export const lacking = computed(() => missing(draft, chosenKey.value))

export async function throwAway(): Promise<void> {
  Object.assign(draft, newDraft(new Date()))
  proposals.value = null
  placeRefused.value = ''
  trouble.value = null
  unanswered.value = false
  await forget(drawerKey).catch(() => {})
}

/** Changes after an unanswered sending make it another report. */
function reopen(): void {
  if (draft.sealed) Object.assign(draft, unsealed(plain()))
}

export async function takePhotos(files: readonly File[]): Promise<void> {
  await ready
  reopen()
  askHere()
  for (const file of files.slice(0, 6 - draft.photos.length)) {
    taking.value++
    try {
      const { bytes, type, takenAt } = await takePicture(file)
      draft.photos.push({ key: newId(), bytes, type, takenAt: takenAt.toISOString(), serverId: null, point: null })
      await save()
    } catch (error) {
      trouble.value = error
    } finally {
      taking.value--
    }
  }
  // Ahead of the report, while the person looks at the page; without a network it goes with the report.
  void sendPhotos().catch(() => {})
}

export function removePhoto(key: string): void {
  reopen()
  draft.photos = draft.photos.filter((p) => p.key !== key)
}

let photosGoing: Promise<void> | undefined
function sendPhotos(): Promise<void> {
  photosGoing ??= (async () => {
    for (;;) {
      const next = draft.photos.find((p) => !p.serverId)
      if (!next) return
      await sendPhoto(next)
    }
  })().finally(() => {
    photosGoing = undefined
  })
  return photosGoing
}
async function sendPhoto({ key, bytes, type }: PhotoDraft): Promise<void> {
  const file = new Blob([toRaw(bytes)], { type })
  const got = await api(addPhoto, undefined, { key, file, fileType: type, signal: AbortSignal.timeout(120_000) })
  const photo = draft.photos.find((p) => p.key === key)
  if (!photo) return
  photo.serverId = got.id
  photo.point = got.takenAtPoint
  if (got.takenAt) photo.takenAt = got.takenAt
}

export function movePoint(lon: number, lat: number): void {
  reopen()
  Object.assign(draft, { point: { lon, lat }, pointBy: 'map', placeConfirmed: true })
}
export function confirmPlace(): void {
  draft.placeConfirmed = true
}
export function chooseClass(key: string): void {
  reopen()
  draft.classKey = key
  draft.joins = null
}
export function join(caseId: string | null): void {
  reopen()
  draft.joins = caseId
}

watch(
  () => placeProposed(draft, here.value, new Date()),
  (found) => {
    if (!found || draft.sealed) return
    const { point, by } = found
    const same = draft.point && draft.point.lon === point.lon && draft.point.lat === point.lat && draft.pointBy === by
    if (!same) Object.assign(draft, { point: { ...point }, pointBy: by })
  },
)

let asking: AbortController | undefined
let pause: ReturnType<typeof setTimeout> | undefined
/** Milliseconds of quiet typing before the page asks. */
const quietMs = 350
watch(
  () => [draft.point?.lon.toFixed(5), draft.point?.lat.toFixed(5), draft.text, draft.classKey],
  () => {
    clearTimeout(pause)
    pause = setTimeout(() => void ask(toRaw(draft.point)), quietMs)
  },
)
async function ask(point: Point | null): Promise<void> {
  asking?.abort()
  if (!point) return
  const mine = new AbortController()
  asking = mine
  const [kind, classCode] = draft.classKey?.split(':') ?? []
  const chosen = classCode ? { kind: kind as 'component' | 'event', classCode } : {}
  try {
    const body = { point: { lon: point.lon, lat: point.lat }, text: draft.text, ...chosen }
    proposals.value = await api(propose, { body }, { signal: mine.signal })
    placeRefused.value = ''
  } catch (error) {
    if (mine.signal.aborted) return
    // Without an answer the page goes on: place by the pin, class by the list.
    if (error instanceof NoAnswer) return
    if (error instanceof Refused && error.refusal.refused.startsWith('geography/')) placeRefused.value = error.title
    else trouble.value = error
    proposals.value = null
  }
}
export const askAgain = (): Promise<void> => ask(toRaw(draft.point))

/** Sends the report; answers with its code, or null when it is kept for later or refused. */
export async function send(className: Text): Promise<string | null> {
  const key = chosenKey.value
  if (sending.value || (!draft.sealed && (lacking.value || !key || placeRefused.value))) return null
  sending.value = true
  trouble.value = null
  try {
    await sendPhotos()
    if (key) draft.sealed ??= bodyOf(plain(), key, language.value)
    // Kept before it leaves: what goes out under this key must be the same after a crash.
    await save()
    const body = plain().sealed
    if (!body) return null
    const { code } = await api(sendReport, { body }, { key: draft.key, signal: AbortSignal.timeout(30_000) })
    await remember({ code, className, placeWords: proposals.value?.place.words ?? null, at: new Date().toISOString() })
    await throwAway()
    return code
  } catch (error) {
    if (error instanceof Refused) {
      // Nothing was done by the server: it may be corrected and sent under the same key.
      draft.sealed = null
      trouble.value = error
    } else if (error instanceof NoAnswer || error instanceof SyntaxError) unanswered.value = true
    else trouble.value = error
    return null
  } finally {
    sending.value = false
  }
}

export const placeAsked = computed(() => hereState.value === 'asking' && !draft.point)
