/** Letters and photos as calls of the contracts. */
import { reportCase, takeStep } from '@pentad/cases/contract'
import { addPhoto } from '@pentad/evidence/contract'
import { type Client, NoAnswer, Refused } from '@pentad/platform/client'
import type { Post } from './round.ts'

/** A call that has no answer after so many milliseconds is given up and sent again later with its key. */
const patienceMs = 30_000
const photoPatienceMs = 120_000

export const postBy = (call: Client): Post => ({
  addPhoto: ({ key, bytes, type }) => {
    const file = new Blob([bytes], { type })
    const signal = AbortSignal.timeout(photoPatienceMs)
    return answered(call(addPhoto, undefined, { key, file, fileType: type, signal }))
  },
  send: async ({ key, caseId, what, at, point }, photoIds) => {
    const options = { key, signal: AbortSignal.timeout(patienceMs) }
    if (what.kind === 'step') {
      const { kind: _, reason, ...said } = what
      const body = { ...said, at, photoIds, ...(reason ? { reason } : {}), ...(point ? { point } : {}) }
      return answered(call(takeStep, { params: { id: caseId }, body }, options))
    }
    if (!point) throw new TypeError(`report ${key} has no place`)
    const { classKind: kind, classCode, description, source, draft } = what
    const body = { id: caseId, kind, classCode, point, description, source, at, photoIds, ...(draft ? { draft } : {}) }
    return answered(call(reportCase, { body }, options))
  },
})

/** An answer that broke off half-way is none: the key makes it safe to ask again. */
const answered = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw error instanceof Refused || error instanceof NoAnswer ? error : new NoAnswer(error)
  })
