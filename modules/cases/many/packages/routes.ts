import { type Locator, locatorOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { announce } from '@pentad/platform/news'
import { granted, type Refusal, RefusalError, refuse } from '@pentad/platform/refusal'
import { type Actor, permits, type Scope } from '@pentad/platform/rights'
import { type Context, commandBy, type SubjectKind, serve, serveAbout, serveDirect } from '@pentad/platform/serve'
import { note } from '../../entry.ts'
import { isOpen } from '../../model/index.ts'
import { caseById, earlierReport, flowsOf, linesById } from '../../queries/index.ts'
import { quickStep } from '../../quick.ts'
import { scopeOf } from '../../take-step.ts'
import { lineOut } from '../../views.ts'
import { type Item, itemOf } from '../items.ts'
import { nextNo } from '../numbers.ts'
import {
  changeMembers,
  closePackage,
  dispatchPackage,
  listPackages,
  makePackage,
  packageCandidates,
  readPackage,
} from './contract.ts'
import { commonArea, mostAtOnce, mostInPackage, partOf, progressBy, progressOf } from './model.ts'
import {
  addMember,
  addPackage,
  areasOfMembers,
  type MemberRow,
  membersOf,
  type PackageRow,
  packable,
  packageById,
  packageHolding,
  packagesSeen,
  removeMember,
  setPackage,
} from './queries.ts'

/** The unit sees its package from the dispatch on, as one work item. */
const packageScope = (p: PackageRow): Scope => ({
  areaCode: p.areaCode,
  units: p.dispatchedAt ? [p.leadUnitId] : [],
  createdBy: p.createdBy,
})
const packageSubject: SubjectKind<PackageRow> = { kind: 'case-package', load: packageById, scope: packageScope }

const packageOut = (p: PackageRow, members: readonly MemberRow[], now: Date) => ({
  id: p.id,
  no: p.no,
  title: p.title,
  leadUnit: { id: p.leadUnitId, name: { 'zh-CN': p.unitZh, en: p.unitEn } },
  due: p.due.toISOString(),
  note: p.note,
  createdAt: p.createdAt.toISOString(),
  createdBy: p.creatorName ?? '',
  dispatchedAt: p.dispatchedAt?.toISOString() ?? null,
  closedAt: p.closedAt?.toISOString() ?? null,
  closing: p.closing,
  progress: progressOf(members, p.due, now),
})

/** News of a package for the screens of those who may see it. */
const tell = async (db: Db, p: Pick<PackageRow, 'id' | 'areaCode' | 'leadUnitId' | 'dispatchedAt'>): Promise<void> =>
  announce(db, {
    topic: 'package',
    about: { id: p.id },
    may: 'cases.read',
    areaCode: p.areaCode,
    units: p.dispatchedAt ? [p.leadUnitId] : [],
  })

async function putIn(db: Db, p: { id: string; no: string }, caseId: string, actor: Actor, now: Date) {
  const c = await caseById(db, caseId, true)
  if (!c || !permits(actor, 'cases.read', scopeOf(c))) return { no: null, became: refuse('platform/not-found') }
  const no = (why: Refusal | null) => ({ no: c.no, became: why })
  if (!permits(actor, 'cases.dispatch', scopeOf(c))) return no(refuse('platform/not-allowed'))
  if (!isOpen(c.status) || c.status === 'draft') return no(refuse('cases/not-open'))
  const holding = await packageHolding(db, caseId)
  if (holding) return no(refuse('cases/in-another-package', { no: holding.no }))
  await addMember(db, p.id, caseId, actor.id, now)
  await note(db, c, { act: 'packed', actorId: actor.id, detail: { packageId: p.id, no: p.no } }, now)
  return no(null)
}

async function takeOut(db: Db, p: { id: string; no: string }, caseId: string, actor: Actor, now: Date) {
  const c = await caseById(db, caseId, true)
  if (!c || !(await removeMember(db, p.id, caseId, now)))
    return { no: null, became: refuse('platform/not-found') as Refusal | null }
  await note(db, c, { act: 'unpacked', actorId: actor.id, detail: { packageId: p.id, no: p.no } }, now)
  return { no: c.no, became: null }
}

/** In the order of the ids, so that two who bundle the same cases do not wait for each other. */
async function each(
  ids: readonly string[],
  say: Context['say'],
  one: (id: string) => Promise<{ no: string | null; became: Refusal | null }>,
): Promise<Item[]> {
  const results: Item[] = []
  for (const id of [...new Set(ids)].sort()) {
    const { no, became } = await one(id)
    results.push(itemOf(id, no, became, say))
  }
  return results
}

async function disposalUnit(db: Db, id: string): Promise<void> {
  const unit = (await allUnits(db)).find((u) => u.id === id)
  if (unit?.axis !== 'disposal') throw new RefusalError(refuse('cases/not-a-disposal-unit', { unit: id }))
}

const named = (locator: Locator, code: string | null) => (code ? locator.nameOf(code) : '')

export const packageRoutes = [
  serve(listPackages, async ({ query }, { db, actor, now }) => {
    const packages = await packagesSeen(db, actor, query.closed === '1')
    const members = Map.groupBy(
      await membersOf(
        db,
        packages.map((p) => p.id),
        now,
      ),
      (m) => m.packageId,
    )
    return { packages: packages.map((p) => packageOut(p, members.get(p.id) ?? [], now)) }
  }),

  serve(packageCandidates, async ({ query }, { db, actor, now }) => {
    const { rows, all } = await packable(db, actor, { ...query, late: query.late === '1' }, now, mostAtOnce)
    const locator = await locatorOf(db)
    const flow = await flowsOf(db, rows)
    return { cases: rows.map((c) => lineOut(c, actor, locator, now, flow(c))), more: all - rows.length }
  }),

  serve(makePackage, async ({ body }, { db, actor, now, say }) => {
    if (body.due <= now) throw new RefusalError(refuse('cases/day-is-past'))
    await disposalUnit(db, body.leadUnitId)
    const p = { id: newId(now.getTime()), no: await nextNo(db, 'DB', now) }
    const { title, leadUnitId, due, note: said, chosenBy } = body
    await addPackage(db, { ...p, title, leadUnitId, due, note: said, chosenBy, createdBy: actor.id, createdAt: now })
    const results = await each(body.caseIds, say, (id) => putIn(db, p, id, actor, now))
    // A package of nothing is none; what was refused tells why.
    if (!results.some((r) => r.done))
      throw new RefusalError(refuse('cases/package-empty', { why: results[0]?.why?.sentence ?? '' }))
    const areaCode = commonArea(await areasOfMembers(db, p.id))
    await setPackage(db, p.id, { areaCode })
    await tell(db, { ...p, areaCode, leadUnitId, dispatchedAt: null })
    return { ...p, results }
  }),

  serveAbout(readPackage, packageSubject, async ({ subject }, { db, actor, now }) => {
    const members = await membersOf(db, [subject.id], now)
    const rows = await linesById(
      db,
      members.map((m) => m.caseId),
    )
    const shown = rows.filter((c) => permits(actor, 'cases.read', scopeOf(c))).sort((a, b) => (a.no < b.no ? -1 : 1))
    const locator = await locatorOf(db)
    const flow = await flowsOf(db, shown)
    const units = new Map((await allUnits(db)).map((u) => [u.id, u]))
    const unitOf = (id: string | null) => {
      const u = id ? units.get(id) : undefined
      return u ? { id: u.id, name: { 'zh-CN': u.nameZh, en: u.nameEn } } : null
    }
    return {
      ...packageOut(subject, members, now),
      cases: shown.map((c) => lineOut(c, actor, locator, now, flow(c))),
      hidden: members.length - shown.length,
      byUnit: progressBy(members, (m) => m.unit, subject.due, now).map((g) => ({
        unit: unitOf(g.key),
        progress: g.progress,
      })),
      byStreet: progressBy(members, (m) => m.street, subject.due, now).map((g) => ({
        code: g.key,
        name: named(locator, g.key),
        progress: g.progress,
      })),
      mayChange: subject.closedAt === null && permits(actor, 'cases.dispatch', packageScope(subject)),
    }
  }),

  serveAbout(changeMembers, packageSubject, async ({ subject, body }, { db, actor, now, say }) => {
    if (subject.closedAt) throw new RefusalError(refuse('cases/package-closed'))
    const there = await membersOf(db, [subject.id], now)
    if (there.length + body.add.length - body.remove.length > mostInPackage)
      throw new RefusalError(refuse('cases/package-full', { most: mostInPackage }))
    const out = await each(body.remove, say, (id) => takeOut(db, subject, id, actor, now))
    const into = await each(body.add, say, (id) => putIn(db, subject, id, actor, now))
    // An emptied package stays where it was, in the sight of those who had it.
    const areaCode = commonArea(await areasOfMembers(db, subject.id)) || subject.areaCode
    await setPackage(db, subject.id, { areaCode })
    await tell(db, { ...subject, areaCode })
    return { results: [...out, ...into] }
  }),

  serveDirect(dispatchPackage, packageSubject, async ({ params, body }, { db, actor, now, say, command }) => {
    const p = granted(await packageById(db, params.id, false))
    if (!permits(actor, 'cases.dispatch', packageScope(p))) throw new RefusalError(refuse('platform/not-found'))
    const earlier = await earlierReport(db, command)
    if (earlier && earlier.digest === command.digest) return earlier.reply as { results: Item[] }
    if (p.closedAt) return refuse('cases/package-closed')
    const waiting = (await membersOf(db, [p.id], now)).filter((m) => partOf(m.status) === 'waiting')
    const { coUnitIds } = body
    const said = { step: 'dispatch', at: now, unitId: p.leadUnitId, coUnitIds, reason: `${p.no} ${p.title}` } as const
    // Each is a step of its own under a key of its own: what is done stays done, and whoever sends this again goes on where it ended.
    const results = await Promise.all(
      waiting.map(async (m) => {
        const own = { ...command, key: `${command.key.slice(0, 90)}.${m.caseId}` }
        return itemOf(m.caseId, m.no, await quickStep(db, m.caseId, said, actor, own, now), say)
      }),
    )
    return commandBy(db, command, async (tx) => {
      const lies = (await membersOf(tx, [p.id], now)).some((m) => partOf(m.status) !== 'waiting')
      if (lies) await setPackage(tx, p.id, { dispatchedAt: now })
      await tell(tx, { ...p, dispatchedAt: lies ? now : p.dispatchedAt })
      return { results }
    })
  }),

  serveAbout(closePackage, packageSubject, async ({ subject, body }, { db, now }) => {
    if (subject.closedAt) throw new RefusalError(refuse('cases/package-closed'))
    const { waiting, working, done } = progressOf(await membersOf(db, [subject.id], now), subject.due, now)
    const left = waiting + working + done
    if (left) throw new RefusalError(refuse('cases/package-unfinished', { n: left }))
    await setPackage(db, subject.id, { closedAt: now, closing: body.closing })
    await tell(db, subject)
    return { closedAt: now.toISOString() }
  }),
]
