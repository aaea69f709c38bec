/** An alarm rule as staff write it. Pure. */

export const alarmLevels = ['warn', 'alarm', 'severe'] as const
export type AlarmLevel = (typeof alarmLevels)[number]
export const ruleKinds = ['threshold', 'rate', 'missing', 'silence', 'fence', 'combination'] as const
export type RuleKind = (typeof ruleKinds)[number]
export const hoursOfRule = ['any', 'day', 'night'] as const

/** Empty lists leave the choice open. */
export interface RuleScope {
  kinds: readonly string[]
  deviceIds: readonly string[]
  /** Beginnings of area codes. */
  areas: readonly string[]
  /** Class of the site, as its device's profile says (`siteClass`). */
  siteClasses: readonly string[]
}

/** A number of its own by day and by night, or the limit of the standard of the day (GB 12523) and so much over it. */
export type RuleLimit =
  | { by: 'number'; day: number | null; night: number | null }
  | { by: 'construction-noise'; over: number }

export interface Threshold {
  kind: 'threshold'
  /** `Leq` is noise, from whatever a monitor sends; else the factor's code. */
  factor: string
  /** `max`: two values within 60 seconds, or a minute record's maximum. */
  measure: 'mean' | 'max'
  averagingMinutes: number
  /** Of the minutes averaged so many must have data, 0 to 1. */
  validShare: number
  /** Above for so many minutes in a row; 0 and 1 are at once. */
  forMinutes: number
  limit: RuleLimit
}
export interface Rate {
  kind: 'rate'
  factor: string
  direction: 'up' | 'down' | 'either'
  by: number
  withinMinutes: number
}
export interface Missing {
  kind: 'missing'
  factor: string
  windowMinutes: number
  /** More than this share of the minutes is without data, 0 to 1. */
  missingShare: number
}
export interface Silence {
  kind: 'silence'
  minutes: number
}
export interface Fence {
  kind: 'fence'
  /** `enter`: it is inside; `leave`: it is outside; `dwell`: inside for so long. */
  act: 'enter' | 'leave' | 'dwell'
  /** Which fence (`sensing.fence`): where it lies, when it holds and whom it concerns, it says itself. */
  fenceId: string
  dwellMinutes: number
  /** Only while it is faster than this, km/h. */
  overKmh: number | null
}
export interface Combination {
  kind: 'combination'
  how: 'all' | 'any'
  /** Ids of other rules; the alarm lies where the first of them was raised. */
  rules: readonly string[]
  withinMinutes: number
  /** Devices of one site stand so near to one another, m. */
  withinM: number
}
export type Condition = Threshold | Rate | Missing | Silence | Fence | Combination

export interface AlarmRule {
  name: { 'zh-CN': string; en: string }
  level: AlarmLevel
  /** Class of the event as which it goes to the one intake; null is shown only. */
  caseClass: string | null
  /** The standard that it rests on. */
  basis: string
  /** Somebody compared it with the text in force. */
  verified: boolean
  scope: RuleScope
  condition: Condition
  hours: (typeof hoursOfRule)[number]
  /** Over when it was below the limit by this margin for so many minutes. */
  clear: { margin: number; minutes: number }
  coolDownMinutes: number
  /** Another value that makes a finding doubtful. */
  doubtful: readonly { factor: string; above: number }[]
  /** Mutes itself at a device when, after so many verdicts, fewer than this share of its alarms were right. */
  mute: { below: number; after: number }
}

export interface ScopedDevice {
  id: string
  kind: string
  areaCode: string | null
  siteClass: string | null
}
export function inScope({ kinds, deviceIds, areas, siteClasses }: RuleScope, d: ScopedDevice): boolean {
  return (
    (kinds.length === 0 || kinds.includes(d.kind)) &&
    (deviceIds.length === 0 || deviceIds.includes(d.id)) &&
    (areas.length === 0 || areas.some((a) => d.areaCode?.startsWith(a))) &&
    (siteClasses.length === 0 || (d.siteClass !== null && siteClasses.includes(d.siteClass)))
  )
}

/** Rules that are judged from minutes. */
export type MinuteRule = AlarmRule & { condition: Threshold | Rate | Missing }
export const byMinutes = (rule: AlarmRule): rule is MinuteRule =>
  ['threshold', 'rate', 'missing'].includes(rule.condition.kind)

/** Minutes before a moment that its judgement looks at. */
export function lookBackMinutes({ condition: c, clear }: MinuteRule): number {
  const window = c.kind === 'threshold' ? c.averagingMinutes : c.kind === 'rate' ? c.withinMinutes + 1 : c.windowMinutes
  return window + Math.max(clear.minutes, c.kind === 'threshold' ? c.forMinutes : 0) + 1
}

export type RuleFault = 'limit' | 'night-only' | 'fence' | 'parts' | 'self' | 'nested'

/** What no schema sees; `others` are the rules that a combination may name, `fences` those that have not ended. */
export function ruleFault(
  id: string,
  { condition: c, hours }: AlarmRule,
  others: ReadonlyMap<string, RuleKind>,
  fences: ReadonlySet<string> = new Set(),
): RuleFault | undefined {
  switch (c.kind) {
    case 'threshold':
      if (c.limit.by === 'number' && c.limit.day === null && c.limit.night === null) return 'limit'
      // The standard knows a maximum level by night only.
      return c.limit.by === 'construction-noise' && c.measure === 'max' && hours === 'day' ? 'night-only' : undefined
    case 'fence':
      return fences.has(c.fenceId) ? undefined : 'fence'
    case 'combination':
      if (c.rules.includes(id)) return 'self'
      if (c.rules.some((r) => others.get(r) === 'combination')) return 'nested'
      return new Set(c.rules).size < 2 || c.rules.some((r) => !others.has(r)) ? 'parts' : undefined
    default:
      return undefined
  }
}

export const unitOfRule = (c: Condition, factorUnit: string): string => {
  switch (c.kind) {
    case 'missing':
      return '%'
    case 'silence':
      return 'min'
    case 'fence':
      return c.overKmh === null ? 'min' : 'km/h'
    case 'combination':
      return ''
    default:
      return factorUnit
  }
}
