/**
 * Carries commands to the devices whose lines are open here. What waits is known in memory and brought up to date by what changed;
 * an order is claimed in the database before it is said, so that of several gateways one says it.
 */
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import type { Logger } from '@pentad/platform/log'
import {
  askForGaps,
  commandAccepted,
  commandEnded,
  type Ending,
  type KnownDevice,
  type Order,
  ordersSince,
  sayAgain,
  setClock,
  takeInHand,
  talkOf,
} from '@pentad/sensing'
import { type Patience, patienceOf } from '@pentad/sensing/model'
import { watchClocks } from './clocks.ts'
import { createLetters, type Letter } from './letters.ts'
import type { Carrier, Heard, Line } from './lines.ts'
import { takeStrays } from './strays.ts'

export interface CarrierOptions {
  db: Db
  log: Logger
  /** Lines of devices that hold none open with us: an outside broker has theirs. */
  elsewhere?: (deviceId: string) => { device: KnownDevice; line: Line } | undefined
  everyMs?: number
  /** A logger that comes back first sends by itself what it kept; what is missing is looked at afterwards, in milliseconds. */
  settleMs?: number
  patience?: typeof patienceOf
}
export interface RunningCarrier extends Carrier {
  /** Looks now instead of within half a second. */
  look: () => Promise<void>
  stop: () => Promise<void>
}

interface InHand {
  order: Order
  device: KnownDevice
  line: Line
  ref: string
  tries: number
  dueAt: number
  accepted: boolean
  facts: Record<string, unknown>
  values: { count: number; from: Date | null; until: Date | null }
  /** The due that the database knows. */
  written: number
}
/** Claims of one transaction. */
const atOnce = 100
const mostBack = 50
/** The database hears of an order that goes on at most so often, in milliseconds. */
const noteEveryMs = 5000
/** A device that has something in hand at another gateway is tried again after so long, in milliseconds. */
const busyMs = 2000

