/** From rows to what contracts promise. */
import type { z } from 'zod'
import type { AlarmRow } from '../queries/index.ts'
import { deviceOut } from '../views.ts'
import type { Alarm, listRules, Precision, readTrial } from './contract.ts'
import { wilson } from './model/index.ts'
import type { Precision as Counted, RuleRow, TrialRow } from './queries/index.ts'

export const alarmOut = (a: AlarmRow, now: Date): z.input<typeof Alarm> => ({
  id: a.id,
  rule: a.rule,
  ruleName: a.ruleName,
  level: a.level,
  device: deviceOut(a.device, now),
  raisedAt: a.raisedAt.toISOString(),
  clearedAt: a.clearedAt?.toISOString() ?? null,
  peak: Math.round(a.peak * 10) / 10,
  limit: a.limit,
  unit: a.unit,
  standard: a.standard,
  verdict: a.verdict,
  verdictNote: a.verdictNote,
  caseId: a.caseId,
  muted: a.muted,
  doubtful: a.doubtful,
})

export function precisionOut(
  counted: Pick<Counted, 'raised' | 'judged' | 'right'> | undefined,
): z.input<typeof Precision> {
  const { raised, judged, right } = counted ?? { raised: 0, judged: 0, right: 0 }
  return { raised, judged, right, ...wilson({ right, judged }) }
}

type EditionOut = NonNullable<z.input<NonNullable<typeof listRules.reply>>['rules'][number]['inForce']>
export const editionOut = (r: RuleRow): EditionOut => ({
  version: r.version,
  state: r.state,
  rule: r.rule as EditionOut['rule'],
  note: r.note,
  writtenBy: r.writtenBy,
  writtenAt: r.writtenAt.toISOString(),
  enforcedBy: r.enforcedBy,
  enforcedAt: r.enforcedAt?.toISOString() ?? null,
  endedBy: r.endedBy,
  endedAt: r.endedAt?.toISOString() ?? null,
})

type TrialOut = z.input<NonNullable<typeof readTrial.reply>>
export const trialOut = (
  t: TrialRow,
  sum: { alarms: number; sites: number },
): Pick<TrialOut, 'id' | 'from' | 'until' | 'state' | 'devices' | 'done' | 'alarms' | 'sites'> => ({
  id: t.id,
  from: t.from.toISOString(),
  until: t.until.toISOString(),
  state: t.state,
  devices: t.devices,
  done: t.done,
  ...sum,
})
