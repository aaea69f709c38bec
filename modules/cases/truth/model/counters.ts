/** Basic counters of the evaluation (基本指标; domain §4.1) that a trail feeds. Pure; the view `cases.api_counter` says the same of all cases. */
import type { Source, Status } from '../../model/states.ts'

export interface Counted {
  counter: string
  /** In time; null where no limit applies or it still runs. */
  inTime: boolean | null
}
interface Entry {
  seq: number
  act: string
  from: Status | null
  to: Status
  recorded: Date
}
interface CountedCase {
  source: Source
  clockStart: Date | null
  clockStopped: Date | null
  due: Date | null
  told: readonly string[]
}

/** A stay in these statuses is a task of the centre with a limit of its own. */
const stages: Partial<Record<Status, string>> = {
  reported: 'need_operate_num',
  verifying: 'need_verify_num',
  pending_file: 'need_inst_num',
  pending_dispatch: 'need_dispatch_num',
  pending_sign: 'need_sign_num',
  feedback: 'need_send_check_num',
  checking: 'need_check_num',
  pending_close: 'need_close_num',
}
const acts: Record<string, string> = {
  accept: 'operate_num',
  file: 'inst_num',
  dispatch: 'dispatch_num',
  report_done: 'dispose_num',
  close: 'archive_num',
  close_remote: 'archive_num',
  self_handle: 'archive_num',
  dispatch_again: 'rework_num',
  approve_return: 'back_num',
  approve_extension: 'postpone_num',
  approve_suspension: 'hang_num',
  approve_void: 'cancel_num',
}
/** Sources that are the public’s supervision (监督举报). */
export const publicSources = ['hotline', 'citizen', 'open311', 'opinion'] as const satisfies readonly Source[]

export function countersOf(c: CountedCase, trail: readonly Entry[]): Counted[] {
  const counted: Counted[] = []
  const count = (counter: string | undefined, inTime: boolean | null = null) => {
    if (counter) counted.push({ counter, inTime })
  }
  const bySource = { patrol: c.source === 'inspector', public: (publicSources as readonly Source[]).includes(c.source) }
  for (const [i, e] of trail.entries()) {
    if (e.from !== e.to && stages[e.to]) count(stages[e.to], stay(trail.slice(i + 1), e.to))
    count(acts[e.act])
    if (e.act === 'report' && e.seq === 1)
      count(bySource.patrol ? 'patrol_report_num' : bySource.public ? 'public_report_num' : undefined)
    if (e.act === 'file' && bySource.patrol) count('valid_patrol_report_num')
    if (e.act === 'verify_true' && bySource.public) count('verified_public_num')
  }
  // A case that takes another up again goes on with a clock that is older than itself: it is the same disposal.
  if (c.clockStart && trail[0] && trail[0].recorded <= c.clockStart)
    count(
      'need_dispose_num',
      c.clockStopped && c.due ? c.clockStopped <= c.due : c.told.includes('overdue') ? false : null,
    )
  return counted
}

/** Whether a stay that began just before was ended in time. */
function stay(later: readonly Entry[], status: Status): boolean | null {
  const end = later.findIndex((e) => e.to !== status)
  const during = end < 0 ? later : later.slice(0, end)
  if (during.some((e) => e.act === 'stage_late')) return false
  return end < 0 ? null : true
}
