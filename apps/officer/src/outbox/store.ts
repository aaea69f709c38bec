/** What the phone keeps (IndexedDB): cases as last pulled, letters, photos. One database for each person. */
import type { pullCases } from '@pentad/cases/contract'
import { type CaseState, defaultFlow, type Flow, newborn } from '@pentad/cases/model'
import type { Point } from '@pentad/geography/model'
import type { Reply } from '@pentad/platform/contract'
import Dexie, { type Table } from 'dexie'
import { isWaiting, type Letter } from './letter.ts'

export type CaseHeld = Reply<typeof pullCases>['cases'][number]
export type CaseLineSaid = Pick<CaseHeld, 'id' | 'version'> & Partial<CaseHeld>

export interface PhotoKept {
  /** Also its Idempotency-Key. */
  key: string
  /** Bytes, not a Blob: Blobs in IndexedDB were lost by several versions of iOS. */
  bytes: ArrayBuffer
  type: string
  takenAt: string
  point: Point | null
  /** The server's name for it, once received. */
  serverId: string | null
}

/** Flows that the phone holds, and the one by which new cases go. */
export interface FlowsKept {
  inForce: number
  byVersion: Record<number, Flow>
}
export const noFlows: FlowsKept = { inForce: 0, byVersion: {} }
/** The flow that the case goes by; what the phone was never told of is as Pentad comes. */
export const flowOf = (flows: FlowsKept, version: number): Flow => flows.byVersion[version] ?? defaultFlow

export type LetterDraft = Omit<Letter, 'seq' | 'state' | 'tries' | 'refusal' | 'receivedAt' | 'no'>

interface Note {
  name: string
  value: unknown
}

export class PhoneStore extends Dexie {
  declare cases: Table<CaseHeld, string>
  declare letters: Table<Letter, number, Omit<Letter, 'seq'>>
  declare photos: Table<PhotoKept, string>
  declare notes: Table<Note, string>

  constructor(personId: string) {
    super(`pentad-officer-${personId}`)
    this.version(1).stores({ cases: 'id', letters: '++seq, &key, caseId, state', photos: 'key', notes: 'name' })
  }

  /** Writes a letter with those of its photos that are not kept yet, and drops its sketch: all of it or nothing. */
  write(draft: LetterDraft, photos: readonly Omit<PhotoKept, 'serverId'>[], sketch?: string): Promise<void> {
    return this.transaction('rw', this.letters, this.photos, this.notes, async () => {
      await this.photos.bulkAdd(photos.map((p) => ({ ...p, serverId: null })))
      await this.letters.add({ ...draft, state: 'saved', tries: 0, refusal: null, receivedAt: null, no: null })
      if (sketch) await this.notes.delete(sketch)
    })
  }

  /** A photo is kept from the moment it is taken, with the sketch that will use it. */
  sketch<T extends { photoKeys: string[] }>(name: string, value: T, photo?: PhotoKept): Promise<void> {
    return this.transaction('rw', this.photos, this.notes, async () => {
      if (photo) await this.photos.put(photo)
      await this.keep(name, value)
    })
  }

  allLetters(): Promise<Letter[]> {
    return this.letters.orderBy('seq').toArray()
  }

  async put(letter: Letter, change: Partial<Letter>): Promise<void> {
    await this.letters.update(letter.seq, change)
  }

  photo(key: string): Promise<PhotoKept | undefined> {
    return this.photos.get(key)
  }

  async photoReceived(key: string, serverId: string): Promise<void> {
    await this.photos.update(key, { serverId })
  }

  /** The answer and the case as the server now has it, in one go: a case never falls back between answer and pull. */
  received(letter: Letter, answer: { no?: string; case?: CaseLineSaid }, at: Date): Promise<void> {
    return this.transaction('rw', this.letters, this.cases, async () => {
      const change = { state: 'received' as const, receivedAt: at.toISOString(), refusal: null, no: answer.no ?? null }
      await this.letters.update(letter.seq, change)
      const line = answer.case
      const held = line && (await this.cases.get(line.id))
      if (line && held && line.version >= held.version) await this.cases.put({ ...held, ...line })
    })
  }

