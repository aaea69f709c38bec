/** The one door by which every problem comes in (统一受理): keeps the message, finds the place, opens the case or joins one. */

import { photosOf } from '@pentad/evidence'
import { componentById, componentsNear, locatorOf } from '@pentad/geography'
import { type Point, proposedWithinM } from '@pentad/geography/model'
import type { Db } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import { newId, newSpokenCode } from '@pentad/platform/id'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { CLOCK_AHEAD_ALLOWED, legalDayOf } from '@pentad/platform/time'
import { classInForce } from '@pentad/rulebook'
import type { Kind } from '@pentad/rulebook/model'
import { change, entryOf, note } from './entry.ts'
import { caseNo, isOpen, leadsTo, newborn, type Source, stageDue } from './model/index.ts'
import {
  addCase,
  addReport,
  type CaseRow,
  caseById,
  flowBy,
  flowInForce,
  nextSerial,
  reportBySource,
  writeChanges,
} from './queries/index.ts'

export interface Intake {
  /** Chosen by a phone that was offline; else made here. */
  caseId?: string | undefined
  source: Source
  /** The number that the source itself gives; the same number twice is the same report. */
  sourceNo?: string | undefined
  kind: Kind
  classCode: string
  point: Point
  text: string
  photoIds?: readonly string[]
  reporter?: { name?: string | undefined; phone?: string | undefined } | undefined
  language?: 'zh-CN' | 'en'
  /** The reporter's clock, and ours. */
  at: Date
  now: Date
  actorId: string
  actorUnit?: string | null
  /** The message in its own form. */
  original: unknown
  alarmId?: string | undefined
  /** The component that the reporter chose. */
  componentId?: string | undefined
  /** An open case that the reporter says it is (“+1”). */
  joins?: string | undefined
  /** Kept by its writer until it is sent (草稿), or handled by them on the spot. */
  draft?: boolean | undefined
  /** The case whose other part it is, or that it takes up again. */
  parentId?: string | undefined
}

export interface Taken {
  caseId: string
  no: string
  reportId: string
  code: string
  /** It became part of a case that was there already. */
  joined: boolean
}

export async function intake(db: Db, i: Intake): Promise<Taken | Refusal> {
  if (i.sourceNo) {
    const earlier = await reportBySource(db, i.source, i.sourceNo)
    if (earlier)
      return { caseId: earlier.caseId, no: earlier.no, reportId: earlier.id, code: earlier.code, joined: false }
  }
  if (i.at.getTime() > i.now.getTime() + CLOCK_AHEAD_ALLOWED)
    return refuse('cases/clock-ahead', { at: i.at.toISOString() })
  const cls = await classInForce(db, i.kind, i.classCode)
  if (!cls) return refuse('rulebook/unknown-class', { kind: i.kind, code: i.classCode })
  const locator = await locatorOf(db)
  const place = locator.placeOf(i.point)
  if (isRefusal(place)) return place
  const photoIds = i.photoIds ?? []
  const photos = await photosOf(db, photoIds)
  if (isRefusal(photos)) return photos
  if (i.joins) return join(db, i, i.joins)

  const component = await componentOf(db, i)
  if (isRefusal(component)) return component

  const id = i.caseId ?? newId(i.now.getTime())
  const words = locator.wordsFor(i.point, place)
  const { xM, yM } = toMetres([i.point.lon, i.point.lat])
  const no = caseNo(
    place.district,
    legalDayOf(i.now),
    i.source,
    await nextSerial(db, place.district, legalDayOf(i.now)),
  )
  const flow = await flowBy(db, await flowInForce(db))
  const status = i.draft ? 'draft' : leadsTo(flow, 'reported')
  const due = stageDue(flow, status, i.now)
  const born: CaseRow = {
    ...newborn({ id, kind: i.kind, classCode: i.classCode, createdBy: i.actorId, status }),
    no,
    source: i.source,
    scheme: cls.scheme,
    schemeVersion: cls.version,
    flowVersion: flow.version,
    areaCode: place.cell,
    lon: i.point.lon,
    lat: i.point.lat,
    stageSince: i.now,
    stageDue: due,
    closedAt: null,
    told: [],
    reports: 1,
    priority: 0,
    componentId: component?.id ?? null,
    componentChosen: component !== null && i.componentId !== undefined,
    reopenedFrom: null,
    parentId: i.parentId ?? null,
    version: 0,
    lastHash: '',
  }
  await addCase(db, {
    ...born,
    xM,
    yM,
    areaCode: place.cell,
    placeZh: words['zh-CN'],
    placeEn: words.en,
    description: i.text,
    reportedAt: earlier(i.at, i.now),
    stageDue: due ?? i.now,
    alarmId: i.alarmId ?? null,
    photoId: photoIds[0] ?? null,
  })
  const { reportId, code } = await keepReport(db, i, id)
  const entry = entryOf(born, born, { ...reportSaid(i), from: null }, i.now)
  await writeChanges(db, [{ cases: [change(born, born, entry)] }])
  return { caseId: id, no, reportId, code, joined: false }
}

/** The component that a case is about: the chosen one, or the nearest of its class, which is only proposed. */
async function componentOf(db: Db, i: Intake): Promise<{ id: string } | null | Refusal> {
  if (i.kind !== 'component') return i.componentId ? refuse('cases/component-other-class') : null
  if (i.componentId) {
    const chosen = await componentById(db, i.componentId)
    if (!chosen) return refuse('cases/no-such-component', { id: i.componentId })
    return chosen.classCode === i.classCode ? chosen : refuse('cases/component-other-class', { id: chosen.id })
  }
  const near = await componentsNear(db, { ...i.point, classCode: i.classCode, radiusM: proposedWithinM, most: 1 })
  return near[0] ?? null
}

/** One more reporter of an open case: everyone keeps a code of their own. */
async function join(db: Db, i: Intake, caseId: string): Promise<Taken | Refusal> {
  const known = await caseById(db, caseId, true)
  if (!known || !isOpen(known.status)) return refuse('cases/not-open')
  if (known.kind !== i.kind || known.classCode !== i.classCode) return refuse('cases/other-class')
  const { reportId, code } = await keepReport(db, i, caseId)
  await note(db, known, reportSaid(i), i.now, { reports: known.reports + 1 })
  return { caseId, no: known.no, reportId, code, joined: true }
}

async function keepReport(db: Db, i: Intake, caseId: string): Promise<{ reportId: string; code: string }> {
  const reportId = newId(i.now.getTime())
  const code = newSpokenCode()
  await addReport(db, {
    id: reportId,
    caseId,
    source: i.source,
    sourceNo: i.sourceNo ?? null,
    code,
    text: i.text,
    lon: i.point.lon,
    lat: i.point.lat,
    reporterName: i.reporter?.name || null,
    reporterPhone: i.reporter?.phone || null,
    language: i.language ?? 'zh-CN',
    photoIds: i.photoIds ?? [],
    original: i.original,
    createdBy: i.actorId,
    at: i.at,
    recorded: i.now,
  })
  return { reportId, code }
}

const reportSaid = (i: Intake) => ({
  act: 'report',
  actorId: i.actorId,
  actorUnit: i.actorUnit ?? null,
  at: i.at,
  reason: i.text || null,
  photoIds: i.photoIds ?? [],
  lon: i.point.lon,
  lat: i.point.lat,
})

/** A phone's clock may be a little ahead; nothing was reported in the future. */
const earlier = (a: Date, b: Date): Date => (a < b ? a : b)
