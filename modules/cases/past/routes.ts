import { toMetres } from '@pentad/platform/geo'
import { serve } from '@pentad/platform/serve'
import { casesAt, casesFlow } from './contract.ts'
import { bucketsOf, spanOf } from './model.ts'
import { type AtWanted, countsAt, flow, groupsAt, thingsAt } from './queries.ts'

/** Cells in view of a map that shows them are some thousands. */
const mostGroups = 5000

export const pastRoutes = [
  serve(casesAt, async ({ query }, { db, actor }) => {
    const { instant, area, west, south, east, north, group, most } = query
    const boxed = west !== undefined && south !== undefined && east !== undefined && north !== undefined
    const wanted: AtWanted = {
      instant,
      area,
      box: boxed ? { low: toMetres([west, south]), high: toMetres([east, north]) } : undefined,
    }
    const { count: open, ...byLight } = await countsAt(db, actor, wanted)
    const said = { instant: instant.toISOString(), open, byLight }
    if (group === 'street')
      return {
        ...said,
        cases: [],
        groups: await groupsAt(db, actor, wanted, 9, mostGroups),
        groupedBy: 'street' as const,
      }
    if (open <= most && group === 'auto')
      return { ...said, cases: await thingsAt(db, actor, wanted), groups: [], groupedBy: null }
    const mostCells = group === 'cell' ? mostGroups : most
    const cells = await groupsAt(db, actor, wanted, 15, mostCells + 1)
    if (cells.length <= mostCells) return { ...said, cases: [], groups: cells, groupedBy: 'cell' as const }
    return { ...said, cases: [], groups: await groupsAt(db, actor, wanted, 9, most), groupedBy: 'street' as const }
  }),

  serve(casesFlow, async ({ query: { until, span, area } }, { db, actor }) => {
    const { widthMs, count } = bucketsOf[span]
    const { from, to } = spanOf(until, span)
    const found = new Map((await flow(db, actor, { from, to, widthMs, area })).map((b) => [b.bucket, b]))
    return {
      bucketSeconds: widthMs / 1000,
      buckets: Array.from({ length: count }, (_, i) => ({
        from: new Date(from.getTime() + i * widthMs).toISOString(),
        reported: found.get(i)?.reported ?? 0,
        closed: found.get(i)?.closed ?? 0,
      })),
    }
  }),
]
