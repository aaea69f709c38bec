/** Entries and ledgers as the contract says them. */
import type { Locator } from '@pentad/geography'
import { type Actor, holds, rolesOf } from '@pentad/platform/rights'
import type { z } from 'zod'
import type { EntryLine, LedgerLine, LedgerSchemaIn } from './contract.ts'
import { opened } from './keep.ts'
import { fieldOf, maskedValues, mayWrite, type Values } from './model/index.ts'
import type { Counts, EntryRow, EventRow, LedgerRow } from './queries/index.ts'

export function lineOut(e: EntryRow, ledger: LedgerRow, locator: Locator, today: string): z.input<typeof EntryLine> {
  const now = opened(ledger, e)
  const shown = maskedValues(ledger.schema, now.values)
  const street = e.areaCode && e.areaCode.length >= 9 ? e.areaCode.slice(0, 9) : null
  return {
    id: e.id,
    ledger: e.ledgerId,
    no: e.no,
    title: e.title,
    state: now.state,
    lon: e.lon,
    lat: e.lat,
    street: street ? { code: street, name: locator.nameOf(street) } : null,
    placeWords: { 'zh-CN': e.placeZh, en: e.placeEn },
    keeper: e.keeperUnit ? { id: e.keeperUnit, name: { 'zh-CN': e.keeperZh ?? '', en: e.keeperEn ?? '' } } : null,
    changedAt: e.changedAt.toISOString(),
    verifiedAt: e.verifiedAt?.toISOString() ?? null,
    finding: e.finding,
    dueOn: e.dueOn,
    overdue: e.dueOn !== null && e.dueOn < today,
    retired: e.retiredAt !== null,
    values: shown.values,
    hidden: shown.hidden,
  }
}

/** One event; each key by the schema of its own time, so that an old field is masked by its own class. */
export function eventOut(v: EventRow, ledger: LedgerRow) {
  const schema = ledger.versions.find((x) => x.version === v.version)?.schema ?? ledger.schema
  const former = (key: string) =>
    fieldOf(schema, key) ?? ledger.versions.map((x) => fieldOf(x.schema, key)).find((f) => f !== undefined)
  const shown = (values: Values): Values => {
    const { state, finding, ...fields } = values
    const known = Object.keys(fields).flatMap((k) => former(k) ?? [])
    return { ...maskedValues({ fields: known }, fields).values, state, finding }
  }
  const [before, after] = [shown(v.before), shown(v.after)]
  const titles = {
    state: { 'zh-CN': '状态', en: 'State' },
    finding: { 'zh-CN': '核对结果', en: 'Finding' },
  }
  const said = (key: string, value: unknown): unknown =>
    key === 'state'
      ? (ledger.versions.flatMap((x) => x.schema.states).find((s) => s.key === value)?.title ?? value ?? null)
      : (value ?? null)
  return {
    seq: v.seq,
    act: v.act,
    actor: v.actor,
    unitName: v.unitZh === null ? null : { 'zh-CN': v.unitZh, en: v.unitEn ?? v.unitZh },
    at: v.at.toISOString(),
    recorded: v.recorded.toISOString(),
    version: v.version,
    changes: [...new Set([...Object.keys(v.before), ...Object.keys(v.after)])].map((key) => ({
      key,
      title: key === 'state' || key === 'finding' ? titles[key] : (former(key)?.title ?? { 'zh-CN': key, en: key }),
      before: said(key, before[key]),
      after: said(key, after[key]),
    })),
    note: v.note,
    photoIds: v.photoIds,
  }
}

export function ledgerOut(ledger: LedgerRow, counts: readonly Counts[], actor: Actor): z.input<typeof LedgerLine> {
  const mine = counts.filter((c) => c.ledgerId === ledger.id)
  const sum = (of: (c: Counts) => number): number => mine.reduce((n, c) => n + of(c), 0)
  return {
    id: ledger.id,
    version: ledger.version,
    schema: ledger.schema as z.input<typeof LedgerSchemaIn>,
    publishedAt: ledger.versions.at(-1)?.publishedAt.toISOString() ?? '',
    counts: {
      entries: sum((c) => c.entries),
      overdue: sum((c) => c.overdue),
      verified: sum((c) => c.verified),
      differing: sum((c) => c.differing),
      placed: sum((c) => c.placed),
      byState: Object.fromEntries(mine.map((c) => [c.state, c.entries])),
    },
    mayWrite: holds(actor, 'inspection.keep') && mayWrite(ledger.schema, rolesOf(actor)),
  }
}
