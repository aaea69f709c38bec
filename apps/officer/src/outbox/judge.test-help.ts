/** A small centre in memory: judges with the server's own rules and keeps one answer for each key, as the platform does. */
import { type CaseState, decide, newborn, type Taker } from '@pentad/cases/model'
import { NoAnswer, Refused } from '@pentad/platform/client'
import { newId } from '@pentad/platform/id'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { commandOf, type Letter } from './letter.ts'
import type { Post } from './round.ts'
import type { CaseHeld, CaseLineSaid, PhotoKept } from './store.ts'

export const me: Taker = {
  id: 'handler-1',
  mayByArea: ['cases.check'],
  mayByUnit: ['cases.sign', 'cases.handle'],
  rolesByArea: [],
  rolesByUnit: [],
  units: [],
}

export const caseState = (id: string, status: CaseState['status'] = 'pending_sign'): CaseState => ({
  ...newborn({ id, kind: 'event', classCode: '0111', createdBy: 'seat-1', status }),
  standardId: 's1',
  leadUnitId: 'u1',
  clockStart: new Date('2026-05-07T00:00:00Z'),
})

type Trouble = 'lost' | 'answer-lost' | 'none'

export class Judge {
  readonly cases = new Map<string, CaseState>()
  readonly photos = new Map<string, string>()
  /** What came to pass, in order: each act once, whatever was sent how often. */
  readonly done: string[] = []
  readonly reports = new Map<string, string>()
  asked = 0
  private readonly answers = new Map<string, unknown>()
  private readonly trouble: () => Trouble

  constructor(trouble: () => Trouble = () => 'none') {
    this.trouble = trouble
  }

  readonly post: Post = {
    addPhoto: (photo: PhotoKept) =>
      this.answer(photo.key, () => {
        const id = newId()
        this.photos.set(id, photo.key)
        return { id }
      }),
    send: (letter: Letter, photoIds: string[]) =>
      this.answer(letter.key, () => (letter.what.kind === 'step' ? this.step(letter, photoIds) : this.report(letter))),
  }

  private async answer<T>(key: string, act: () => T | Refusal): Promise<T> {
    this.asked++
    await Promise.resolve()
    const trouble = this.trouble()
    if (trouble === 'lost') throw new NoAnswer('lost on the way')
    const before = this.answers.get(key) as T | undefined
    const now = before ?? act()
    if (isRefusal(now)) throw new Refused(now, 409, `refused: ${now.refused}`)
    this.answers.set(key, now)
    if (trouble === 'answer-lost') throw new NoAnswer('answer lost')
    return now
  }

  private step(letter: Letter, photoIds: string[]): { case: CaseLineSaid } | Refusal {
    const before = this.cases.get(letter.caseId)
    if (!before) return refuse('platform/not-found')
    if (photoIds.some((id) => !this.photos.has(id))) return refuse('cases/no-photo')
    const after = decide(before, { ...commandOf(letter), photoIds }, me, new Date())
    if (isRefusal(after)) return after
    this.cases.set(letter.caseId, after)
    this.done.push(`${letter.caseId}:${commandOf(letter).step}`)
    return { case: { id: letter.caseId, version: this.done.length, status: after.status } as CaseLineSaid }
  }

  private report(letter: Letter): { no: string } {
    this.done.push(`report:${letter.caseId}`)
    this.reports.set(letter.caseId, letter.key)
    return { no: `110101-${this.done.length}` }
  }
}

/** A held case, as far as the tests look at it. */
export const heldCase = (id: string, version = 0, status: CaseHeld['status'] = 'pending_sign'): CaseHeld =>
  ({
    id,
    version,
    status,
    mySteps: ['sign'],
    standard: null,
    leadUnit: null,
    clockStart: null,
    reworkCount: 0,
  }) as unknown as CaseHeld
