import 'fake-indexeddb/auto'
import { defaultFlow } from '@pentad/cases/model'
import { type Client, NoAnswer, Refused } from '@pentad/platform/client'
import { newId } from '@pentad/platform/id'
import { refuse } from '@pentad/platform/refusal'
import { expect, test, vi } from 'vitest'
import { alone } from './alone.ts'
import { caseState, heldCase, Judge, me } from './judge.test-help.ts'
import { asSeenHere, isHeld, type Letter, lights } from './letter.ts'
import { pull } from './pull.ts'
import { Pump } from './pump.ts'
import { type Post, sendRound } from './round.ts'
import { type FlowsKept, flowOf, type LetterDraft, noFlows, PhoneStore, type PhotoKept } from './store.ts'

const now = () => new Date()
const title = { 'zh-CN': '暴露垃圾', en: 'Exposed waste' }

function draft(caseId: string, step: 'sign' | 'report_done', photoKeys: string[] = []): LetterDraft {
  const what = { kind: 'step', step, reason: null } as const
  return { key: newId(), caseId, what, at: new Date().toISOString(), point: null, photoKeys, title, place: null }
}
const photo = (key: string): Omit<PhotoKept, 'serverId'> => ({
  key,
  bytes: new Uint8Array([1, 2, 3]).buffer,
  type: 'image/jpeg',
  takenAt: new Date().toISOString(),
  point: null,
})
async function phone(): Promise<PhoneStore> {
  const store = new PhoneStore(newId())
  await store.open()
  return store
}
const states = async (store: PhoneStore) => (await store.allLetters()).map((l) => l.state)

test('signing and reporting the work done without a network are sent in the order they were done, photos first [CMD-23] [SEN-11]', async () => {
  const store = await phone()
  const judge = new Judge()
  judge.cases.set('c1', caseState('c1'))
  await store.cases.put(heldCase('c1'))
  await store.write(draft('c1', 'sign'), [])
  await store.write(draft('c1', 'report_done', ['p1', 'p2']), [photo('p1'), photo('p2')])
  expect(await sendRound(store, judge.post, now)).toBe('done')
  expect(judge.done).toEqual(['c1:sign', 'c1:report_done'])
  expect([...judge.photos.values()]).toEqual(['p1', 'p2'])
  expect(await states(store)).toEqual(['received', 'received'])
  expect((await store.cases.get('c1'))?.status).toBe('feedback')
})

test('a lost answer is asked for again with the same key, and the act is done once', async () => {
  const store = await phone()
  const troubles = ['answer-lost', 'none'] as const
  let call = 0
  const judge = new Judge(() => troubles[call++] ?? 'none')
  judge.cases.set('c1', caseState('c1'))
  await store.write(draft('c1', 'sign'), [])
  expect(await sendRound(store, judge.post, now)).toBe('no-answer')
  expect(await states(store)).toEqual(['saved'])
  expect(await sendRound(store, judge.post, now)).toBe('done')
  expect(judge.done).toEqual(['c1:sign'])
  expect(judge.asked).toBe(2)
})

test('no network ends the round at the first letter and changes nothing', async () => {
  const store = await phone()
  const judge = new Judge(() => 'lost')
  await store.write(draft('c1', 'sign'), [])
  await store.write(draft('c2', 'sign'), [])
  expect(await sendRound(store, judge.post, now)).toBe('no-answer')
  expect(judge.asked).toBe(1)
  expect(await states(store)).toEqual(['saved', 'saved'])
})

test('a phone that died between photo and step does not send the photo again', async () => {
  const store = await phone()
  const judge = new Judge()
  judge.cases.set('c1', caseState('c1', 'disposing'))
  await store.write(draft('c1', 'report_done', ['p1']), [photo('p1')])
  const dying: Post = {
    addPhoto: judge.post.addPhoto,
    send: () => Promise.reject(new Error('the page was closed')),
  }
  await expect(sendRound(store, dying, now)).rejects.toThrow('closed')
  expect(await states(store)).toEqual(['sent'])
  const asked = judge.asked
  expect(await sendRound(store, judge.post, now)).toBe('done')
  expect(judge.asked - asked).toBe(1)
  expect(judge.photos.size).toBe(1)
})

test('a refusal stays in the outbox with its sentence, holds what rests on it, and lets other cases pass', async () => {
  const store = await phone()
  const judge = new Judge()
  judge.cases.set('c1', caseState('c1', 'closed'))
  judge.cases.set('c2', caseState('c2'))
  for (const id of ['c1', 'c2']) await store.write(draft(id, 'sign'), [])
  await store.write(draft('c1', 'report_done', ['p1']), [photo('p1')])
  expect(await sendRound(store, judge.post, now)).toBe('done')
  const letters = await store.allLetters()
  expect(letters.map((l) => l.state)).toEqual(['refused', 'received', 'saved'])
  expect(letters[0]?.refusal).toMatchObject({ refused: 'cases/wrong-status', sentence: 'refused: cases/wrong-status' })
  expect(letters.map((l) => isHeld(l, letters))).toEqual([false, false, true])
  expect(asSeenHere(caseState('c1', 'closed'), letters, me, now()).status).toBe('closed')
})

