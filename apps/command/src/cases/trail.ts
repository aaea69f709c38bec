/** How an entry of the trail is shown. Pure. */
import { type Flow, stepNames } from '@pentad/cases/model'
import { MINUTE } from '@pentad/platform/time'
import type { LimitUnit } from '@pentad/rulebook/model'
import type { CaseWhole } from './asked.ts'

type Entry = CaseWhole['trail'][number]

/** The message that names an act: a step, or one of the things that happen by themselves. */
export const actWord = (act: string): string =>
  (stepNames as readonly string[]).includes(act) ? `step.${act}` : `act.${act}`

const warns: readonly string[] = [
  'urge',
  'urge_by_hand',
  'stage_late',
  'send_back',
  'return_to_file',
  'send_again',
  'decline',
  'refuse',
  'ask_return',
  'ask_extension',
  'ask_suspension',
  'ask_void',
  'refuse_return',
  'refuse_extension',
  'refuse_suspension',
  'refuse_void',
  'verify_false',
  'supervise',
]
const bads: readonly string[] = ['overdue', 'alarm', 'object', 'circular', 'expose', 'enter_difficult']

/** Sent back and refused are bad news, an urge is a warning, an end is an end. */
export function trailTone({ act, to }: Pick<Entry, 'act' | 'to'>): 'bad' | 'warn' | 'ok' | 'info' {
  if (warns.includes(act)) return 'warn'
  if (bads.includes(act) || to === 'rework') return 'bad'
  return to === 'closed' ? 'ok' : 'info'
}

/** The phone had no network: a person's act reached us more than two minutes after it was done. */
export const cameLate = ({ actor, at, recorded }: Pick<Entry, 'actor' | 'at' | 'recorded'>): boolean =>
  actor !== null && Date.parse(recorded) - Date.parse(at) > 2 * MINUTE

/** What else was said with an entry: the key of a sentence and what fills it; names are looked up by whoever shows it. */
export interface SaidMore {
  what: 'kind' | 'units' | 'unit' | 'person' | 'more' | 'until' | 'into' | 'other' | 'target' | 'closed' | 'doubts'
  value: string | number | readonly string[]
}
export function saidMore({ act, detail, to }: Pick<Entry, 'act' | 'detail' | 'to'>): SaidMore[] {
  const d = detail ?? {}
  const words = (key: string) => (typeof d[key] === 'string' && d[key] ? (d[key] as string) : null)
  const list = (key: string) => (Array.isArray(d[key]) ? (d[key] as string[]) : [])
  const more: (SaidMore | null)[] = [
    words('reasonCode') ? { what: 'kind', value: words('reasonCode') ?? '' } : null,
    typeof d.value === 'number' ? { what: 'more', value: d.value } : null,
    words('until') ? { what: 'until', value: words('until') ?? '' } : null,
    words('personId') ? { what: 'person', value: words('personId') ?? '' } : null,
    act === 'ask_return' && words('unitId') ? { what: 'unit', value: words('unitId') ?? '' } : null,
    list('coUnitIds').length ? { what: 'units', value: list('coUnitIds') } : null,
    words('intoId') || words('fromId') ? { what: 'into', value: words('intoId') ?? words('fromId') ?? '' } : null,
    words('no') ? { what: 'other', value: words('no') ?? '' } : null,
    words('target') ? { what: 'target', value: words('target') ?? '' } : null,
    words('closeKind') && to === 'closed' ? { what: 'closed', value: words('closeKind') ?? '' } : null,
    list('doubts').length ? { what: 'doubts', value: list('doubts') } : null,
  ]
  return more.filter((m) => m !== null)
}

/** The word of a reason's code, in both languages; a flow that no longer knows it leaves the code. */
export const reasonOf = (flow: Flow, act: string, code: string) =>
  flow.reasons[act as keyof Flow['reasons']]?.find((r) => r.code === code) ?? null

/** The limit as a line in time: where it ran, where it stood still, where it was given more. */
export interface LimitLine {
  from: number
  to: number
  spans: { from: number; to: number; kind: 'run' | 'pause' | 'done' | 'late' }[]
  marks: { at: number; kind: 'due' | 'extended' | 'rework' }[]
  unit: LimitUnit
}

const ends: readonly string[] = ['closed', 'rejected', 'merged', 'voided', 'transferred']
/** From when on each act has the clock run, rest or done. A return costs nobody the time since it was asked for. */
export function limitLine(c: Pick<CaseWhole, 'clockStart' | 'due' | 'limit' | 'trail'>, now: Date): LimitLine | null {
  if (!c.clockStart || !c.due || !c.limit) return null
  const start = Date.parse(c.clockStart)
  const due = Date.parse(c.due)
  type State = 'run' | 'pause' | 'done'
  const turns: { at: number; state: State }[] = [{ at: start, state: 'run' }]
  const marks: LimitLine['marks'] = []
  let askedAt = start
  for (const e of c.trail) {
    const at = Date.parse(e.recorded)
    if (at < start) continue
    if (e.act === 'ask_return') askedAt = at
    else if (e.act === 'approve_return') turns.push({ at: askedAt, state: 'pause' })
    else if (e.act === 'approve_suspension') turns.push({ at, state: 'pause' })
    else if (e.act === 'report_done' || ends.includes(e.to)) turns.push({ at, state: 'done' })
    else if (['dispatch', 'resume', 'send_again', 'fail_check', 'refuse_close'].includes(e.act)) {
      turns.push({ at, state: 'run' })
      if (e.act === 'fail_check' || e.act === 'refuse_close') marks.push({ at, kind: 'rework' })
    } else if (e.act === 'approve_extension') marks.push({ at, kind: 'extended' })
  }
  const last = turns.at(-1)
  const end = last?.state === 'done' ? Math.max(last.at, start) : now.getTime()
  const to = Math.max(end, due, start + MINUTE)
  const spans = turns.flatMap(({ at, state }, i): LimitLine['spans'] => {
    const until = Math.min(turns[i + 1]?.at ?? end, to)
    if (until <= at) return []
    if (state !== 'run' || until <= due) return [{ from: at, to: until, kind: state }]
    return [
      ...(at < due ? [{ from: at, to: due, kind: 'run' as const }] : []),
      { from: Math.max(at, due), to: until, kind: 'late' as const },
    ]
  })
  return { from: start, to, spans, marks: [...marks, { at: due, kind: 'due' }], unit: c.limit.unit }
}
