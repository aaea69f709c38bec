/** From rows to what contracts promise. */

import type { Locator } from '@pentad/geography'
import { maskName, maskPhone } from '@pentad/identity/model'
import type { Actor } from '@pentad/platform/rights'
import type { z } from 'zod'
import type { CaseLine, TrailEntry } from './contract.ts'
import { type Flow, inDisposal, openSteps } from './model/index.ts'
import type { LineRow, ReportMade, trailOf } from './queries/index.ts'
import { takerOf } from './take-step.ts'

type Line = z.input<typeof CaseLine>

/** The clock to watch now. */
function clockOf(c: LineRow): Line['clock'] {
  if (c.pausedAt && !c.stageDue) return null
  if (inDisposal(c.status) && c.due && c.urgeAt && c.limitUnit && c.limitValue !== null) {
    return {
      kind: 'disposal',
      unit: c.limitUnit,
      value: c.limitValue,
      urgeAt: c.urgeAt.toISOString(),
      due: c.due.toISOString(),
    }
  }
  if (!c.stageDue) return null
  const minutes = Math.round((c.stageDue.getTime() - c.stageSince.getTime()) / 60_000)
  const urgeAt = new Date(c.stageSince.getTime() + (c.stageDue.getTime() - c.stageSince.getTime()) * 0.8)
  return { kind: 'stage', unit: 'MINUTE', value: minutes, urgeAt: urgeAt.toISOString(), due: c.stageDue.toISOString() }
}

export function lineOut(c: LineRow, actor: Actor, locator: Locator, now: Date, flow: Flow): Line {
  const taker = takerOf(actor, c)
  const street = c.areaCode?.slice(0, 9) ?? ''
  return {
    id: c.id,
    no: c.no,
    status: c.status,
    kind: c.kind,
    classCode: c.classCode,
    className: { 'zh-CN': c.classZh, en: c.classEn },
    source: c.source,
    reports: c.reports,
    lon: c.lon,
    lat: c.lat,
    placeWords: { 'zh-CN': c.placeZh, en: c.placeEn },
    street: { code: street, name: street ? locator.nameOf(street) : '' },
    description: c.description,
    reportedAt: c.reportedAt.toISOString(),
    clock: clockOf(c),
    overdue: c.due !== null && (c.clockStopped ?? c.closedAt ?? c.pausedAt ?? now) > c.due,
    reworkCount: c.reworkCount,
    leadUnit: c.leadUnitId ? { id: c.leadUnitId, name: { 'zh-CN': c.unitZh ?? '', en: c.unitEn ?? '' } } : null,
    photoId: c.photoId,
    component: c.componentId
      ? {
          id: c.componentId,
          name: c.componentName ?? '',
          maintainer: c.componentMaintainer,
          chosen: c.componentChosen,
        }
      : null,
    mySteps: openSteps(c, taker, flow),
    asked: c.asked && { ...c.asked },
    difficult: c.difficult,
    priority: c.priority,
    doubts: [...c.doubts],
    assignee: c.assigneeId ? { id: c.assigneeId, name: c.assigneeName ?? '' } : null,
    checker: c.checkerId ? { id: c.checkerId, name: c.checkerName ?? '' } : null,
    suspendedUntil: c.status === 'suspended' ? (c.suspendedUntil?.toISOString() ?? null) : null,
    closeKind: c.closeKind,
    extended: c.extendedValue,
    version: c.version,
  }
}

export const flowOut = (flow: Flow) => ({
  ...flow,
  off: [...flow.off],
  stepsOff: [...flow.stepsOff],
  remoteClose: [...flow.remoteClose],
  selfHandle: [...flow.selfHandle],
  roles: flow.roles as Record<string, never[]>,
  reasons: flow.reasons as Record<string, never[]>,
})

export const trailOut = (e: Awaited<ReturnType<typeof trailOf>>[number]): z.input<typeof TrailEntry> => ({
  seq: e.seq,
  act: e.act,
  actor:
    e.actorName === null
      ? null
      : {
          id: e.actorId,
          name: e.actorName,
          unitName: e.unitZh === null ? null : { 'zh-CN': e.unitZh, en: e.unitEn ?? '' },
        },
  from: e.from,
  to: e.to,
  at: e.at.toISOString(),
  recorded: e.recorded.toISOString(),
  reason: e.reason,
  photoIds: [...e.photoIds],
  usedSeconds: e.usedSeconds,
  detail: e.detail ?? null,
  hash: e.hash,
})

/** The reporter's identity is hidden unless it is asked for with a purpose (PIPL §§6, 34, 51). */
export const reportOut = (r: ReportMade) => ({
  id: r.id,
  source: r.source,
  // The number that a page or phone of ours gave it tells nobody anything.
  sourceNo: r.sourceNo && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(r.sourceNo) ? null : r.sourceNo,
  at: r.at.toISOString(),
  text: r.text,
  reporter:
    r.reporterName || r.reporterPhone
      ? {
          name: r.reporterName ? maskName(r.reporterName) : null,
          phone: r.reporterPhone ? maskPhone(r.reporterPhone) : null,
        }
      : null,
})