test('a refused letter that is tried again after the pull keeps its key; a discarded one keeps its photo on the phone', async () => {
  const store = await phone()
  const judge = new Judge()
  judge.cases.set('c1', caseState('c1', 'pending_dispatch'))
  await store.write(draft('c1', 'sign', ['p1']), [photo('p1')])
  await sendRound(store, judge.post, now)
  const [refused] = await store.allLetters()
  if (!refused) throw new Error('the letter is gone')
  await store.retry(refused)
  judge.cases.set('c1', caseState('c1', 'pending_sign'))
  expect(await sendRound(store, judge.post, now)).toBe('done')
  expect((await store.allLetters())[0]).toMatchObject({ key: refused.key, state: 'received' })
  await store.discard(refused)
  expect(await store.photo('p1')).toMatchObject({ key: 'p1' })
})

test('a signed-out phone keeps everything and says that it is signed out', async () => {
  const store = await phone()
  await store.write(draft('c1', 'sign'), [])
  const post: Post = {
    addPhoto: () => Promise.reject(new NoAnswer('')),
    send: () => Promise.reject(new Refused(refuse('platform/not-signed-in'), 401, '')),
  }
  expect(await sendRound(store, post, now)).toBe('signed-out')
  expect(await states(store)).toEqual(['saved'])
})

test('trouble of the server with one case does not hold up the others', async () => {
  const store = await phone()
  const judge = new Judge()
  judge.cases.set('c2', caseState('c2'))
  for (const id of ['c1', 'c2']) await store.write(draft(id, 'sign'), [])
  const post: Post = {
    addPhoto: judge.post.addPhoto,
    send: (letter, ids) =>
      letter.caseId === 'c1'
        ? Promise.reject(new Refused(refuse('platform/broken'), 500, ''))
        : judge.post.send(letter, ids),
  }
  expect(await sendRound(store, post, now)).toBe('resting')
  expect(await states(store)).toEqual(['saved', 'received'])
})

test('the flow of a case comes with the pull and is asked for once; a phone that never heard of flows begins anew [CMD-20] [CMD-23]', async () => {
  const store = await phone()
  await store.keep('cursor', '77')
  const flow = { ...defaultFlow, version: 2, stepsOff: ['ask_return'] }
  const asked: unknown[] = []
  const call = (async (_route: unknown, { query }: { query: Record<string, string> }) => {
    asked.push(query)
    const c = { ...heldCase('c1', asked.length), flowVersion: 2 }
    return { cases: [c], gone: [], next: '78', flowInForce: 2, flows: query.has ? [] : [flow] }
  }) as unknown as Client
  await pull(store, call)
  expect(asked).toEqual([{}, { since: '78', has: '2' }])
  const flows = (await store.note<FlowsKept>('flows')) ?? noFlows
  expect(flows.inForce).toBe(2)
  expect(flowOf(flows, 2).stepsOff).toEqual(['ask_return'])
  expect(flowOf(flows, 1)).toBe(defaultFlow)
})

test('an older pull does not undo what an answer told', async () => {
  const store = await phone()
  await store.cases.put(heldCase('c1', 7, 'feedback'))
  await store.pulled({ cases: [heldCase('c1', 5, 'pending_sign')], gone: [], flowInForce: 0, flows: [], next: 'n1' })
  expect((await store.cases.get('c1'))?.status).toBe('feedback')
  await store.pulled({ cases: [], gone: ['c1'], flowInForce: 0, flows: [], next: 'n2' })
  expect(await store.cases.count()).toBe(0)
  expect(await store.note('cursor')).toBe('n2')
})

test('only what the server has received can be cleared', async () => {
  const store = await phone()
  const judge = new Judge()
  judge.cases.set('c1', caseState('c1', 'disposing'))
  await store.write(draft('c1', 'report_done', ['p1']), [photo('p1')])
  await sendRound(store, judge.post, now)
  await store.write(draft('c2', 'sign', ['p2']), [photo('p2')])
  expect(await store.clearReceived()).toBe(1)
  expect((await store.allLetters()).map((l) => l.caseId)).toEqual(['c2'])
  expect(await store.photo('p1')).toBeUndefined()
  expect(await store.photo('p2')).toBeDefined()
})

test.each([
  ['with Web Locks', globalThis.navigator.locks],
  ['without Web Locks', undefined],
] as const)('two tabs do not send twice, %s', async (_, locks) => {
  const name = newId()
  const [tab, other] = [new PhoneStore(name), new PhoneStore(name)]
  const judge = new Judge()
  judge.cases.set('c1', caseState('c1'))
  await tab.write(draft('c1', 'sign'), [])
  const ran = await Promise.all(
    [tab, other].map((s) => alone(s, async () => void (await sendRound(s, judge.post, now)), locks)),
  )
  expect(ran.filter(Boolean)).toHaveLength(1)
  expect(judge.asked).toBe(1)
  expect(await alone(other, async () => {}, locks)).toBe(true)
})

test('the three lights count what came at least so far', () => {
  const of = (state: Letter['state']) => ({ state }) as Letter
  const letters = [of('saved'), of('sent'), of('received'), of('received'), of('refused')]
  expect(lights(letters)).toEqual({ saved: 5, sent: 4, received: 2 })
})

test('a wish during a turn is one more turn; without an answer the next try waits', async () => {
  vi.useFakeTimers()
  let turns = 0
  const pump = new Pump(async () => {
    turns++
    await Promise.resolve()
    return { end: turns < 3 ? 'done' : 'no-answer' }
  })
  const first = pump.kick()
  void pump.kick()
  await first
  expect(turns).toBe(2)
  await pump.kick()
  expect(turns).toBe(3)
  await vi.advanceTimersByTimeAsync(3_900)
  expect(turns).toBe(3)
  await vi.advanceTimersByTimeAsync(2_200)
  expect(turns).toBe(4)
  pump.stop()
  vi.useRealTimers()
})
