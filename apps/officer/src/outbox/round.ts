/**
 * One round of sending: letters in order, photos before their command, each with the key it was written with.
 * No answer ends the round; a refusal stays with its letter; the server's own trouble lets that case rest until the next.
 */
import { NoAnswer, Refused } from '@pentad/platform/client'
import { type Letter, nextLetter } from './letter.ts'
import type { CaseLineSaid, PhoneStore, PhotoKept } from './store.ts'

export interface Post {
  addPhoto(photo: PhotoKept): Promise<{ id: string }>
  send(letter: Letter, photoIds: string[]): Promise<{ no?: string; case?: CaseLineSaid }>
}
export type Shelf = Pick<PhoneStore, 'allLetters' | 'put' | 'photo' | 'photoReceived' | 'received'>

/** `done`: nothing is left that could be sent now. `resting`: the server answers, but has trouble of its own with some. */
export type RoundEnd = 'done' | 'resting' | 'no-answer' | 'signed-out'

/** Not a judgement on the command: it may be sent again as it is. */
const passing = new Set(['platform/too-many-requests', 'platform/unavailable', 'platform/broken'])

export async function sendRound(
  shelf: Shelf,
  post: Post,
  clock: () => Date,
  onLetter?: () => Promise<void>,
): Promise<RoundEnd> {
  const resting = new Set<string>()
  for (;;) {
    const letter = nextLetter(await shelf.allLetters(), resting)
    if (!letter) return resting.size ? 'resting' : 'done'
    await onLetter?.()
    try {
      await sendLetter(shelf, post, letter, clock)
    } catch (error) {
      if (error instanceof NoAnswer) {
        await shelf.put(letter, { state: 'saved' })
        return 'no-answer'
      }
      if (!(error instanceof Refused)) throw error
      const { refused, detail } = error.refusal
      if (refused === 'platform/not-signed-in') {
        await shelf.put(letter, { state: 'saved' })
        return 'signed-out'
      }
      if (passing.has(refused)) {
        await shelf.put(letter, { state: 'saved' })
        resting.add(letter.caseId)
        continue
      }
      await shelf.put(letter, { state: 'refused', refusal: { refused, detail: { ...detail }, sentence: error.title } })
    }
  }
}

async function sendLetter(shelf: Shelf, post: Post, letter: Letter, clock: () => Date): Promise<void> {
  const photoIds: string[] = []
  for (const key of letter.photoKeys) {
    const photo = await shelf.photo(key)
    if (!photo) {
      const refusal = { refused: 'phone/photo-lost', detail: { key }, sentence: '' }
      return shelf.put(letter, { state: 'refused', refusal })
    }
    const id = photo.serverId ?? (await post.addPhoto(photo)).id
    if (!photo.serverId) await shelf.photoReceived(key, id)
    photoIds.push(id)
  }
  await shelf.put(letter, { state: 'sent', tries: letter.tries + 1 })
  await shelf.received(letter, await post.send(letter, photoIds), clock())
}
