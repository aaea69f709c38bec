import { granted, isRefusal, refuse } from '@pentad/platform/refusal'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { blocked, type StepName } from '../model/index.ts'
import { type CaseRow, flowBy, hasFlow } from '../queries/index.ts'
import { takerOf } from '../take-step.ts'
import { flowOut } from '../views.ts'
import { casePeople, readFlow } from './contract.ts'
import { type PersonFor, peopleOf, stepFor } from './queries.ts'

/** Whoever may take one of these is told whom it can go to; nobody else learns who works where. */
const askedFor: Record<PersonFor, StepName> = { assign: 'assign', verify: 'send_verify', check: 'send_check' }

export const consoleRoutes = (caseSubject: SubjectKind<CaseRow>) => [
  serveAbout(casePeople, caseSubject, async ({ query, subject }, { db, actor, now }) => {
    const flow = await flowBy(db, subject.flowVersion)
    const no = blocked(subject, askedFor[query.for], takerOf(actor, subject), flow)
    if (isRefusal(no)) granted(no)
    const people = await peopleOf(db, subject, query.for, flow.roles[stepFor(query.for)], now)
    return {
      people: people.map((p) => ({
        id: p.id,
        name: { 'zh-CN': p.nameZh, en: p.nameEn },
        unit: { id: p.unitId, name: { 'zh-CN': p.unitZh, en: p.unitEn } },
        role: p.role,
        load: p.load,
      })),
    }
  }),

  serve(readFlow, async ({ params }, { db }) => {
    if (!(await hasFlow(db, params.version))) granted(refuse('platform/not-found'))
    return flowOut(await flowBy(db, params.version))
  }),
]
