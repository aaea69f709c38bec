/** The closed word lists of the pack's tables; the loader refuses any other word. */
import type { AreaLevel, Axis, ClassKind, Evidence, LimitUnit, Role, UnitKind, VehicleKind } from './types.ts'

export const areaLevels = ['city', 'district', 'street', 'community'] as const satisfies readonly AreaLevel[]
export const classKinds = ['component', 'event'] as const satisfies readonly ClassKind[]
export const limitUnits = ['URGENT_HOUR', 'URGENT_DAY', 'WORK_HOUR', 'WORK_DAY'] as const satisfies readonly LimitUnit[]
export const axes = ['supervision', 'command', 'disposal', 'none'] as const satisfies readonly Axis[]

export const evidences = [
  'photo_before',
  'photo_after',
  'close_up',
  'measure',
  'reading',
  'document',
  'audio',
] as const satisfies readonly Evidence[]

export const unitKinds = [
  'city_bureau',
  'district',
  'supervision_centre',
  'command_centre',
  'it_centre',
  'enforcement_bureau',
  'line_department',
  'utility',
  'street_office',
  'enforcement_team',
  'public',
] as const satisfies readonly UnitKind[]

export const roles = [
  'inspector',
  'acceptor',
  'shift_leader',
  'dispatcher',
  'overseer',
  'unit_handler',
  'unit_manager',
  'officer',
  'auxiliary',
  'legal_reviewer',
  'authority_head',
  'hearing_officer',
  'evaluator',
  'leader',
  'citizen',
  'business',
  'utility',
  'community_worker',
  'sys_admin',
  'sec_admin',
  'auditor',
] as const satisfies readonly Role[]

export const vehicleKinds = [
  'enforcement',
  'command',
  'sweeper',
  'sprinkler',
  'garbage_truck',
  'pump_truck',
  'greening',
] as const satisfies readonly VehicleKind[]
