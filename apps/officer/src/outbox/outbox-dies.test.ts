/** Whatever fails wherever: no act is lost, none is done twice, and the order within a case is kept. */
import 'fake-indexeddb/auto'
import { newId } from '@pentad/platform/id'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { caseState, Judge } from './judge.test-help.ts'
import { type Shelf, sendRound } from './round.ts'
import { type LetterDraft, PhoneStore, type PhotoKept } from './store.ts'

class Died extends Error {}

/** The shelf of a page that may die right before or right after any touch of the database. */
function mortal(store: PhoneStore, fate: () => 'before' | 'after' | 'lives'): Shelf {
  const touch = async <T>(act: () => Promise<T>): Promise<T> => {
    const end = fate()
    if (end === 'before') throw new Died()
    const result = await act()
    if (end === 'after') throw new Died()
    return result
  }
  return {
    allLetters: () => touch(() => store.allLetters()),
    put: (letter, change) => touch(() => store.put(letter, change)),
    photo: (key) => touch(() => store.photo(key)),
    photoReceived: (key, id) => touch(() => store.photoReceived(key, id)),
    received: (letter, answer, at) => touch(() => store.received(letter, answer, at)),
  }
}

const title = { 'zh-CN': '', en: '' }
const letter = (caseId: string, what: LetterDraft['what'], photoKeys: string[]): LetterDraft => ({
  key: newId(),
  caseId,
  what,
  at: new Date().toISOString(),
  point: { lon: 116.42, lat: 39.93 },
  photoKeys,
  title,
  place: null,
})
const picture = (key: string): Omit<PhotoKept, 'serverId'> => ({
  key,
  bytes: new ArrayBuffer(4),
  type: 'image/jpeg',
  takenAt: new Date().toISOString(),
  point: null,
})

const troubles = fc.constantFrom('lost', 'answer-lost', 'none', 'none')
const fates = fc.constantFrom('before', 'after', 'lives', 'lives', 'lives', 'lives', 'lives')

test('nothing is lost and nothing done twice, wherever the network fails or the page dies [DUM-01] [SEN-11]', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(troubles, { maxLength: 25 }),
      fc.array(fates, { maxLength: 60 }),
      async (cases, network, lives) => {
        const store = new PhoneStore(newId())
        const judge = new Judge(() => network.pop() ?? 'none')
        for (let c = 0; c < cases; c++) {
          judge.cases.set(`c${c}`, caseState(`c${c}`))
          await store.write(letter(`c${c}`, { kind: 'step', step: 'sign', reason: null }, []), [])
          const [p, q] = [newId(), newId()]
          const done = letter(`c${c}`, { kind: 'step', step: 'report_done', reason: null }, [p, q])
          await store.write(done, [picture(p), picture(q)])
        }
        const found = {
          kind: 'report',
          classKind: 'event',
          classCode: '0110',
          description: '',
          source: 'patrol',
        } as const
        await store.write(letter('new', found, []), [])
        for (let rounds = 0; rounds < 200; rounds++) {
          try {
            if (
              (await sendRound(
                mortal(store, () => lives.pop() ?? 'lives'),
                judge.post,
                () => new Date(),
              )) === 'done'
            )
              break
          } catch (error) {
            if (!(error instanceof Died)) throw error
          }
        }
        const letters = await store.allLetters()
        expect(letters.map((l) => l.state)).toEqual(letters.map(() => 'received'))
        expect([...judge.done].sort()).toEqual(
          ['report:new', ...[...Array(cases).keys()].flatMap((c) => [`c${c}:report_done`, `c${c}:sign`])].sort(),
        )
        for (let c = 0; c < cases; c++)
          expect(judge.done.indexOf(`c${c}:sign`)).toBeLessThan(judge.done.indexOf(`c${c}:report_done`))
        expect(judge.photos.size).toBe(2 * cases)
        await store.delete()
      },
    ),
    { numRuns: 60 },
  )
})
