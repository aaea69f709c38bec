/** Writing entries: what the desk, an import and the pack do alike. Values are checked, placed, numbered, and their history grows. */
import { type Locator, locatorOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { announce } from '@pentad/platform/news'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { legalDayOf } from '@pentad/platform/time'
import {
  type Act,
  changedKeys,
  dueDay,
  faultsIn,
  isEmpty,
  type Migrated,
  migrated,
  searchText,
  tidy,
  titleOf,
  type ValueFault,
  type Values,
} from './model/index.ts'
import { placeOf } from './place.ts'
import {
  type EntryIn,
  type EntryRow,
  type EventIn,
  knownPhotos,
  type LedgerRow,
  linkTargets,
  putEntries,
  takeNumbers,
} from './queries/index.ts'

export interface Keeper {
  id: string | null
  unit: string | null
}
export interface Keeping {
  db: Db
  ledger: LedgerRow
  by: Keeper
  now: Date
  locator: Locator
  /** The area of each unit. */
  areas: ReadonlyMap<string, string>
  /** Points outside the city are kept for the quality board to name, not refused. */
  lenient: boolean
}

export async function keeping(db: Db, ledger: LedgerRow, by: Keeper, now: Date, lenient = false): Promise<Keeping> {
  const areas = new Map((await allUnits(db)).map((u) => [u.id, u.areaCode]))
  return { db, ledger, by, now, locator: await locatorOf(db), areas, lenient }
}

/** The entry in the newest version of its ledger. */
export const opened = (ledger: LedgerRow, e: Pick<EntryRow, 'version' | 'values' | 'state'>): Migrated =>
  migrated(
    ledger.versions.filter((v) => v.version >= e.version),
    e.values,
    e.state,
  )

export interface Order {
  /** Left out: a new entry. */
  before?: EntryRow | undefined
  /** Of a new entry, where others know it already. */
  id?: string | undefined
  values: Values
  state?: string | undefined
  keeper?: string | null | undefined
  code?: string | null
  packDigest?: string | null
  act: Act
  note?: string
  at?: Date
  point?: { lon: number; lat: number } | undefined
  photoIds?: readonly string[]
  finding?: EntryRow['finding']
  retired?: boolean
}
export interface Written {
  entry: EntryIn
  event: EventIn
}

/** What an order would write, or why it cannot be. The number is given later, by `numbered`. */
export function written(k: Keeping, o: Order): Written | Refusal {
  const { schema, version } = k.ledger
  const old = o.before ? opened(k.ledger, o.before) : undefined
  const values = tidy(schema, o.values)
  const state = o.state ?? old?.state ?? schema.states[0]?.key ?? ''
  const faults = faultsIn(schema, o.values)
  if (faults.length > 0) return refuseValues(faults)
  const keeper = o.keeper === undefined ? (o.before?.keeperUnit ?? schema.keeper) : o.keeper
  if (keeper !== null && !k.areas.has(keeper)) return refuse('inspection/no-unit', { unit: keeper })
  const place = placeOf(schema, values, {
    locator: k.locator,
    keeperArea: (keeper && k.areas.get(keeper)) || null,
    lenient: k.lenient,
  })
  if (isRefusal(place)) return place
  const id = o.before?.id ?? o.id ?? newId(k.now.getTime())
  const looked = o.finding !== undefined
  // Whoever changed it or checked it has looked at it: the clock of the next look begins anew.
  const dueOn = dueDay(schema, state, legalDayOf(o.at ?? k.now))
  const rev = (o.before?.rev ?? 0) + 1
  const entry: EntryIn = {
    id,
    ledgerId: k.ledger.id,
    version,
    no: o.before?.no ?? '',
    code: o.before?.code ?? o.code ?? null,
    title: titleOf(schema, values) || (o.before?.no ?? ''),
    words: searchText(schema, values),
    values,
    state,
    ...place,
    keeperUnit: keeper,
    createdBy: o.before?.createdBy ?? k.by.id,
    createdAt: o.before?.createdAt ?? k.now,
    changedAt: k.now,
    verifiedAt: looked ? (o.at ?? k.now) : (o.before?.verifiedAt ?? null),
    finding: looked ? (o.finding ?? null) : (o.before?.finding ?? null),
    dueOn,
    retiredAt: o.retired === undefined ? (o.before?.retiredAt ?? null) : o.retired ? k.now : null,
    packDigest: o.packDigest === undefined ? (o.before?.packDigest ?? null) : o.packDigest,
    rev,
  }
  const was = o.before ? { ...o.before.values, state: o.before.state } : {}
  const changed = changedKeys(was, { ...values, state })
  const part = (all: Values) => Object.fromEntries(changed.flatMap((c) => (isEmpty(all[c]) ? [] : [[c, all[c]]])))
  const event: EventIn = {
    entryId: id,
    seq: rev,
    act: o.act,
    actorId: k.by.id,
    actorUnit: k.by.unit,
    at: o.at ?? k.now,
    recorded: k.now,
    version,
    before: part(was),
    after: { ...part({ ...values, state }), ...(o.finding ? { finding: o.finding } : {}) },
    note: o.note ?? '',
    point: o.point,
    photoIds: o.photoIds ?? [],
  }
  return { entry, event }
}

export const refuseValues = (faults: readonly ValueFault[]): Refusal =>
  refuse('inspection/bad-values', { count: faults.length, faults: faults.slice(0, 100) })

/** Writes what was decided: new entries get their numbers, screens hear of it. */
export async function save(k: Keeping, all: readonly Written[]): Promise<void> {
  if (all.length === 0) return
  const fresh = all.filter((w) => w.entry.no === '')
  if (fresh.length > 0) {
    const first = await takeNumbers(k.db, k.ledger.id, fresh.length)
    for (const [i, w] of fresh.entries()) {
      w.entry.no = `${k.ledger.id.toUpperCase()}-${String(first + i).padStart(5, '0')}`
      w.entry.title ||= w.entry.no
    }
  }
  await putEntries(
    k.db,
    all.map((w) => w.entry),
    all.map((w) => w.event),
  )
  const [only] = all
  await announce(k.db, {
    topic: 'ledger',
    about: { ledger: k.ledger.id, ...(all.length === 1 && only ? { id: only.entry.id } : {}) },
    may: 'inspection.read',
    ...(all.length === 1 && only ? { areaCode: only.entry.areaCode, units: [only.entry.keeperUnit ?? ''] } : {}),
  })
}

/** Links written as id, number or code become ids; what leads nowhere is a fault. */
export async function withLinks(
  db: Db,
  ledger: LedgerRow,
  values: readonly Values[],
): Promise<{ values: Values; faults: ValueFault[] }[]> {
  const fields = ledger.schema.fields.filter((f) => f.type === 'link' && f.ledger)
  const photos = ledger.schema.fields.filter((f) => f.type === 'photo')
  const out = values.map((v) => ({ values: { ...v } as Record<string, unknown>, faults: [] as ValueFault[] }))
  for (const f of fields) {
    const words = [...new Set(values.flatMap((v) => (typeof v[f.key] === 'string' ? [v[f.key] as string] : [])))]
    if (words.length === 0) continue
    const byWord = new Map<string, string>()
    for (const t of await linkTargets(db, f.ledger ?? '', words))
      for (const word of [t.id, t.no, t.code]) if (word) byWord.set(word, t.id)
    for (const o of out) {
      const word = o.values[f.key]
      if (typeof word !== 'string') continue
      const id = byWord.get(word)
      if (id) o.values[f.key] = id
      else {
        delete o.values[f.key]
        o.faults.push({
          field: f.key,
          code: 'pack/ledger-value-no-link',
          details: { field: f.title['zh-CN'], value: word.slice(0, 60) },
        })
      }
    }
  }
  const ids = photos.flatMap((f) => values.flatMap((v) => (Array.isArray(v[f.key]) ? (v[f.key] as string[]) : [])))
  const uuid = /^[0-9a-f-]{36}$/
  const known = ids.length
    ? await knownPhotos(
        db,
        ids.filter((i) => uuid.test(i)),
      )
    : new Set<string>()
  for (const f of photos)
    for (const o of out)
      for (const photo of Array.isArray(o.values[f.key]) ? (o.values[f.key] as string[]) : [])
        if (!known.has(photo))
          o.faults.push({
            field: f.key,
            code: 'pack/ledger-value-photo',
            details: { field: f.title['zh-CN'], most: 24 },
          })
  return out
}
