/** The case and its life: the door for the server. */
import type { Module } from '@pentad/platform/module'
import { dispatches } from './dispatch-rules/apply.ts'
import { dispatchRulesPart } from './dispatch-rules/pack.ts'
import { jobs } from './jobs.ts'
import { layers } from './layers.ts'
import { messages } from './messages.ts'
import { orderTicks, tells } from './notices/index.ts'
import { noticeMessages } from './notices/messages.ts'
import { on } from './on.ts'
import { routes } from './routes.ts'
import { holds } from './sensed/hold.ts'
import { endedTicks } from './truth/endings.ts'
import { ticks } from './wake.ts'

export { proposedUnits } from './dispatch.ts'
export { openCasesLike, type Statement, type Suggestion, suggestDuplicates } from './duplicates/suggest.ts'
export { type HistoricCase, layCases, layHistory } from './history.ts'
export { type Intake, intake, type Taken } from './intake.ts'
export { type LivedWorld, unlikeTrail } from './lived.ts'
export { type Exposed, exposedCases, type Ordered, orderSupervision } from './notices/index.ts'
export {
  type CaseRow,
  caseColumns,
  type FollowRow,
  habitAround,
  knownReports,
  nextSerials,
  photosOfCase,
  reportByCode,
  trailOf,
} from './queries/index.ts'
export { caseSubject } from './routes.ts'
export { brokenAt, chained, type TrailInput, type TrailRow } from './trail.ts'
export { closingCounts, type RatesWanted } from './truth/queries.ts'
export { sayWord, type Word, wordState } from './truth/word.ts'

export const cases: Module = {
  name: 'cases',
  migrations: new URL('./migrations/', import.meta.url),
  routes,
  jobs,
  pack: [dispatchRulesPart],
  ticks: [...ticks, ...orderTicks, ...endedTicks],
  on: [...on, dispatches, tells, holds],
  layers,
  messages: {
    'zh-CN': { ...messages['zh-CN'], ...noticeMessages['zh-CN'] },
    en: { ...messages.en, ...noticeMessages.en },
  },
}
