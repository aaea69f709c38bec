import { fullPath, type Route } from '@pentad/platform/contract'
import { newId } from '@pentad/platform/id'
import { later } from '@pentad/platform/jobs'
import type { Module } from '@pentad/platform/module'
import { refuse } from '@pentad/platform/refusal'
import { type Actor, holds, sightOf } from '@pentad/platform/rights'
import { type Served, serve } from '@pentad/platform/serve'
import { DAY } from '@pentad/platform/time'
import { listPackLoads } from '../pack/contract.ts'
import { baseUnits, type DataSet, dataSets, meaningOf } from './catalogue/index.ts'
import { checks, type QualityCheck } from './checks.ts'
import { baseUnitModel, dataDictionary, dataQuality, qualitySamples, runChecks } from './contract.ts'
import {
  addRun,
  columnsOf,
  ledgerForms,
  lockRuns,
  type ResultRow,
  recentRuns,
  resultsOf,
  rowEstimates,
  type Sample,
  viewsOver,
} from './queries.ts'

const runsShown = 30
/** A run that has not ended by then was cut short. */
const longestRunMs = 15 * 60_000

/** `below`: the modules whose routes hand data out. */
export function dataRoutes(below: readonly Module[]): Served[] {
  const own: Route[] = [dataDictionary, baseUnitModel, dataQuality, listPackLoads]
  const contracts = [...below.flatMap((m) => m.routes ?? []).map((r) => r.contract), ...own]
  const routesOf = (set: DataSet) =>
    contracts
      .filter((c) => c.method === 'GET' && set.routes.some((r) => c.path === r || c.path.startsWith(`${r}/`)))
      .map((c) => ({ method: c.method, path: fullPath(c.path), may: c.may, summary: c.summary }))

  return [
    serve(dataDictionary, async (_, { db }) => {
      const [columns, rows, views, forms] = [
        await columnsOf(db),
        await rowEstimates(db),
        await viewsOver(db),
        await ledgerForms(db),
      ]
      const tableOut = (name: string) => ({
        name,
        rows: rows.get(name) ?? 0,
        views: views.filter((v) => v.table === name).map((v) => v.view),
        fields: columns
          .filter((c) => c.table === name)
          .map(({ table, column, ...c }) => ({
            ...c,
            name: column,
            meaning: meaningOf(table.split('.')[1] ?? '', column),
          })),
      })
      return {
        sets: dataSets.map(({ tables, routes: _paths, layers, ...set }) => {
          const there = tables.filter((t) => columns.some((c) => c.table === t)).map(tableOut)
          return {
            ...set,
            // The first table holds the things themselves.
            rows: there[0]?.rows ?? 0,
            tables: there,
            layers: [...layers],
            forms:
              set.id === 'ledgers'
                ? forms.map(({ id, version, schema }) => ({
                    id,
                    version,
                    title: schema.title,
                    proposal: schema.proposal,
                    fields: schema.fields,
                  }))
                : [],
            routes: routesOf({ tables, routes: _paths, layers, ...set }),
          }
        }),
      }
    }),

    serve(baseUnitModel, async (_, { db }) => {
      const forms = await ledgerForms(db)
      const held = (where: string | null) => {
        if (where === null) return null
        const [kind, ledger] = where.split(':')
        const form = ledger ? forms.find((f) => f.id === ledger) : undefined
        if (form) return { id: form.id, title: form.schema.title, page: `/command/ledgers/${form.id}` }
        const set = dataSets.find((s) => s.id === (kind === 'ledger' ? 'ledgers' : kind))
        return set && kind !== 'ledger'
          ? { id: set.id, title: set.title, page: `/command/data/dictionary?set=${set.id}` }
          : null
      }
      return {
        majors: baseUnits.map((m) => ({ ...m, minors: m.minors.map((x) => ({ ...x, heldIn: held(x.heldIn) })) })),
      }
    }),

    serve(dataQuality, async (_, { db, now }) => {
      const runs = await recentRuns(db, runsShown)
      const results = await resultsOf(
        db,
        runs.map((r) => r.id),
      )
      const ended = runs.filter((r) => r.ended)
      return {
        runs: runs.map((r) => ({ ...r, at: r.at.toISOString(), ended: r.ended?.toISOString() ?? null })),
        sets: dataSets.map((set) => {
          const of = (runId: string | undefined, checkId: string): ResultRow | undefined =>
            results.find((r) => r.runId === runId && r.checkId === checkId)
          const last = of(ended[0]?.id, `${set.id}.age`)?.lastChange ?? null
          return {
            id: set.id,
            title: set.title,
            group: set.group,
            store: set.store,
            owner: set.owner,
            updateDays: set.updateDays,
            page: set.page,
            lastChange: last?.toISOString() ?? null,
            age: ageOf(last, set.updateDays, now),
            checks: checks
              .filter((c) => c.set === set.id)
              .flatMap((c) => {
                const result = of(ended[0]?.id, c.id)
                if (!result) return []
                const trend = ended.toReversed().map((r) => shareOf(of(r.id, c.id)))
                return [
                  {
                    id: c.id,
                    aspect: c.aspect,
                    title: c.title,
                    total: result.total,
                    bad: result.bad,
                    opens: c.opens,
                    trend,
                  },
                ]
              }),
          }
        }),
      }
    }),

    serve(qualitySamples, async ({ params }, { db, actor }) => {
      const check = checks.find((c) => c.id === params.check)
      if (!check) return refuse('operations/no-check', { check: params.check })
      const run = (await recentRuns(db, runsShown)).find((r) => r.ended)
      const result = run ? (await resultsOf(db, [run.id])).find((r) => r.checkId === check.id) : undefined
      const records = (result?.samples ?? []).filter(seenBy(actor, check))
      return {
        records: records.map((s) => ({
          id: s.id,
          label: s.label,
          href: check.opens?.replace('{id}', encodeURIComponent(s.id)) ?? null,
        })),
        more: (result?.bad ?? 0) - records.length,
      }
    }),

    serve(runChecks, async (_, { db, actor, now }) => {
      await lockRuns(db)
      const running = (await recentRuns(db, runsShown)).find(
        (r) => !r.ended && now.getTime() - r.at.getTime() < longestRunMs,
      )
      if (running) return { id: running.id }
      const id = newId(now.getTime())
      await addRun(db, id, now, actor.id)
      await later(db, 'operations.check-data', { payload: { runId: id } })
      return { id }
    }),
  ]
}

const shareOf = (r: ResultRow | undefined): number | null => (r && r.total > 0 ? (r.total - r.bad) / r.total : null)

/** `open`: no interval is set, life decides. */
export function ageOf(last: Date | null, updateDays: number | null, now: Date): 'fresh' | 'old' | 'unknown' | 'open' {
  if (last === null) return 'unknown'
  if (updateDays === null) return 'open'
  return now.getTime() - last.getTime() > updateDays * DAY ? 'old' : 'fresh'
}

/** A record is named to those who may see such records there; one without a place only to those who keep the data, or if it is public. */
function seenBy(actor: Actor, { may }: QualityCheck): (s: Sample) => boolean {
  if (may !== null && !holds(actor, may)) return () => false
  const { areas } = sightOf(actor, may ?? 'operations.read-data')
  return ({ area }) =>
    area === null
      ? may === null || holds(actor, 'operations.check-data')
      : may === null || areas.some((a) => area.startsWith(a))
}
