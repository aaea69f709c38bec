/** Every ledger whose entries have a place is a layer of the map, by itself. */
import { type Db, sql } from '@pentad/platform/db'
import type { LayerSource, Layers } from '@pentad/platform/tiles'
import { type LedgerSchema, outlineField, pointField, type Tone } from './model/index.ts'
import { isHiddenPlace } from './place.ts'
import { allLedgers } from './queries/index.ts'

/** The worst last: of many at one place the worst is shown. */
const rank: Record<Tone, number> = { idle: 0, ok: 1, info: 2, warn: 3, bad: 4 }

/** A ledger that only some posts may read is on no common map: a layer knows permissions, not posts. */
export const isLayer = (s: LedgerSchema): boolean =>
  s.read.length === 0 && (pointField(s) ?? outlineField(s)) !== undefined && !isHiddenPlace(s)

export function layerOf(s: LedgerSchema): LayerSource {
  const states = [...s.states].sort((a, b) => rank[a.tone] - rank[b.tone])
  const keys = states.map((x) => x.key)
  return {
    id: `ledger-${s.id}`,
    title: s.title,
    kind: 'point',
    may: 'inspection.read',
    maps: s.subject === 'party' ? ['inspection', 'parties'] : ['inspection'],
    resource: 'ledgers',
    keys: 'uuid',
    states: states.map((x) => ({ id: x.key, title: x.title })),
    properties: {
      finding: { title: { 'zh-CN': '核对结果', en: 'Finding' }, type: 'word' },
      no: { title: { 'zh-CN': '编号', en: 'Number' }, type: 'text' },
      title: { title: { 'zh-CN': '名称', en: 'Title' }, type: 'text' },
      changedAt: { title: { 'zh-CN': '更新时间', en: 'Changed' }, type: 'instant' },
    },
    time: 'changedAt',
    metres: 'xy',
    href: `/command/ledgers/${s.id}?entry={key}`,
    rows: () => sql`select e.id as key, e.lon, e.lat, e.xy, e.area_code, e.keeper_unit as unit_id,
        (e.retired_at is null and e.lon is not null) as shown, e.xid,
        case when e.state = any(${keys}::text[]) then e.state else ${s.states[0]?.key ?? ''} end as state,
        coalesce(e.finding, '') as finding, e.no, e.title, e.changed_at as "changedAt"
      from inspection.entry e where e.ledger_id = ${s.id}`,
  }
}

export const layers: Layers = [
  {
    prefix: 'ledger',
    version: async (db: Db) =>
      (
        await sql<{
          v: string
        }>`select coalesce(string_agg(id || ':' || version || ':' || (retired_at is null), ',' order by id), '') as v
          from inspection.ledger`.execute(db)
      ).rows[0]?.v ?? '',
    sources: async (db: Db) =>
      (await allLedgers(db)).filter((l) => !l.retiredAt && isLayer(l.schema)).map((l) => layerOf(l.schema)),
  },
]
