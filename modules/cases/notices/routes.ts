import { locatorOf, reachOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import { areaPrefix } from '@pentad/identity/model'
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import { type Actor, grantsFor } from '@pentad/platform/rights'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { DAY, HOUR, legalDayOf } from '@pentad/platform/time'
import type { z } from 'zod'
import { note } from '../entry.ts'
import { isOpen } from '../model/states.ts'
import type { CaseRow } from '../queries/index.ts'
import { scopeOf } from '../take-step.ts'
import {
  answerPaper,
  exposeCase,
  instructCase,
  issueCircular,
  listCirculars,
  listPapers,
  myMessages,
  type Paper,
  papersOfCase,
  proposedOrders,
  readMessages,
  readNoticeRules,
  setNoticeRules,
  superviseCase,
  urgeCase,
  withdrawPaper,
} from './contract.ts'
import { isLate, wrongRule } from './model.ts'
import { answer, instruct, mayAnswer, orderSupervision, withdraw } from './orders.ts'
import {
  addNoticeRules,
  addPaper,
  circularsSeen,
  endExposure,
  exposureOf,
  lateOf,
  messagesOf,
  nextPaperNo,
  noticeRulesInForce,
  openOf,
  type PaperLine,
  type PaperRow,
  paperById,
  paperCounts,
  papersAbout,
  papersIn,
  proposedForOrder,
  setExposed,
  setRead,
  unreadOf,
  waitingInOutbox,
} from './queries.ts'
import { gateways } from './tell.ts'

const orderSubject: SubjectKind<PaperRow> = {
  kind: 'order',
  load: paperById,
  scope: (p) => ({ areaCode: p.areaCode, units: p.unitId ? [p.unitId] : [] }),
}

const unitFor = (actor: Actor, may: string, c: CaseRow): string | null =>
  grantsFor(actor, may, scopeOf(c))[0]?.unitId ?? null
const open = (c: CaseRow): void => {
  if (!isOpen(c.status) || c.status === 'draft') throw new RefusalError(refuse('cases/not-in-work'))
}

const paperOut = (p: PaperLine, actor: Actor, now: Date): z.input<typeof Paper> => ({
  id: p.id,
  no: p.no,
  kind: p.kind,
  state: p.state,
  case:
    p.caseId && p.caseNo && p.caseStatus
      ? {
          id: p.caseId,
          no: p.caseNo,
          status: p.caseStatus,
          className: { 'zh-CN': p.classZh ?? '', en: p.classEn ?? '' },
        }
      : null,
  unit: p.unitId ? { id: p.unitId, name: { 'zh-CN': p.unitZh ?? '', en: p.unitEn ?? '' } } : null,
  text: p.text,
  issuedBy: p.issuer ?? '',
  issuedAt: p.issuedAt.toISOString(),
  replyDue: p.replyDue?.toISOString() ?? null,
  late: isLate(p, now),
  reply: p.reply,
  repliedBy: p.replier,
  repliedAt: p.repliedAt?.toISOString() ?? null,
  withdrawnWhy: p.withdrawnWhy,
  priority: p.priority,
  mayAnswer: mayAnswer(actor, p),
})

const mostInCircular = 500
const mostProposed = 50
const hoursLate = (due: Date, now: Date): number => Math.round(((now.getTime() - due.getTime()) / HOUR) * 10) / 10

/** A unit of the tree that must do the work; supervision and command answer for nothing. */
async function disposalUnit(db: Db, id: string) {
  const unit = (await allUnits(db)).find((u) => u.id === id)
  return unit?.axis === 'disposal' ? unit : refuse('cases/not-a-disposal-unit', { unit: id })
}

export const noticeRoutes = (caseSubject: SubjectKind<CaseRow>) => [
  serveAbout(urgeCase, caseSubject, async ({ subject, body }, { db, actor, now }) => {
    open(subject)
    const said = { act: 'urge_by_hand', actorId: actor.id, actorUnit: unitFor(actor, 'cases.urge', subject) } as const
    return { version: await note(db, subject, { ...said, reason: body.text, unitId: subject.leadUnitId }, now) }
  }),

  serveAbout(superviseCase, caseSubject, async ({ subject, body }, { db, actor, now }) => {
    open(subject)
    if (body.unitId) granted(await disposalUnit(db, body.unitId))
    const by = { by: actor.id, byUnit: unitFor(actor, 'cases.supervise', subject) }
    const { id, no } = granted(await orderSupervision(db, subject, { ...body, ...by, now }))
    return { id, no }
  }),

  serveAbout(instructCase, caseSubject, async ({ subject, body }, { db, actor, now }) => {
    open(subject)
    const by = { by: actor.id, byUnit: unitFor(actor, 'cases.instruct', subject) }
    const { id, no } = granted(await instruct(db, subject, { ...body, ...by, now }))
    return { id, no }
  }),

  serveAbout(papersOfCase, caseSubject, async ({ subject }, { db, actor, now }) => {
    const exposed = await exposureOf(db, subject.id)
    return {
      papers: (await papersAbout(db, subject.id)).map((p) => paperOut(p, actor, now)),
      exposure: exposed ? { text: exposed.text, since: exposed.since.toISOString() } : null,
    }
  }),

  serve(listPapers, async ({ query }, { db, actor, now }) => ({
    papers: (await papersIn(db, actor, query.state, now, query.most)).map((p) => paperOut(p, actor, now)),
    counts: await paperCounts(db, actor, now),
  })),

  serve(proposedOrders, async (_, { db, actor, now }) => {
    const { superviseAfterDays: afterDays } = await noticeRulesInForce(db)
    if (afterDays === null) return { afterDays, cases: [] }
    const late = await proposedForOrder(db, actor, new Date(now.getTime() - afterDays * DAY), mostProposed)
    return {
      afterDays,
      cases: late.map((c) => ({
        id: c.id,
        no: c.no,
        className: { 'zh-CN': c.classZh, en: c.classEn },
        unit: c.unitId ? { id: c.unitId, name: { 'zh-CN': c.unitZh ?? '', en: c.unitEn ?? '' } } : null,
        due: c.due.toISOString(),
      })),
    }
  }),

  serveAbout(answerPaper, orderSubject, ({ subject, body }, { db, actor, now }) =>
    answer(db, subject, actor, body.text, now),
  ),
  serveAbout(withdrawPaper, orderSubject, ({ subject, body }, { db, actor, now }) =>
    withdraw(db, subject, actor, body.reason, now),
  ),

  serve(issueCircular, async ({ body }, { db, actor, now }) => {
    if (!body.unitId && !body.area) return refuse('cases/circular-of-whom')
    const unit = body.unitId ? granted(await disposalUnit(db, body.unitId)) : undefined
    const area = body.area ?? areaPrefix(unit?.areaCode ?? '')
    const held = grantsFor(actor, 'cases.supervise', { areaCode: area })[0]
    if (!held) return refuse('cases/circular-elsewhere')
    const of = { unitId: unit?.id ?? null, area }
    const late = await lateOf(db, of, now, mostInCircular)
    if (!late.length) return refuse('cases/circular-empty')
    const counts = await openOf(db, of, now)
    const id = newId()
    const district = (body.area ?? unit?.areaCode ?? '').slice(0, 6)
    const no = await nextPaperNo(db, 'circular', district, Number(legalDayOf(now).slice(0, 4)))
    await addPaper(db, {
      id,
      no,
      kind: 'circular',
      caseId: null,
      unitId: of.unitId,
      areaCode: body.area ?? unit?.areaCode ?? '',
      text: body.text,
      issuedBy: actor.id,
      issuedUnit: held.unitId,
      issuedAt: now,
      replyDue: null,
      frozen: {
        figures: { ...counts, longestLateHours: hoursLate(late[0]?.due ?? now, now) },
        cases: late.map((c) => ({
          id: c.id,
          no: c.no,
          className: { 'zh-CN': c.classZh, en: c.classEn },
          unit: c.unitId ? { 'zh-CN': c.unitZh ?? '', en: c.unitEn ?? '' } : null,
          status: c.status,
          due: c.due.toISOString(),
          lateHours: hoursLate(c.due, now),
        })),
      },
    })
    return { id, no, late: counts.late }
  }),

  serve(listCirculars, async ({ query }, { db, actor }) => {
    const locator = await locatorOf(db)
    return {
      circulars: (await circularsSeen(db, actor, query.most)).map((c) => ({
        id: c.id,
        no: c.no,
        text: c.text,
        unit: c.unitZh === null ? null : { 'zh-CN': c.unitZh, en: c.unitEn ?? '' },
        area: { code: c.areaCode, name: locator.nameOf(c.areaCode) },
        issuedBy: c.issuer ?? '',
        issuedAt: c.issuedAt.toISOString(),
        ...c.frozen,
      })),
    }
  }),

  serveAbout(exposeCase, caseSubject, async ({ subject, body }, { db, actor, now }) => {
    const said = { actorId: actor.id, actorUnit: unitFor(actor, 'cases.supervise', subject) }
    if (body.shown) {
      if (subject.status === 'draft') return refuse('cases/not-in-work')
      await setExposed(db, subject.id, body.text, actor.id, now)
      await note(db, subject, { ...said, act: 'expose', reason: body.text }, now)
    } else if (await exposureOf(db, subject.id)) {
      await endExposure(db, subject.id, actor.id, now)
      await note(db, subject, { ...said, act: 'end_exposure' }, now)
    }
    return { shown: body.shown }
  }),

  serve(myMessages, async ({ query }, { db, actor }) => ({
    unread: await unreadOf(db, actor.id),
    messages: (await messagesOf(db, actor.id, query.most)).map((m) => ({ ...m, at: m.at.toISOString() })),
  })),

  serve(readMessages, async ({ body }, { db, actor, now }) => {
    await setRead(db, actor.id, body.ids, now)
    return { unread: await unreadOf(db, actor.id) }
  }),

  serve(readNoticeRules, async (_, { db }) => {
    const { rules, ...said } = await noticeRulesInForce(db)
    return { ...said, rules: [...rules], gateways, waiting: await waitingInOutbox(db) }
  }),

  serve(setNoticeRules, async ({ body }, { db, actor, now }) => {
    // The rules hold for the whole city, so whoever sets them must answer for all of it.
    if (!(await reachOf(db, actor, 'cases.configure'))('')) return refuse('cases/rules-of-others')
    const wrong = wrongRule(body.rules)
    if (wrong !== undefined) return refuse('cases/wrong-notice-rule', { line: wrong + 1 })
    const before = await noticeRulesInForce(db)
    if (before.version !== body.from) return refuse('cases/rules-moved-on')
    const { rules, superviseAfterDays, note: why } = body
    const version = before.version + 1
    const written = await addNoticeRules(db, { version, rules, superviseAfterDays }, why, actor.id, now)
    return written ? { version } : refuse('cases/rules-moved-on')
  }),
]
