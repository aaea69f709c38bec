import type { Scope } from '@pentad/platform/rights'
import type { DeviceRow } from './queries/index.ts'

export const scopeOf = ({ areaCode, unitId }: Pick<DeviceRow, 'areaCode' | 'unitId'>): Scope => ({
  areaCode,
  units: unitId ? [unitId] : [],
})
