/** A report being written: what is proposed, what a person confirmed, what is sent. Pure. */
import type { Point } from '@pentad/geography/model'
import type { Input, Reply } from '@pentad/platform/contract'
import { newId } from '@pentad/platform/id'
import type { propose, sendReport } from '@pentad/public-service/contract'

export type Proposals = Reply<typeof propose>
export type Body = Input<typeof sendReport>['body']
export type Language = 'zh-CN' | 'en'

export interface PhotoDraft {
  key: string
  bytes: ArrayBuffer
  type: string
  takenAt: string
  /** The server's name for it, once received. */
  serverId: string | null
  /** Where the camera says it was taken. */
  point: Point | null
}

export interface Draft {
  /** The Idempotency-Key: however often it is sent, it is one report. */
  key: string
  photos: PhotoDraft[]
  point: Point | null
  pointBy: Body['pointBy'] | null
  /** Confirmed by a person, or moved by one. */
  placeConfirmed: boolean
  /** `kind:code` that the person chose; null while only proposed. */
  classKey: string | null
  text: string
  phone: string
  joins: string | null
  /** The body as it went out without an answer: from then on the same thing is sent again. */
  sealed: Body | null
  at: string
}

export const newDraft = (now: Date): Draft => ({
  key: newId(),
  photos: [],
  point: null,
  pointBy: null,
  placeConfirmed: false,
  classKey: null,
  text: '',
  phone: '',
  joins: null,
  sealed: null,
  at: now.toISOString(),
})

export const isEmpty = (d: Draft): boolean => d.photos.length === 0 && !d.text.trim()

/** A picture older than this says more about its place than the phone does now, in milliseconds. */
const freshMs = 10 * 60_000

/** The place to propose: of the phone for a picture just taken, of the picture for an older one; never over a person's choice. */
export function placeProposed(d: Draft, phone: Point | null, now: Date): { point: Point; by: 'gps' | 'photo' } | null {
  if (d.placeConfirmed) return null
  const located = d.photos.find((p) => p.point)
  const fresh = located ? now.getTime() - Date.parse(located.takenAt) <= freshMs : true
  if (located?.point && (!fresh || !phone)) return { point: located.point, by: 'photo' }
  return phone ? { point: phone, by: 'gps' } : null
}

/** The class to send: the person's, or the first that is proposed. */
export const classToSend = (d: Draft, proposals: Proposals | null): string | null => {
  const first = proposals?.classes[0]
  return d.classKey ?? (first ? `${first.kind}:${first.code}` : null)
}

export type Missing = 'what' | 'place' | 'class'
export function missing(d: Draft, classKey: string | null): Missing | null {
  if (isEmpty(d)) return 'what'
  if (!d.point) return 'place'
  return classKey ? null : 'class'
}

/** Loosely a telephone number; the server does not need one. */
export const phoneLooksRight = (phone: string): boolean => !phone.trim() || /^\+?[\d\s-]{5,20}$/.test(phone.trim())

export function bodyOf(d: Draft, classKey: string, language: Language): Body {
  if (!d.point || !d.pointBy) throw new TypeError('a report needs a place')
  const [kind, classCode] = classKey.split(':')
  if ((kind !== 'component' && kind !== 'event') || !classCode) throw new TypeError(`no class: ${classKey}`)
  const photoIds = d.photos.flatMap((p) => (p.serverId ? [p.serverId] : []))
  if (photoIds.length !== d.photos.length) throw new TypeError('a photo has not been received yet')
  return {
    kind,
    classCode,
    point: { lon: d.point.lon, lat: d.point.lat },
    pointBy: d.pointBy,
    text: d.text.trim(),
    photoIds,
    language,
    ...(d.joins ? { joins: d.joins } : {}),
    ...(d.phone.trim() ? { phone: d.phone.trim() } : {}),
  }
}

/** Opened for changes again: a new report as far as the server is concerned. */
export const unsealed = (d: Draft): Draft => ({ ...d, key: newId(), sealed: null })