export function openCarrier(options: CarrierOptions): RunningCarrier {
  const { db, log, elsewhere, everyMs = 500, settleMs = 120_000, patience = patienceOf } = options
  const gateway = newId()
  const lines = new Map<string, { device: KnownDevice; line: Line }>()
  const waiting = new Map<string, Map<string, Order>>()
  const inHand = new Map<string, InHand>()
  const busyUntil = new Map<string, number>()
  const back = new Map<string, { device: KnownDevice; at: number }>()
  const letters = createLetters(db, log)
  let mark: string | null = null
  let stopped = false

  const waits = (device: KnownDevice): Patience =>
    patience[device.protocol] ?? { tries: 1, waitMs: () => 10_000, workMs: 60_000 }
  const post = (letter: Letter): void => {
    letters.post(letter)
    again()
  }

  async function learn(): Promise<void> {
    const next = await ordersSince(db, mark)
    mark = next.mark
    for (const order of next.orders) {
      if (order.state === 'queued') {
        const mine = waiting.get(order.deviceId) ?? new Map<string, Order>()
        waiting.set(order.deviceId, mine.set(order.id, order))
      } else {
        leave(order)
        const held = inHand.get(order.deviceId)
        // Somebody else made an end of it.
        if (held?.order.id !== order.id) continue
        if (order.state !== 'sent') inHand.delete(order.deviceId)
        else if (order.worksUntil) {
          held.accepted = true
          held.dueAt = Math.max(held.dueAt, order.worksUntil.getTime())
        }
      }
    }
  }

  async function takeNext(deviceIds: readonly string[]): Promise<void> {
    const now = new Date()
    const next = deviceIds.flatMap((deviceId) => {
      const there = lines.get(deviceId) ?? elsewhere?.(deviceId)
      const order = earliest(waiting.get(deviceId)?.values() ?? [])
      if (!there || !order) return []
      const { device, line } = there
      const dueAt = now.getTime() + waits(device).waitMs(1)
      const values = { count: 0, from: null, until: null }
      const ref = line.ref()
      return { order, device, line, ref, tries: 1, dueAt, accepted: false, facts: {}, values, written: dueAt }
    })
    const claims = next.map(({ order: { id, deviceId }, ref, dueAt }) => ({
      id,
      deviceId,
      ref,
      dueAt: new Date(dueAt),
    }))
    const mine = new Set(await takeInHand(db, gateway, claims, now))
    for (const held of next) {
      const { id, deviceId } = held.order
      if (!mine.has(id)) {
        // Another gateway has it, or has the device: the one is learned of, for the other we come again.
        busyUntil.set(deviceId, now.getTime() + busyMs)
        continue
      }
      busyUntil.delete(deviceId)
      leave(held.order)
      inHand.set(deviceId, held)
      say(held)
    }
  }
  function leave({ id, deviceId }: Order): void {
    const mine = waiting.get(deviceId)
    mine?.delete(id)
    if (mine?.size === 0) waiting.delete(deviceId)
  }
  function say(held: InHand): void {
    if (!held.line.say(held.order, held.ref))
      end(held, { state: 'failed', answer: { why: 'cannot-be-said', protocol: held.device.protocol } })
  }
  function end(held: InHand, { state, answer }: Ending): void {
    inHand.delete(held.order.deviceId)
    const { count, from, until } = held.values
    const values =
      held.order.kind === 'ask-history' && state === 'answered'
        ? { values: count, ...(from && until ? { firstAt: from.toISOString(), lastAt: until.toISOString() } : {}) }
        : {}
    const at = new Date()
    post((tx) => commandEnded(tx, held.order.id, { state, answer: { ...held.facts, ...values, ...answer } }, at))
  }

  async function remind(held: InHand, now: number): Promise<void> {
    const { deviceId } = held.order
    if (held.dueAt > now || inHand.get(deviceId) !== held) return
    if ((lines.get(deviceId) ?? elsewhere?.(deviceId))?.line !== held.line) {
      // Its line went while it was claimed: whoever settles commands puts it back.
      inHand.delete(deviceId)
      return
    }
    const knows = held.values.count > 0 || Object.keys(held.facts).length > 0
    const { tries, waitMs } = waits(held.device)
    // It gave what was asked for and never said that this was all.
    if (knows) end(held, { state: 'answered', answer: { complete: false } })
    else if (held.accepted || held.tries >= tries)
      end(held, { state: 'failed', answer: { why: 'no-answer', accepted: held.accepted } })
    else {
      const dueAt = now + waitMs(held.tries + 1)
      if (!(await sayAgain(db, held.order.id, gateway, new Date(dueAt)))) {
        inHand.delete(deviceId)
        return
      }
      held.tries++
      held.dueAt = dueAt
      held.written = dueAt
      say(held)
    }
  }

  async function askBack(now: number): Promise<void> {
    const due = [...back.values()].filter((b) => b.at <= now).slice(0, mostBack)
    if (due.length === 0) return
    const there = due.filter(({ device }) => lines.has(device.id))
    await askForGaps(
      db,
      there.map(({ device }) => ({ id: device.id, gapMinutes: talkOf(device.profile).gapMinutes })),
      new Date(now),
    )
    for (const { device } of due) back.delete(device.id)
  }

  async function look(): Promise<void> {
    await learn()
    await letters.write()
    const now = Date.now()
    const ready = [...waiting.keys()].filter(
      (id) => !inHand.has(id) && (busyUntil.get(id) ?? 0) <= now && (lines.has(id) || elsewhere?.(id)),
    )
    for (let at = 0; at < ready.length && !stopped; at += atOnce) await takeNext(ready.slice(at, at + atOnce))
    for (const held of [...inHand.values()]) await remind(held, now)
    await askBack(now)
    await letters.write()
  }

  let looking: Promise<void> | undefined
  let wanted = false
  function again(): void {
    if (looking || stopped) {
      wanted = true
      return
    }
    wanted = false
    looking = look()
      .catch((error) => log.debug({ err: error }, 'commands wait for the database'))
      .finally(() => {
        looking = undefined
        if (wanted && letters.waiting) setTimeout(again, 20)
      })
  }
  const timer = setInterval(again, everyMs)
  const stray = takeStrays(post, (device) => waits(device).workMs)
  const clocks = watchClocks((deviceId, set) => post((tx) => setClock(tx, deviceId, set)))

  function heard(device: KnownDevice, ref: string, what: Heard): void {
    const held = inHand.get(device.id)
    if (held?.ref !== ref) {
      stray(device, ref, what)
      return
    }
    if (what.kind === 'ended') {
      end(held, what)
      return
    }
    const now = Date.now()
    held.dueAt = now + waits(device).workMs
    if (what.kind === 'facts') Object.assign(held.facts, what.facts)
    if (what.kind === 'values') {
      const { values } = held
      values.count += what.count
      if (!values.from || what.from < values.from) values.from = what.from
      if (!values.until || what.until > values.until) values.until = what.until
    }
    const isNews = what.kind === 'accepted' && !held.accepted
    if (what.kind === 'accepted') held.accepted = true
    if (!isNews && held.dueAt - held.written < noteEveryMs) return
    held.written = held.dueAt
    const dueAt = new Date(held.dueAt)
    post((tx) => commandAccepted(tx, held.order, { at: new Date(now), dueAt, isNews }))
  }

  return {
    open(device, line) {
      const there = lines.get(device.id)
      if (there?.line === line) {
        there.device = device
        return
      }
      lines.set(device.id, { device, line })
      const held = inHand.get(device.id)
      if (held && line.refsLast) held.line = line
      else inHand.delete(device.id)
      if (device.protocol === 'hj212') back.set(device.id, { device, at: Date.now() + settleMs })
      if (waiting.has(device.id)) again()
    },
    close(deviceId, line) {
      if (lines.get(deviceId)?.line !== line) return
      lines.delete(deviceId)
      inHand.delete(deviceId)
    },
    heard,
    orderOf(deviceId, ref) {
      const held = inHand.get(deviceId)
      return held?.ref === ref ? held.order.id : undefined
    },
    ...clocks,
    look: async () => {
      await looking
      await look()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await looking
      await letters.write().catch((error) => log.warn({ err: error }, 'answers of devices could not be written down'))
    },
  }
}

/** The one that was asked first; one that came back into the queue stands where it stood. */
function earliest(orders: Iterable<Order>): Order | undefined {
  let first: Order | undefined
  for (const order of orders) if (!first || order.askedAt < first.askedAt) first = order
  return first
}
