/**
 * Carries the rules of keeping out, in small portions: a device and day of values, some hundred rows of tracks. Each portion is one
 * transaction with its place, so that a crash loses nothing and does nothing twice.
 */
import { type Db, inTransaction } from '@pentad/platform/db'
import { DAY, type LegalDay, legalDayOf, nextLegalDay, startOfLegalDay } from '@pentad/platform/time'
import { isOnlyJudge } from '../alarms/queries/index.ts'
import { decodeChunk, encodeChunk } from '../tracks/model/index.ts'
import { firstKept, heldSince, type Keeping, type KeepingStore, keepingStores, thinned } from './model.ts'
import {
  chunksAfter,
  endChunks,
  endHours,
  endMinutes,
  endPasses,
  endSamples,
  firstDay,
  keepingRules,
  nextDevice,
  noteWent,
  type Progress,
  progressAt,
  saveProgress,
  type Went,
  writeThin,
} from './queries/index.ts'

const chunksAtOnce = 300
/** Days without anything that are passed over in one portion. */
const mostEmptyDays = 60
/** So often all days are gone through anew: what was held then may be free now. */
const roundDays = 30

const nothing: Went = { rows: 0, bytes: 0 }

/** One portion of every store; gives how many stores had one. */
export async function keepOnce(db: Db, now: Date): Promise<number> {
  let worked = 0
  for (const store of keepingStores) if (await portion(db, store, now)) worked++
  return worked
}

const portion = (db: Db, store: KeepingStore, now: Date): Promise<boolean> =>
  inTransaction(db, async (tx) => {
    if (!(await isOnlyJudge(tx, `keeping.${store}`))) return false
    const [rule] = await keepingRules(tx, 1)
    if (!rule) return false
    const end = firstKept(store, rule.definition, now)
    if (end === null) return false
    const before = await progressAt(tx, store)
    const today = legalDayOf(now)
    // Another version may keep less: the days before are gone through again.
    const goesOn = before?.version === rule.version && (before.day < end || !isOld(before.began, now))
    let at = goesOn ? before : await beginning(tx, store, rule.version, today)
    if (!at) return false
    for (let empty = 0; at.day < end; empty++) {
      const { went, after } = await step(tx, store, at, rule.definition, heldSince(rule.definition, now))
      const here: Progress = after === null ? { ...at, day: nextLegalDay(at.day), after: '' } : { ...at, after }
      await noteWent(tx, { day: today, store, version: rule.version, ...went })
      at = here
      if (after !== null || empty >= mostEmptyDays) {
        await saveProgress(tx, store, here)
        return true
      }
    }
    if (at.day !== before?.day || at.version !== before.version || at.began !== before.began)
      await saveProgress(tx, store, at)
    return false
  })

const isOld = (began: LegalDay, now: Date): boolean =>
  now.getTime() - startOfLegalDay(began).getTime() >= roundDays * DAY

async function beginning(db: Db, store: KeepingStore, version: number, began: LegalDay): Promise<Progress | null> {
  const day = await firstDay(db, store)
  return day === null ? null : { version, day, after: '', began }
}

/** `after` is the place from which the day goes on; null when the day is done. */
async function step(
  db: Db,
  store: KeepingStore,
  { day, after }: Progress,
  { trackStepSeconds }: Keeping,
  since: Date,
): Promise<{ went: Went; after: string | null }> {
  if (store === 'realtime' || store === 'minute') {
    const device = await nextDevice(db, store, day, after)
    if (device === null) return { went: nothing, after: null }
    const went =
      store === 'realtime' ? await endSamples(db, day, device, since) : await endMinutes(db, day, device, since)
    return { went, after: device }
  }
  if (store === 'hour') return { went: await endHours(db, day, since), after: null }
  if (store === 'pass') return { went: await endPasses(db, day), after: null }
  const stepSeconds = store === 'track' ? trackStepSeconds : null
  const chunks = await chunksAfter(db, day, after, { most: chunksAtOnce, since, stepSeconds })
  const last = chunks.at(-1)
  if (!last) return { went: nothing, after: null }
  const freed = chunks.filter((c) => !c.pinned)
  const went = store === 'track-end' ? await endChunks(db, freed) : await thin(db, freed, trackStepSeconds)
  return { went, after: `${last.handle} ${last.at.toISOString()}` }
}

/** Counts fixes that went, and the bytes that they took. */
async function thin(
  db: Db,
  chunks: readonly { handle: number; at: Date; fixes: number; body: Buffer }[],
  stepSeconds: number,
): Promise<Went> {
  const thinner = chunks.map(({ handle, at, body, fixes }) => {
    const left = thinned(decodeChunk(at.getTime(), body), stepSeconds)
    const less = Buffer.from(encodeChunk(at.getTime(), left))
    return { handle, at, fixes: left.length, body: less, went: fixes - left.length, bytes: body.length - less.length }
  })
  if (thinner.length > 0) await writeThin(db, thinner, stepSeconds)
  return thinner.reduce((sum, t) => ({ rows: sum.rows + t.went, bytes: sum.bytes + t.bytes }), nothing)
}
