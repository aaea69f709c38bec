/** What gateways do with commands: take them in hand, say how they fared, and find what to ask by themselves. */
import { brokenConstraint, type Db, inTransaction, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { DAY, HOUR, MINUTE } from '@pentad/platform/time'
import { announceCommand } from './announce.ts'
import {
  type CommandCause,
  expiresAfterMinutes,
  type Gap,
  gapsIn,
  leftAloneMs,
  longestHistory,
  mayRepeat,
  patienceOf,
  settled,
} from './model/index.ts'
import {
  addCommand,
  type Claim,
  claimAgain,
  claimOrders,
  type Ending,
  endLeft,
  endOrder,
  gapsAsked,
  leftOrders,
  minuteTimes,
  noteAccepted,
  queueAgain,
  saidAs,
  saidByItself,
} from './queries.ts'

interface Whose {
  id: string
  deviceId: string
}
async function scopeAt(db: Db, deviceId: string): Promise<{ areaCode: string | null; unitId: string | null }> {
  const { rows } = await sql<{
    areaCode: string | null
    unitId: string | null
  }>`select area_code as "areaCode", unit_id as "unitId" from sensing.device where id = ${deviceId}`.execute(db)
  return rows[0] ?? { areaCode: null, unitId: null }
}
const told = async (db: Db, { id, deviceId }: Whose, state: string): Promise<void> =>
  announceCommand(db, { id, deviceId, state, ...(await scopeAt(db, deviceId)) })

/**
 * Written down before it is said: a crash in between leaves a command that was said to nobody, never one said twice at once. Gives
 * those that are this gateway's; one claim of a device at a time.
 */
export async function takeInHand(
  db: Db,
  gateway: string,
  claims: readonly (Claim & Pick<Whose, 'deviceId'>)[],
  now: Date,
): Promise<string[]> {
  const claim = (some: typeof claims) =>
    inTransaction(db, async (tx) => {
      const mine = new Set(await claimOrders(tx, gateway, some, now))
      for (const c of some) if (mine.has(c.id)) await told(tx, c, 'sent')
      return [...mine]
    })
  try {
    return await claim(claims)
  } catch (error) {
    if (brokenConstraint(error) !== 'one_command_in_hand') throw error
    // Another gateway asked for one of the devices at the same moment: the rest are not held up by it.
    if (claims.length === 1) return []
    const one: string[][] = []
    for (const c of claims) one.push(await takeInHand(db, gateway, [c], now))
    return one.flat()
  }
}

export const sayAgain = (db: Db, id: string, gateway: string, dueAt: Date): Promise<boolean> =>
  claimAgain(db, id, gateway, dueAt)

/** The device goes on with it, until then; the screens hear of it once. */
export async function accepted(
  db: Db,
  order: Whose,
  { at, dueAt, isNews }: { at: Date; dueAt: Date; isNews: boolean },
): Promise<void> {
  await noteAccepted(db, order.id, at, dueAt)
  if (isNews) await told(db, order, 'sent')
}

/** The same, by the number alone: another gateway said it, and learns of this as of any change. */
export async function acceptedAs(
  db: Db,
  deviceId: string,
  ref: string,
  how: { at: Date; dueAt: Date; isNews: boolean },
): Promise<void> {
  const there = await saidAs(db, deviceId, ref)
  if (there) await accepted(db, { id: there.id, deviceId }, how)
}

/** True when it was still open: the first answer stands. */
export async function ended(db: Db, id: string, ending: Ending, at: Date): Promise<boolean> {
  const row = await endOrder(db, id, ending, at)
  if (row) await announceCommand(db, row)
  return row !== undefined
}

/** An answer under a number that this gateway did not say: another one did, or this one before it was started anew. */
export async function endedAs(db: Db, deviceId: string, ref: string, ending: Ending, at: Date): Promise<boolean> {
  const there = await saidAs(db, deviceId, ref)
  return there !== undefined && (await ended(db, there.id, ending, at))
}

const mostAtOnce = 200

/** Commands that no gateway looks after: back into the queue where that does no harm, else to an honest end. How many changed. */
export const settleCommands = (db: Db, now: Date): Promise<number> =>
  inTransaction(db, async (tx) => {
    let changed = 0
    for (const left of await leftOrders(tx, now, new Date(now.getTime() - leftAloneMs), mostAtOnce)) {
      const what = settled(left, {
        now,
        mostTries: patienceOf[left.protocol]?.tries ?? 1,
        repeatable: mayRepeat(left.kind),
      })
      if (what === 'wait') continue
      changed++
      if (what === 'queue') await queueAgain(tx, left.id)
      else {
        const answer = what === 'no-answer' ? { why: 'no-answer', accepted: left.accepted } : null
        const row = await endLeft(tx, left.id, what === 'expire' ? 'expired' : 'failed', answer, now)
        if (row) await announceCommand(tx, row)
      }
    }
    return changed
  })

const machine = 'machine'

/** The clock of a device is off, or it asks for the time: it is told, once in so many hours. Gives whether it is told now. */
export async function setClock(
  db: Db,
  deviceId: string,
  { cause, everyHours, offMs, now }: { cause: CommandCause; everyHours: number; offMs: number | null; now: Date },
): Promise<boolean> {
  if (await saidByItself(db, deviceId, 'set-time', cause, new Date(now.getTime() - everyHours * HOUR))) return false
  const id = newId()
  await addCommand(db, {
    id,
    deviceId,
    kind: 'set-time',
    parameters: offMs === null ? {} : { offSeconds: Math.round(offMs / 1000) },
    cause,
    reason: '',
    by: machine,
    at: now,
    expiresAt: new Date(now.getTime() + HOUR),
  })
  await told(db, { id, deviceId }, 'queued')
  return true
}

const lookBack = DAY
/** Of one coming back; a device that loses its line each minute is not asked for a hundred pieces. */
const mostGaps = 4

/** What is missing at devices that came back, asked for once each. Gives how many questions that were. */
export async function askForGaps(
  db: Db,
  devices: readonly { id: string; gapMinutes: number }[],
  now: Date,
): Promise<number> {
  const watched = devices.filter((d) => d.gapMinutes > 0)
  if (watched.length === 0) return 0
  const since = new Date(now.getTime() - lookBack)
  const times = Map.groupBy(
    await minuteTimes(
      db,
      watched.map((d) => d.id),
      since,
      now,
    ),
    (r) => r.deviceId,
  )
  let asked = 0
  for (const { id, gapMinutes } of watched) {
    const gaps = gapsIn(
      (times.get(id) ?? []).map((r) => r.at.getTime()),
      gapMinutes,
    )
    if (gaps.length > 0) asked += await askFor(db, id, gaps.slice(-mostGaps), now)
  }
  return asked
}

const askFor = (db: Db, deviceId: string, gaps: readonly Gap[], now: Date): Promise<number> =>
  inTransaction(db, async (tx) => {
    await sql`select 1 from sensing.device where id = ${deviceId} for no key update`.execute(tx)
    // What was asked for and did not come is not there: it is not asked for again.
    const before = await gapsAsked(tx, deviceId, new Date(now.getTime() - 2 * lookBack))
    const fresh = gaps.filter((g) => !before.some((b) => b.from <= g.from && g.until <= b.until))
    for (const { from, until } of fresh) {
      const id = newId()
      const most = longestHistory.minute
      await addCommand(tx, {
        id,
        deviceId,
        kind: 'ask-history',
        parameters: {
          period: 'minute',
          from: new Date(Math.max(from, until - most)).toISOString(),
          until: new Date(until).toISOString(),
        },
        cause: 'gap',
        reason: '',
        by: machine,
        at: now,
        expiresAt: new Date(now.getTime() + expiresAfterMinutes('ask-history') * MINUTE),
      })
      await told(tx, { id, deviceId }, 'queued')
    }
    return fresh.length
  })
