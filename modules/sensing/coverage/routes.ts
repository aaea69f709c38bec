import { locatorOf, reachOf } from '@pentad/geography'
import { addAudit } from '@pentad/identity'
import { refuse } from '@pentad/platform/refusal'
import { type Actor, permits } from '@pentad/platform/rights'
import { serve } from '@pentad/platform/serve'
import { DAY } from '@pentad/platform/time'
import { nightsOf } from '../alarms/queries/index.ts'
import { standingKinds, stateOf } from '../model.ts'
import { readCellCoverage, readCoverage, readCoverageRule, setCoverageRule } from './contract.ts'
import { type CoverageRule, coverageFault, lookOf, sharesOf, spanOf } from './model.ts'
import * as queries from './queries.ts'
import { reachedBy, reachingKinds } from './run.ts'

const setRules = 'sensing.set-rules'
/** Nobody's name: what came with the platform or with the city's pack. */
const unnamed = ['machine', 'pack']
const textOf = ({ nameZh, nameEn }: { nameZh: string; nameEn: string }) => ({ 'zh-CN': nameZh, en: nameEn })
const none: { version: number; definition: CoverageRule } = { version: 0, definition: { reachM: {}, fastestKmh: 60 } }

/** A neighbour's device looks over the border all the same; which one it is, is the neighbour's. */
const namedFor = (actor: Actor, d: queries.StandingDevice) =>
  permits(actor, 'sensing.read-coverage', { areaCode: d.areaCode, units: [] })
    ? { id: d.id, name: textOf(d) }
    : { id: null, name: null }

export const coverageRoutes = [
  serve(readCoverage, async ({ query }, { db, actor, now }) => {
    const districts = await queries.districtsSeen(db, actor)
    const within = query.within ?? districts[0]?.code ?? '000000'
    const span = spanOf(query.span, now, await nightsOf(db))
    const { version, definition: rule } = (await queries.coverageRules(db, 1))[0] ?? none
    const rows = await queries.cellRows(db, actor, within, span)
    const locator = await locatorOf(db)
    const devices = (await queries.standingDevices(db, reachingKinds(rule))).map((d) => ({
      ...d,
      state: stateOf(d.kind, d.lastHeard, now, d.trouble),
    }))
    const reached = new Map<string, typeof devices>()
    for (const device of devices)
      for (const cell of reachedBy(locator, device, rule)) reached.set(cell, [...(reached.get(cell) ?? []), device])
    const looks = rows.map((row) => ({
      row,
      look: lookOf({ ...row, reached: reached.get(row.code) ?? [] }, span.until === null),
    }))
    const silentIds = [...new Set(looks.flatMap(({ look }) => look.silent ?? []))]
    const placeOf = new Map(silentIds.map((id, i) => [id, i]))
    const byId = new Map(devices.map((d) => [d.id, d]))
    const byStreet = Map.groupBy(looks, ({ look }) => look.code.slice(0, 9))
    const streets = await queries.streetsIn(db, within)
    return {
      within,
      from: span.from.toISOString(),
      until: span.until?.toISOString() ?? null,
      inForce: { version, rule },
      districts: districts.map((d) => ({ code: d.code, name: textOf(d) })),
      shares: sharesOf(looks.map(({ look }) => look)),
      streets: streets.flatMap((s) => {
        const mine = byStreet.get(s.code)
        return mine ? [{ code: s.code, name: textOf(s), shares: sharesOf(mine.map(({ look }) => look)) }] : []
      }),
      cells: looks.map(({ row, look }) => ({
        ...{ code: look.code, by: look.by, lastBy: look.lastBy, sites: row.sites, permits: row.permits },
        lastAt: look.lastAt?.toISOString() ?? null,
        silent: look.silent === null ? null : (placeOf.get(look.silent) ?? null),
      })),
      silent: silentIds.flatMap((id) => {
        const d = byId.get(id)
        return d
          ? [{ ...namedFor(actor, d), kind: d.kind, state: d.state, since: d.lastHeard?.toISOString() ?? null }]
          : []
      }),
      behind: await queries.dueCount(db),
    }
  }),

  serve(readCellCoverage, async ({ query: { code, days } }, { db, actor, now }) => {
    const locator = await locatorOf(db)
    const ring = locator.ringOf(code)
    if (!ring || !permits(actor, 'sensing.read-coverage', { areaCode: code, units: [] }))
      return refuse('platform/not-found')
    const { definition: rule } = (await queries.coverageRules(db, 1))[0] ?? none
    const [lons, lats] = [ring.map(([lon]) => lon), ring.map(([, lat]) => lat)]
    const mid = (all: readonly number[]) => (Math.min(...all) + Math.max(...all)) / 2
    const devices = await queries.standingDevices(db, reachingKinds(rule))
    const [street] = await queries.streetsIn(db, code)
    const hours = await queries.hoursOfCell(db, code, new Date(now.getTime() - days * DAY))
    return {
      code,
      middle: [mid(lons), mid(lats)] as [number, number],
      street: street ? textOf(street) : { 'zh-CN': code.slice(0, 9), en: code.slice(0, 9) },
      hours: hours.map((h) => ({ ...h, at: h.at.toISOString(), lastAt: h.lastAt.toISOString() })),
      reached: devices
        .filter((d) => reachedBy(locator, d, rule).includes(code))
        .map((d) => ({
          ...namedFor(actor, d),
          ...{ kind: d.kind, reachM: rule.reachM[d.kind] ?? 0 },
          state: stateOf(d.kind, d.lastHeard, now, d.trouble),
          lastHeard: d.lastHeard?.toISOString() ?? null,
        })),
    }
  }),

  serve(readCoverageRule, async (_, { db }) => ({
    versions: (await queries.coverageRules(db)).map(({ version, definition, note, setBy, setByName, setAt }) => ({
      ...{ version, rule: definition, note },
      setBy: unnamed.includes(setBy) ? null : (setByName ?? setBy),
      setAt: setAt.toISOString(),
    })),
  })),

  serve(setCoverageRule, async ({ body: { after, rule, note } }, { db, actor, now, address }) => {
    const fault = coverageFault(rule, standingKinds)
    if (fault) return refuse(fault)
    // One rule for the whole city: whoever answers for all of it sets it.
    if (!(await reachOf(db, actor, setRules))('')) return refuse('sensing/rules-of-others')
    const [last] = await queries.coverageRules(db, 1)
    const version = after + 1
    const row = { version, definition: rule, note, setBy: actor.id, setAt: now }
    if ((last?.version ?? 0) !== after || !(await queries.addCoverageRule(db, row)))
      return refuse('sensing/coverage-changed')
    const detail = { version, before: last?.definition ?? null, after: rule, note }
    await addAudit(db, { actorId: actor.id, act: 'set-coverage', about: '', result: 'done', address, detail })
    return { version }
  }),
]
