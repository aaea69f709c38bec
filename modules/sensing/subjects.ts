/** A device as the thing that a route is about. */
import type { Scope } from '@pentad/platform/rights'
import type { SubjectKind } from '@pentad/platform/serve'
import { type DeviceRow, deviceById } from './queries/index.ts'

export const scopeOf = ({ areaCode, unitId }: Pick<DeviceRow, 'areaCode' | 'unitId'>): Scope => ({
  areaCode,
  units: unitId ? [unitId] : [],
})
export const deviceSubject: SubjectKind<DeviceRow> = { kind: 'device', load: deviceById, scope: scopeOf }
