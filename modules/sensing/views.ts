/** From rows to what contracts promise. */
import type { z } from 'zod'
import type { Device } from './contract/parts.ts'
import { stateOf } from './model.ts'
import type { DeviceRow } from './queries/index.ts'

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
