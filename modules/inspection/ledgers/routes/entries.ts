import { showPhoto } from '@pentad/evidence'
import { locatorOf } from '@pentad/geography'
import { addAudit } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import { type Actor, permits, rolesOf } from '@pentad/platform/rights'
import { serve, serveAbout } from '@pentad/platform/serve'
import { CLOCK_AHEAD_ALLOWED, legalDayOf } from '@pentad/platform/time'
import {
  addEntry,
  changeEntry,
  entriesOnMap,
  entryHistory,
  entryPhoto,
  listEntries,
  moveEntry,
  readEntry,
  retireEntry,
  unmaskEntry,
  verifyEntry,
} from '../contract.ts'
import { type Keeping, keeping, type Order, opened, refuseValues, save, withLinks, written } from '../keep.ts'
import { decideMove, mayWrite, openTransitions, patched, type Values } from '../model/index.ts'
import {
  countWhere,
  type EntryRow,
  entriesWhere,
  eventsOf,
  photosOf,
  pointsIn,
  type Sort,
  titlesOf,
} from '../queries/index.ts'
import { eventOut, lineOut } from '../views.ts'
import { entrySubject, filterOf, newScope, readable, scopeOf, unitFor, writable } from './subject.ts'

const mostOnMap = 3000

/** Links and photos are looked up, then the order is decided and written. */
async function keep(k: Keeping, order: Order): Promise<EntryRow['rev']> {
  const [linked] = await withLinks(k.db, k.ledger, [order.values])
  if (linked?.faults.length) throw new RefusalError(refuseValues(linked.faults))
  const w = granted(written(k, { ...order, values: linked?.values ?? order.values }))
  await save(k, [w])
  return w.entry.rev
}

async function keepingOf(db: Db, e: EntryRow, actor: Actor, now: Date, permission: string): Promise<Keeping> {
  const ledger =
    permission === 'inspection.keep' ? await writable(db, e.ledgerId, actor) : await readable(db, e.ledgerId, actor)
  return keeping(db, ledger, { id: actor.id, unit: unitFor(actor, permission, e) }, now)
}

const standing = (e: EntryRow): void => {
  if (e.retiredAt) throw new RefusalError(refuse('inspection/entry-retired'))
}

