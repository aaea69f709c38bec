/** From rows to what contracts promise. */
import type { z } from 'zod'
import type { Alarm, Device } from './contract.ts'
import { stateOf } from './model.ts'
import type { AlarmRow, DeviceRow } from './queries/index.ts'

export const deviceOut = (d: DeviceRow, now: Date): z.input<typeof Device> => ({
  id: d.id,
  kind: d.kind,
  address: d.address,
  name: { 'zh-CN': d.nameZh, en: d.nameEn },
  label: d.label,
  unitId: d.unitId,
  areaCode: d.areaCode,
  lon: d.lon,
  lat: d.lat,
  state: stateOf(d.kind, d.lastHeard, now, d.trouble),
  lastHeard: d.lastHeard?.toISOString() ?? null,
  nightPermit: d.nightPermit,
})

export const alarmOut = (a: AlarmRow, now: Date): z.input<typeof Alarm> => ({
  id: a.id,
  rule: a.rule,
  level: a.level,
  device: deviceOut(a.device, now),
  raisedAt: a.raisedAt.toISOString(),
  clearedAt: a.clearedAt?.toISOString() ?? null,
  peak: Math.round(a.peak * 10) / 10,
  limit: a.limit,
  unit: a.unit,
  verdict: a.verdict,
  caseId: a.caseId,
})
