/** All that the pages work on: the person's cases and letters, kept on the phone and kept moving. */
import { listUnits } from '@pentad/identity/contract'
import { NoAnswer, Refused } from '@pentad/platform/client'
import { listClasses } from '@pentad/rulebook/contract'
import { api } from '@pentad/web/api.ts'
import { openLive } from '@pentad/web/live.ts'
import { wholeMapAddress } from '@pentad/web/map/base.ts'
import { computed, effectScope, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue'
import { alone } from '../outbox/alone.ts'
import { isWaiting, type Letter, lights } from '../outbox/letter.ts'
import { postBy } from '../outbox/post.ts'
import { pull } from '../outbox/pull.ts'
import { kickOn, Pump, type Turn } from '../outbox/pump.ts'
import { sendRound } from '../outbox/round.ts'
import { type CaseHeld, type FlowsKept, flowOf, noFlows, PhoneStore } from '../outbox/store.ts'
import { keepForLater } from './app.ts'
import { type Card, cardOf } from './cards.ts'
import { here } from './here.ts'
import { useLive } from './live.ts'
import type { CaseClass } from './propose.ts'
import { me } from './session.ts'
import { type Me, takerOver, type Unit } from './taker.ts'

export interface Desk {
  me: Me
  store: PhoneStore
  /** Null until the phone has read its own memory. */
  held: ShallowRef<CaseHeld[] | null>
  letters: ShallowRef<Letter[]>
  classes: ShallowRef<CaseClass[]>
  units: ShallowRef<Unit[]>
  flows: ShallowRef<FlowsKept>
  pulledAt: ShallowRef<string | null>
  end: Ref<Turn['end'] | null>
  pump: Pump
  close(): void
}

async function turn(store: PhoneStore, end: Ref<Turn['end'] | null>): Promise<Turn> {
  const letters = postBy(api)
  let ended = 'busy' as Turn['end']
  await alone(store, async (renew) => {
    ended = await sendRound(store, letters, () => new Date(), renew)
    if (ended === 'done' || ended === 'resting') ended = await reading(ended, () => pull(store, api))
  })
  if (ended === 'done')
    void store.cases.toArray().then((held) => keepForLater([wholeMapAddress, ...held.flatMap(thumbsOf)]))
  if (ended !== 'busy') end.value = ended
  return { end: ended }
}

/** Photos from before the work, so that they are there in the basement too. */
const thumbsOf = (c: CaseHeld): string[] =>
  c.photos.slice(0, 4).map((p) => `/api/cases/${c.id}/photos/${p.id}?view=thumb`)

/** A read that may find no network is no more trouble than a letter that does not. */
async function reading(before: Turn['end'], read: () => Promise<void>): Promise<Turn['end']> {
  try {
    await read()
    return before
  } catch (error) {
    if (error instanceof Refused) return error.refusal.refused === 'platform/not-signed-in' ? 'signed-out' : 'resting'
    if (error instanceof NoAnswer || error instanceof SyntaxError || error instanceof TypeError) return 'no-answer'
    throw error
  }
}

async function fetchBooks(store: PhoneStore): Promise<void> {
  const [{ classes }, { units }] = await Promise.all([api(listClasses), api(listUnits)])
  await store.keep('classes', classes)
  await store.keep(
    'units',
    units.map(({ id, parentId }) => ({ id, parentId })),
  )
}

/** News come in bursts; one look serves them all, in milliseconds. */
const newsTogetherMs = 400

/** Looks at once when the centre says that a case changed; without the line the timer still does. */
function kickOnNews(pump: Pump): () => void {
  const live = openLive()
  let soon: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    soon ??= setTimeout(() => {
      soon = undefined
      void pump.kick()
    }, newsTogetherMs)
  }
  live.onNews(({ topic }) => topic === 'case' && look())
  live.onReturn(look)
  return () => {
    clearTimeout(soon)
    live.close()
  }
}

function openDesk(person: Me): Desk {
  const store = new PhoneStore(person.id)
  const scope = effectScope(true)
  const end: Desk['end'] = ref(null)
  const pump = new Pump(() => turn(store, end))
  const stopKicks = kickOn(pump, window)
  void navigator.storage?.persist?.()
  void reading('done', () => fetchBooks(store))
  void pump.kick()
  const kept = scope.run(() => ({
    held: useLive<CaseHeld[] | null>(() => store.cases.toArray(), null),
    letters: useLive(() => store.allLetters(), []),
    classes: useLive(async () => (await store.note<CaseClass[]>('classes')) ?? [], []),
    units: useLive(async () => (await store.note<Unit[]>('units')) ?? [], []),
    flows: useLive(async () => (await store.note<FlowsKept>('flows')) ?? noFlows, noFlows),
    pulledAt: useLive(async () => (await store.note<string>('pulled-at')) ?? null, null),
  }))
  if (!kept) throw new Error('the scope of the desk is closed')
  const stopNews = kickOnNews(pump)
  const close = (): void => {
    pump.stop()
    stopKicks()
    stopNews()
    scope.stop()
    store.close()
  }
  return { me: person, store, ...kept, end, pump, close }
}

export const desk = shallowRef<Desk | null>(null)
watch(
  me,
  (person) => {
    desk.value?.close()
    desk.value = person && openDesk(person)
  },
  { immediate: true },
)

const browserOnline = ref(navigator.onLine)
for (const type of ['online', 'offline'])
  addEventListener(type, () => {
    browserOnline.value = navigator.onLine
  })

/** No network, or no answer from the centre. */
export const offline = computed(() => !browserOnline.value || desk.value?.end.value === 'no-answer')
export const lightsNow = computed(() => lights(desk.value?.letters.value ?? []))
export const waiting = computed(() => desk.value?.letters.value.filter(isWaiting) ?? [])
export const refused = computed(() => desk.value?.letters.value.filter((l) => l.state === 'refused') ?? [])

/** All cases that the phone holds, as it sees them. */
export function cardsAt(now: Date): Card[] {
  const d = desk.value
  if (!d?.held.value) return []
  return d.held.value.map((c) => cardIn(d, c, now))
}
const cardIn = (d: Desk, c: CaseHeld, now: Date): Card =>
  cardOf(
    c,
    d.letters.value,
    takerOver(d.me, c, d.units.value, now),
    now,
    here.value,
    flowOf(d.flows.value, c.flowVersion),
  )
export function cardFor(id: string, now: Date): Card | null {
  const d = desk.value
  const held = d?.held.value?.find((c) => c.id === id)
  return d && held ? cardIn(d, held, now) : null
}
