/** What a tap does: judged here by the server's own rules, saved here, and on its way as soon as there is a network. */
import { decide } from '@pentad/cases/model'
import type { Point } from '@pentad/geography/model'
import { newId } from '@pentad/platform/id'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import type { Kind } from '@pentad/rulebook/model'
import type { StepSaid } from '../outbox/letter.ts'
import type { LetterDraft, PhotoKept } from '../outbox/store.ts'
import type { AskStep, Card, PhoneStep } from './cards.ts'
import { desk } from './desk.ts'
import { pointHere } from './here.ts'
import type { CaseClass } from './propose.ts'
import { takerOver } from './taker.ts'

async function send(draft: LetterDraft, sketch?: string): Promise<Refusal | null> {
  const d = desk.value
  if (!d) return refuse('platform/not-signed-in')
  try {
    await d.store.write(draft, [], sketch)
  } catch (error) {
    if (error instanceof Error && error.name === 'QuotaExceededError') return refuse('phone/no-room')
    throw error
  }
  void d.pump.kick()
  return null
}

export interface StepFilled {
  words: string
  photos: readonly PhotoKept[]
  sketch?: string
  /** Of a step that asks for something. */
  more?: Pick<StepSaid, 'reasonCode' | 'personId' | 'value' | 'until'>
}

export async function takeStepHere(
  card: Card,
  step: PhoneStep | AskStep,
  filled: StepFilled = { words: '', photos: [] },
): Promise<Refusal | null> {
  const d = desk.value
  if (!d) return refuse('platform/not-signed-in')
  const now = new Date()
  const reason = filled.words.trim() || null
  const photoKeys = filled.photos.map((p) => p.key)
  const { until, ...more } = filled.more ?? {}
  const command = {
    step,
    at: now,
    reason: reason ?? undefined,
    photoIds: photoKeys,
    ...more,
    ...(until ? { until: new Date(until) } : {}),
  }
  const after = decide(card.state, command, takerOver(d.me, card.case, d.units.value, now), now, card.flow)
  if (isRefusal(after)) return after
  const { id: caseId, className: title, placeWords: place } = card.case
  const what = { kind: 'step', step, reason, ...filled.more } as const
  const point = pointHere() ?? filled.photos.find((p) => p.point)?.point ?? null
  return send({ key: newId(), caseId, what, at: now.toISOString(), point, photoKeys, title, place }, filled.sketch)
}

export interface ReportFilled {
  photos: readonly PhotoKept[]
  point: Point
  class: CaseClass
  words: string
  sketch: string
  /** Photos after the work, where the reporter has done it already (自行处置). */
  handled?: { photos: readonly PhotoKept[]; sketch: string } | undefined
}

export async function reportHere({
  photos,
  point,
  class: c,
  words,
  sketch,
  handled,
}: ReportFilled): Promise<Refusal | null> {
  const inspector = desk.value?.me.memberships.some((m) => m.role === 'inspector')
  const what = {
    kind: 'report',
    classKind: c.kind satisfies Kind,
    classCode: c.code,
    description: words.trim(),
    source: inspector ? 'inspector' : 'patrol',
    ...(handled ? { draft: true } : {}),
  } as const
  // It was seen when the photo was taken, not when the button was pressed.
  const at = photos[0]?.takenAt ?? new Date().toISOString()
  const place = { lon: point.lon, lat: point.lat }
  const photoKeys = photos.map((p) => p.key)
  const caseId = newId()
  const report = { key: newId(), caseId, what, at, point: place, photoKeys, title: c.name, place: null }
  const refusal = await send(report, sketch)
  if (refusal || !handled) return refusal
  // Letters about one case travel in order: the report first, then that it is done.
  const done = { kind: 'step', step: 'self_handle', reason: words.trim() || null } as const
  return send(
    {
      key: newId(),
      caseId,
      what: done,
      at: new Date().toISOString(),
      point: pointHere() ?? place,
      photoKeys: handled.photos.map((p) => p.key),
      title: c.name,
      place: null,
    },
    handled.sketch,
  )
}
