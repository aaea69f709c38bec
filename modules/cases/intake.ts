/** The one door by which every problem comes in (统一受理): keeps the message, finds the place, opens the case or joins one. */

import { photosOf } from '@pentad/evidence'
import { componentById, componentsNear, type Locator, locatorOf } from '@pentad/geography'
import { type Place, type Point, proposedWithinM } from '@pentad/geography/model'
import { type Db, sql } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import { newId, newSpokenCode } from '@pentad/platform/id'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { CLOCK_AHEAD_ALLOWED, legalDayOf } from '@pentad/platform/time'
import { classInForce } from '@pentad/rulebook'
import type { Kind } from '@pentad/rulebook/model'
import { entryOf, note } from './entry.ts'
import { caseNoStart, type Flow, isOpen, leadsTo, newborn, type Source, stageDue } from './model/index.ts'
import { addReport, type Birth, caseById, flowBy, flowInForce, reportBySource, writeBirths } from './queries/index.ts'

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
    // The same report that comes twice at the same moment: the second waits and finds the first.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`report ${i.source} ${i.sourceNo}`}, 0))`.execute(db)
    const earlier = await reportBySource(db, i.source, i.sourceNo)
    if (earlier)
      return {
        caseId: earlier.caseId,
        no: earlier.no,
        reportId: earlier.id,
        code: earlier.code,
        joined: earlier.joined,
      }
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

  const birth = birthOf(i, locator, { cls, place, component, flow: await flowBy(db, await flowInForce(db)) })
  const [no = ''] = await writeBirths(db, [birth])
  return { caseId: birth.file.id, no, reportId: birth.report.id, code: birth.report.code, joined: false }
}

export interface BirthFacts {
  cls: { scheme: string; version: string }
  place: Place
  component: { id: string } | null
  flow: Flow
}

/** All that is written when a case begins. Pure but for new ids. */
export function birthOf(i: Intake, locator: Locator, { cls, place, component, flow }: BirthFacts): Birth {
  const id = i.caseId ?? newId(i.now.getTime())
  const words = locator.wordsFor(i.point, place)
  const status = i.draft ? 'draft' : leadsTo(flow, 'reported')
  const file: Birth['file'] = {
    ...newborn({ id, kind: i.kind, classCode: i.classCode, createdBy: i.actorId, status }),
    source: i.source,
    scheme: cls.scheme,
    schemeVersion: cls.version,
    flowVersion: flow.version,
    areaCode: place.cell,
    lon: i.point.lon,
    lat: i.point.lat,
    stageSince: i.now,
    stageDue: stageDue(flow, status, i.now),
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
    ...toMetres([i.point.lon, i.point.lat]),
    placeZh: words['zh-CN'],
    placeEn: words.en,
    description: i.text,
    reportedAt: earlier(i.at, i.now),
    alarmId: i.alarmId ?? null,
    photoId: i.photoIds?.[0] ?? null,
  }
  const day = legalDayOf(i.now)
  return {
    file,
    number: { before: caseNoStart(place.district, day, i.source), district: place.district, day },
    report: reportOf(i),
    entry: entryOf(file, file, { ...reportSaid(i), from: null }, i.now),
  }
}

/** The component that a case is about: the chosen one, or the nearest of its class, which is only proposed. */
export async function componentOf(db: Db, i: Intake): Promise<{ id: string } | null | Refusal> {
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
  const report = reportOf(i)
  await addReport(db, { ...report, caseId })
  await note(db, known, reportSaid(i), i.now, { reports: known.reports + 1 })
  return { caseId, no: known.no, reportId: report.id, code: report.code, joined: true }
}

const reportOf = (i: Intake): Birth['report'] => ({
  id: newId(i.now.getTime()),
  source: i.source,
  sourceNo: i.sourceNo ?? null,
  code: newSpokenCode(),
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

const reportSaid = (i: Intake) => ({
  act: 'report' as const,
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
