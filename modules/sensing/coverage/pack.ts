/** How far fixed devices reach, as a city pack says it: the beginning, until the desk sets another rule. */
import { filesOf, noChanges, part, rowsIn, type TableSpec } from '@pentad/platform/pack'
import { type DeviceKind, standingKinds } from '../model.ts'
import { type CoverageRule, farthestReachM } from './model.ts'
import { addCoverageRule, coverageRules } from './queries.ts'

const columns = { kind: {}, reach_m: {} } as const satisfies TableSpec
const byPack = 'pack'

export const reachPart = part<CoverageRule['reachM']>({
  name: 'reach',
  wholeCity: true,
  files: ['devices/reach.csv'],
  read: async (reading) => {
    const reachM: CoverageRule['reachM'] = {}
    const lines = new Map<DeviceKind, number>()
    for (const file of filesOf(reading.source, reachPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const kind = row.oneOf('kind', standingKinds)
        const far = row.number('reach_m', { from: 0, to: farthestReachM })
        const first = lines.get(kind)
        if (first) row.fault('pack/twice', { what: kind, first })
        if (!row.good()) continue
        lines.set(kind, row.line)
        reachM[kind] = Math.round(far)
      }
    }
    return reachM
  },
  async lay({ db, now }, reachM) {
    const all = await coverageRules(db, 1000)
    const said = all.find((r) => r.setBy === byPack)
    const kinds = Object.keys(reachM).length
    // What the pack said before, the desk may have changed since: it says it anew only when it says something else.
    if (said && sayOf(said.definition.reachM) === sayOf(reachM)) return { ...noChanges(), same: kinds }
    const [last] = all
    await addCoverageRule(db, {
      version: (last?.version ?? 0) + 1,
      definition: { fastestKmh: last?.definition.fastestKmh ?? 60, reachM },
      ...{ note: '', setBy: byPack, setAt: now },
    })
    return { ...noChanges(), changed: kinds }
  },
})

const sayOf = (reachM: CoverageRule['reachM']): string =>
  JSON.stringify(Object.entries(reachM).sort(([a], [b]) => a.localeCompare(b)))
