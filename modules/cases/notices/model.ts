/** Notices that are no steps (催办、督办、批示、通报、曝光; domain §3.6, end) and the rules of who is told. Pure. */

export const paperKinds = ['supervision', 'instruction', 'circular'] as const
export type PaperKind = (typeof paperKinds)[number]
export const paperStates = ['open', 'answered', 'withdrawn', 'published'] as const
export type PaperState = (typeof paperStates)[number]

const paperLetters = { supervision: 'DB', instruction: 'PS', circular: 'TB' } as const satisfies Record<
  PaperKind,
  string
>
/** `DB-110101-2026-00012`: kind, district, year, serial. */
export const paperNo = (kind: PaperKind, district: string, year: number, serial: number): string =>
  `${paperLetters[kind]}-${district}-${year}-${String(serial).padStart(5, '0')}`

/** Whether an answer is late, or was. */
export const isLate = (p: { replyDue: Date | null; repliedAt: Date | null; state: PaperState }, now: Date): boolean =>
  p.replyDue !== null && p.state !== 'withdrawn' && (p.repliedAt ?? now) > p.replyDue

/** What somebody may be told of. */
export const noticeEvents = [
  'dispatch',
  'urge',
  'overdue',
  'stage_late',
  'return_asked',
  'extension_asked',
  'suspension_asked',
  'order',
  'order_late',
  'order_answered',
  'instruction',
  'rework',
  'closed',
] as const
export type NoticeEvent = (typeof noticeEvents)[number]

const eventOfAct: Readonly<Record<string, NoticeEvent>> = {
  dispatch: 'dispatch',
  dispatch_again: 'dispatch',
  urge: 'urge',
  urge_by_hand: 'urge',
  overdue: 'overdue',
  stage_late: 'stage_late',
  ask_return: 'return_asked',
  ask_extension: 'extension_asked',
  ask_suspension: 'suspension_asked',
  supervise: 'order',
  order_late: 'order_late',
  answer: 'order_answered',
  instruct: 'instruction',
  fail_check: 'rework',
  refuse_close: 'rework',
  close: 'closed',
  close_remote: 'closed',
}
/** The event that an entry of the trail is, where it is one. */
export const eventOf = (act: unknown): NoticeEvent | undefined =>
  typeof act === 'string' && Object.hasOwn(eventOfAct, act) ? eventOfAct[act] : undefined

/** Whom a rule names, as seen from the case. */
export const audiences = [
  'unit_handlers',
  'unit_manager',
  'dispatchers',
  'shift_leader',
  'overseer',
  'street_leader',
  'leader',
  'reporter',
] as const
export type Audience = (typeof audiences)[number]
export const noticeChannels = ['in_app', 'sms', 'email'] as const
export type Channel = (typeof noticeChannels)[number]

export interface NoticeRule {
  event: NoticeEvent
  whom: Audience
  channel: Channel
}
export interface NoticeRules {
  /** 0 is what Pentad comes with. */
  version: number
  rules: readonly NoticeRule[]
  /** An open case so many days past its limit is proposed for a supervision order; null proposes none. */
  superviseAfterDays: number | null
}

const inApp = (event: NoticeEvent, ...whom: Audience[]): NoticeRule[] =>
  whom.map((w) => ({ event, whom: w, channel: 'in_app' }))
/** Quiet: each is told of what they must act on, and of nothing else. */
export const defaultNoticeRules: NoticeRules = {
  version: 0,
  superviseAfterDays: 3,
  rules: [
    ...inApp('urge', 'unit_handlers'),
    ...inApp('overdue', 'unit_handlers', 'unit_manager'),
    ...inApp('return_asked', 'dispatchers'),
    ...inApp('extension_asked', 'dispatchers'),
    ...inApp('suspension_asked', 'dispatchers'),
    ...inApp('order', 'unit_manager'),
    ...inApp('order_late', 'unit_manager', 'overseer'),
    ...inApp('order_answered', 'overseer'),
    ...inApp('instruction', 'unit_manager', 'dispatchers'),
  ],
}

/** A rule goes nowhere when the audience has no such channel: reporters have no desk. */
export const wrongRule = (rules: readonly NoticeRule[]): number | undefined => {
  const said = new Set<string>()
  for (const [i, { event, whom, channel }] of rules.entries()) {
    const key = `${event} ${whom} ${channel}`
    if (said.has(key) || (whom === 'reporter' && channel !== 'sms')) return i
    said.add(key)
  }
  return undefined
}

/** Roles behind an audience, and whether they are found by the unit that has the case or by its place. */
export const audienceRoles: Readonly<
  Record<Exclude<Audience, 'reporter'>, { roles: readonly string[]; by: 'unit' | 'area' | 'street' }>
> = {
  unit_handlers: { roles: ['unit_handler', 'officer', 'utility'], by: 'unit' },
  unit_manager: { roles: ['unit_manager', 'utility'], by: 'unit' },
  dispatchers: { roles: ['dispatcher'], by: 'area' },
  shift_leader: { roles: ['shift_leader'], by: 'area' },
  overseer: { roles: ['overseer'], by: 'area' },
  street_leader: { roles: ['leader'], by: 'street' },
  leader: { roles: ['leader'], by: 'area' },
}