  /** Takes in a pull; an answer to a letter may have told more already. */
  pulled({ cases, gone, next, flows, flowInForce }: Reply<typeof pullCases>): Promise<void> {
    return this.transaction('rw', this.cases, this.notes, async () => {
      for (const c of cases) {
        const held = await this.cases.get(c.id)
        if (!held || c.version >= held.version) await this.cases.put(c)
      }
      await this.cases.bulkDelete(gone)
      const known = (await this.note<FlowsKept>('flows')) ?? noFlows
      const fresh = flows.map((f): [number, Flow] => [f.version, { ...defaultFlow, ...f }])
      const byVersion = { ...known.byVersion, ...Object.fromEntries(fresh) }
      await this.keep('flows', { inForce: flowInForce, byVersion } satisfies FlowsKept)
      await this.notes.put({ name: 'cursor', value: next })
    })
  }

  async note<T>(name: string): Promise<T | undefined> {
    return (await this.notes.get(name))?.value as T | undefined
  }

  async keep(name: string, value: unknown): Promise<void> {
    await this.notes.put({ name, value })
  }

  /** A person's decision on a refused letter: try once more after the pull. */
  async retry(letter: Letter): Promise<void> {
    await this.put(letter, { state: 'saved', refusal: null })
  }

  /** A person's decision: throw away the command. Its photos stay on the phone until they are cleared. */
  discard(letter: Letter): Promise<void> {
    return this.transaction('rw', this.letters, this.notes, async () => {
      await this.letters.delete(letter.seq)
      const loose = (await this.note<string[]>('loose-photos')) ?? []
      await this.keep('loose-photos', [...loose, ...letter.photoKeys])
    })
  }

  /** Of somebody who leaves this phone: what the office knows goes, what it does not know stays until it is sent. */
  forgetCases(): Promise<void> {
    return this.transaction('rw', this.cases, this.notes, async () => {
      await this.cases.clear()
      await this.notes
        .where('name')
        .notEqual('loose-photos')
        .and(({ name }) => !name.startsWith('sketch:'))
        .delete()
    })
  }

  /** Clears what the server has received, and nothing else; the person asked for it. Answers with the letters cleared. */
  clearReceived(): Promise<number> {
    return this.transaction('rw', this.letters, this.photos, async () => {
      const letters = await this.letters.toArray()
      const done = letters.filter((l) => l.state === 'received')
      const needed = new Set(letters.filter((l) => isWaiting(l) || l.state === 'refused').flatMap((l) => l.photoKeys))
      await this.photos.bulkDelete(done.flatMap((l) => l.photoKeys).filter((k) => !needed.has(k)))
      await this.letters.bulkDelete(done.map((l) => l.seq))
      return done.length
    })
  }
}

/** The pull does not say who did the work; that a check is not open to me at a case being checked means it was me. */
export function stateOf(c: CaseHeld, me: string): CaseState {
  const mine = c.status === 'checking' && !c.mySteps.includes('pass_check')
  return {
    // A draft is shown to its writer alone.
    ...newborn({
      id: c.id,
      kind: c.kind,
      classCode: c.classCode,
      createdBy: c.status === 'draft' ? me : '',
      status: c.status,
    }),
    standardId: c.standard?.id ?? null,
    leadUnitId: c.leadUnit?.id ?? null,
    coUnitIds: c.coUnitIds,
    assigneeId: c.assignee?.id ?? null,
    checkerId: c.checker?.id ?? null,
    workedBy: mine ? me : null,
    asked: c.asked,
    difficult: c.difficult,
    suspendedUntil: c.suspendedUntil ? new Date(c.suspendedUntil) : null,
    limitValue: c.limit?.value ?? null,
    limitUnit: c.limit?.unit ?? null,
    clockStart: c.clockStart ? new Date(c.clockStart) : null,
    due: c.due ? new Date(c.due) : null,
    extensions: c.extensions,
    returns: c.returns,
    reworkCount: c.reworkCount,
  }
}