export const entryRoutes = [
  serve(listEntries, async ({ params, query }, { db, actor, now }) => {
    const ledger = await readable(db, params.ledger, actor)
    const { sort, cursor, most, ...asked } = query
    const filter = filterOf(actor, ledger, asked, now)
    const rows = await entriesWhere(db, filter, {
      sort,
      after: cursor ? cursorFrom(cursor, sort) : undefined,
      most: most + 1,
    })
    const page = rows.slice(0, most)
    const last = page.at(-1)
    const locator = await locatorOf(db)
    return {
      entries: page.map((e) => lineOut(e, ledger, locator, legalDayOf(now))),
      next: rows.length > most && last ? `${sort}~${last.id}~${last.mark}` : null,
      count: await countWhere(db, filter),
    }
  }),

  serve(entriesOnMap, async ({ params, query }, { db, actor, now }) => {
    const ledger = await readable(db, params.ledger, actor)
    const { west, south, east, north, ...asked } = query
    const { rows, all } = await pointsIn(
      db,
      filterOf(actor, ledger, asked, now),
      toMetres([west, south]),
      toMetres([east, north]),
      mostOnMap,
    )
    const today = legalDayOf(now)
    return {
      points: rows.map(({ dueOn, ...p }) => ({ ...p, overdue: dueOn !== null && dueOn < today })),
      more: all - rows.length,
    }
  }),

  serveAbout(readEntry, entrySubject, async ({ subject }, { db, actor, now }) => {
    const ledger = await readable(db, subject.ledgerId, actor)
    const open = opened(ledger, subject)
    const roles = rolesOf(actor)
    const may =
      permits(actor, 'inspection.keep', scopeOf(subject)) && mayWrite(ledger.schema, roles) && !subject.retiredAt
    const links = ledger.schema.fields.flatMap((f) =>
      f.type === 'link' && typeof open.values[f.key] === 'string' ? [open.values[f.key] as string] : [],
    )
    return {
      ...lineOut(subject, ledger, await locatorOf(db), legalDayOf(now)),
      version: subject.version,
      newest: ledger.version,
      rev: subject.rev,
      owed: open.owed,
      cell: subject.areaCode?.length === 15 ? subject.areaCode : null,
      links: Object.fromEntries(
        (await titlesOf(db, links, actor)).map((t) => [t.id, { title: t.title, ledger: t.ledgerId }]),
      ),
      moves: may
        ? openTransitions(ledger.schema, open.state, roles).map((t) => ({
            to: t.to,
            name: t.name,
            required: [...t.required],
          }))
        : [],
      mayWrite: may,
    }
  }),

  serveAbout(entryHistory, entrySubject, async ({ subject }, { db, actor }) => {
    const ledger = await readable(db, subject.ledgerId, actor)
    return { events: (await eventsOf(db, subject.id)).map((v) => eventOut(v, ledger)) }
  }),

  serve(addEntry, async ({ params, body }, { db, actor, now }) => {
    const ledger = await writable(db, params.ledger, actor, true)
    const unit = unitFor(actor, 'inspection.keep')
    const k = await keeping(db, ledger, { id: actor.id, unit }, now)
    const [linked] = await withLinks(db, ledger, [body.values])
    if (linked?.faults.length) throw new RefusalError(refuseValues(linked.faults))
    const w = granted(
      written(k, {
        values: linked?.values ?? {},
        state: granted(firstState(ledger.schema.states, body.state)),
        keeper: body.keeper ?? ledger.schema.keeper ?? unitIfKnown(k, unit),
        act: 'add',
      }),
    )
    if (!permits(actor, 'inspection.keep', newScope(w.entry)))
      throw new RefusalError(refuse('inspection/not-your-area'))
    await save(k, [w])
    return { id: w.entry.id, no: w.entry.no }
  }),

  serveAbout(changeEntry, entrySubject, async ({ body, subject }, { db, actor, now }) => {
    standing(subject)
    const k = await keepingOf(db, subject, actor, now, 'inspection.keep')
    if (body.rev !== subject.rev) throw new RefusalError(refuse('inspection/entry-moved', { rev: subject.rev }))
    const open = opened(k.ledger, subject)
    const unknown = Object.keys(body.values).filter((key) => !k.ledger.schema.fields.some((f) => f.key === key))
    if (unknown.length) throw new RefusalError(refuse('inspection/no-field', { field: unknown.join(', ') }))
    const values = patched(k.ledger.schema, open.values, body.values)
    return { rev: await keep(k, { before: subject, values, act: 'change', note: body.note }) }
  }),

  serveAbout(moveEntry, entrySubject, async ({ body, subject }, { db, actor, now }) => {
    standing(subject)
    const k = await keepingOf(db, subject, actor, now, 'inspection.keep')
    const open = opened(k.ledger, subject)
    granted(decideMove(k.ledger.schema, open, body.to, rolesOf(actor)))
    const rev = await keep(k, { before: subject, values: open.values, state: body.to, act: 'state', note: body.note })
    return { state: body.to, rev }
  }),

  serveAbout(verifyEntry, entrySubject, async ({ body, subject }, { db, actor, now }) => {
    standing(subject)
    if (body.at.getTime() - now.getTime() > CLOCK_AHEAD_ALLOWED)
      throw new RefusalError(refuse('inspection/clock-ahead', { at: body.at.toISOString() }))
    const k = await keepingOf(db, subject, actor, now, 'inspection.verify')
    const open = opened(k.ledger, subject)
    const differences: Values = body.finding === 'differs' ? body.differences : {}
    if (body.finding === 'differs' && Object.keys(differences).length === 0)
      throw new RefusalError(refuse('inspection/no-difference'))
    const values = patched(k.ledger.schema, open.values, differences)
    const rev = await keep(k, {
      before: subject,
      values,
      act: 'verify',
      finding: body.finding,
      at: body.at,
      note: body.note,
      point: body.point,
      photoIds: body.photoIds,
    })
    return { rev }
  }),

  serveAbout(retireEntry, entrySubject, async ({ body, subject }, { db, actor, now }) => {
    if (body.note.trim() === '') throw new RefusalError(refuse('inspection/no-reason'))
    if ((subject.retiredAt !== null) === body.retired)
      throw new RefusalError(refuse(body.retired ? 'inspection/entry-retired' : 'inspection/entry-stands'))
    const k = await keepingOf(db, subject, actor, now, 'inspection.keep')
    const { values } = opened(k.ledger, subject)
    const act = body.retired ? ('retire' as const) : ('restore' as const)
    return { rev: await keep(k, { before: subject, values, act, retired: body.retired, note: body.note }) }
  }),

  serveAbout(unmaskEntry, entrySubject, async ({ body, subject }, { db, actor, address }) => {
    const ledger = await readable(db, subject.ledgerId, actor)
    await addAudit(db, {
      actorId: actor.id,
      act: 'unmask-entry',
      about: subject.id,
      result: 'done',
      address,
      detail: { purpose: body.purpose, ledger: subject.ledgerId, no: subject.no },
    })
    return { values: opened(ledger, subject).values }
  }),

  serveAbout(entryPhoto, entrySubject, async ({ params, query, subject }, { db, blobs, actor }) => {
    const ledger = await readable(db, subject.ledgerId, actor)
    const own = ledger.schema.fields
      .filter((f) => f.type === 'photo' && f.dataClass !== 'personal' && f.dataClass !== 'sensitive')
      .flatMap((f) => (subject.values[f.key] as string[] | undefined) ?? [])
    const shown = own.includes(params.photoId) || (await photosOf(db, subject.id)).has(params.photoId)
    granted(shown || undefined)
    return granted(await showPhoto(db, blobs, params.photoId, query.view))
  }),
]

const unitIfKnown = (k: Keeping, unit: string | null): string | null => (unit && k.areas.has(unit) ? unit : null)

const firstState = (states: readonly { key: string }[], wanted: string | undefined) =>
  wanted === undefined
    ? (states[0]?.key ?? refuse('inspection/no-state', { state: '' }))
    : (states.find((s) => s.key === wanted)?.key ?? refuse('inspection/no-state', { state: wanted }))

function cursorFrom(cursor: string, sort: Sort): { mark: string; id: string } | undefined {
  const [was, id = '', ...mark] = cursor.split('~')
  return was === sort && /^[0-9a-f-]{36}$/.test(id) ? { id, mark: mark.join('~') } : undefined
}
