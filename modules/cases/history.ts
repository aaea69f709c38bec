/** Lays a past into the tables at once: whole cases with their trails, hashed like those that were lived through. */

import type { Locator, PlaceWords } from '@pentad/geography'
import { placeOfCell } from '@pentad/geography'
import { digest } from '@pentad/platform/crypto'
import { type CopyValue, copyInto } from '@pentad/platform/db/copy'
import { toMetres } from '@pentad/platform/geo'
import { newSpokenCode } from '@pentad/platform/id'
import { deadline, deadlineShare, elapsed, type Kind, type LimitUnit, type WorkCalendar } from '@pentad/rulebook/model'
import type pg from 'pg'
import { trailOfPast } from './history-trail.ts'
import { defaultFlow, isOpen, newborn, nextWake, type Source, type Status, stageDue } from './model/index.ts'
import type { TrailRow } from './trail.ts'

/** A case of the past; an instant is null where the step was not reached. */
export interface HistoricCase {
  no: string
  sourceNo: string | null
  channel: Source
  kind: Kind
  classCode: string
  point: { lon: number; lat: number }
  /** Null for a case of another city, which says its place itself. */
  cellCode: string | null
  /** How its place was said where it comes from; else it is said as ours are. */
  place?: PlaceWords
  description: string
  reportedAt: Date
  acceptedAt: Date | null
  filedAt: Date | null
  dispatchedAt: Date | null
  signedAt: Date | null
  feedbackAt: Date | null
  checkedAt: Date | null
  closedAt: Date | null
  leadUnit: string | null
  /** Null where nothing is known of filing and limits. */
  standard: { id: string; limitValue: number; limitUnit: LimitUnit } | null
  /** The message in its own form, as far as it is kept. */
  original?: object
  /** Ids of those who acted; null: nobody with an account. */
  actors: Record<
    'reportedBy' | 'acceptedBy' | 'filedBy' | 'dispatchedBy' | 'signedBy' | 'feedbackBy' | 'checkedBy' | 'closedBy',
    string | null
  >
  reworkCount: number
  outcome: Status
}

export interface HistoryParts {
  client: pg.ClientBase
  locator: Locator
  calendar: WorkCalendar
  scheme: string
  schemeVersion: string
  origin: 'demo' | 'import'
  onProgress?: (count: number) => void
}
type LayingParts = Omit<HistoryParts, 'onProgress'>

/** Lays so many cases as one has in hand; their numbers are the caller's to give. */
export async function layCases(past: readonly HistoricCase[], parts: LayingParts): Promise<void> {
  const batch = past.map((c) => laid(c, parts))
  const { client } = parts
  const files = batch.map((l) => l.file)
  const entries = batch.flatMap((l) => l.trail.map(eventRow))
  await copyInto(client, 'cases.case_file', caseColumns, files)
  await copyInto(client, 'cases.event', eventColumns, entries)
  const reports = batch.map((l) => l.report)
  await copyInto(client, 'cases.report', reportColumns, reports)
}

/** So many cases at a time: a past of any length fits into memory. */
const batchSize = 2000

export async function layHistory(past: Iterable<HistoricCase>, parts: HistoryParts): Promise<number> {
  let count = 0
  const serials = new Map<string, number>()
  let batch: HistoricCase[] = []
  const flush = async () => {
    await layCases(batch, parts)
    parts.onProgress?.(count)
    batch = []
  }
  for (const c of past) {
    batch.push(c)
    count++
    const serial = Number(c.no.slice(-5))
    const day = `${c.no.slice(0, 6)} ${c.no.slice(7, 11)}-${c.no.slice(11, 13)}-${c.no.slice(13, 15)}`
    serials.set(day, Math.max(serial, serials.get(day) ?? 0))
    if (batch.length >= batchSize) await flush()
  }
  await flush()
  await copyInto(
    parts.client,
    'cases.serial',
    ['district', 'day', 'last'],
    [...serials].map(([key, last]) => [...key.split(' '), last]),
  )
  return count
}

interface Laid {
  id: string
  file: CopyValue[]
  trail: TrailRow[]
  report: CopyValue[]
}

/** An id that the same past always gets, so that the demo is the same everywhere: time of birth, then a hash. */
function idFrom(text: string, at: Date): string {
  const hash = digest(text)
  const time = Math.max(0, at.getTime()).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${hash.slice(0, 3)}-${'89ab'[Number.parseInt(hash[3] ?? '0', 16) % 4]}${hash.slice(4, 7)}-${hash.slice(7, 19)}`
}
const spoken = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeFrom = (text: string): string =>
  Array.from(
    { length: 10 },
    (_, i) => spoken[Number.parseInt(digest(`code ${text}`).slice(i * 2, i * 2 + 2), 16) % 32],
  ).join('')

const caseColumns =
  'id,no,status,source,scheme,scheme_version,kind,class_code,standard_id,lon,lat,xy,area_code,place_zh,place_en,description,reported_at,created_by,created_at,limit_value,limit_unit,calendar_version,clock_start,urge_at,due,clock_stopped,stage_since,stage_due,lead_unit_id,worked_by,checked_by,rework_count,closed_at,origin,version,last_hash,close_kind,wake_at'.split(
    ',',
  )
const eventColumns =
  'case_id,seq,act,actor_id,actor_unit,from_status,to_status,at,recorded,reason,standard_id,unit_id,photo_ids,lon,lat,used_seconds,prev_hash,hash'.split(
    ',',
  )
const reportColumns = 'id,case_id,source,source_no,code,text,lon,lat,original,created_by,at,recorded'.split(',')

const eventRow = (e: TrailRow): CopyValue[] => [
  e.caseId,
  e.seq,
  e.act,
  e.actorId,
  e.actorUnit,
  e.from,
  e.to,
  e.at,
  e.recorded,
  e.reason,
  e.standardId,
  e.unitId,
  [...e.photoIds],
  e.lon,
  e.lat,
  e.usedSeconds,
  e.prevHash,
  e.hash,
]

function laid(c: HistoricCase, { locator, calendar, scheme, schemeVersion, origin }: LayingParts): Laid {
  const id = idFrom(c.no, c.reportedAt)
  const limit = c.standard && { value: c.standard.limitValue, unit: c.standard.limitUnit }
  // Without a limit no clock was started.
  const start = limit && c.dispatchedAt
  const due = start ? deadline(calendar, start, limit) : null
  const urgeAt = start ? deadlineShare(calendar, start, limit, defaultFlow.urgeShare) : null
  const trail = trailOfPast(c, id, (at) =>
    start && at >= start ? Math.round(elapsed(calendar, limit.unit, start, at)) : null,
  )
  const last = trail.at(-1)
  const since = last?.recorded ?? c.reportedAt
  const ended = !isOpen(c.outcome)
  const stopped = ['feedback', 'checking', 'pending_close', 'closed'].includes(c.outcome) ? c.feedbackAt : null
  const words = c.place ?? wordsFor(locator, c)
  const { xM, yM } = toMetres([c.point.lon, c.point.lat])
  const filed = c.filedAt === null ? null : c.standard
  const actor = c.actors.reportedBy ?? 'public'
  const stage = ended ? null : stageDue(defaultFlow, c.outcome, since)
  const told = trail.map((e) => e.act).filter((act) => act === 'urge' || act === 'overdue')
  const waking = {
    ...newborn({ id, kind: c.kind, classCode: c.classCode, createdBy: actor }),
    status: c.outcome,
    told,
    stageDue: stage,
    clockStart: start,
    clockStopped: stopped,
    urgeAt,
    due,
  }
  const wakeAt = ended ? null : (nextWake(waking)?.at ?? null)
  return {
    id,
    trail,
    file: [
      id,
      c.no,
      c.outcome,
      c.channel,
      scheme,
      schemeVersion,
      c.kind,
      c.classCode,
      filed?.id ?? null,
      c.point.lon,
      c.point.lat,
      `(${xM},${yM})`,
      c.cellCode,
      words['zh-CN'],
      words.en,
      c.description,
      c.reportedAt,
      actor,
      c.reportedAt,
      filed?.limitValue ?? null,
      filed?.limitUnit ?? null,
      start ? calendar.version : null,
      start,
      urgeAt,
      due,
      stopped,
      since,
      stage,
      c.leadUnit,
      c.actors.feedbackBy,
      c.outcome === 'rework' ? null : c.actors.checkedBy,
      c.reworkCount,
      ended ? (c.closedAt ?? since) : null,
      origin,
      trail.length,
      last?.hash ?? '',
      c.outcome === 'closed' ? 'normal' : null,
      wakeAt,
    ],
    report: [
      idFrom(`report ${c.no}`, c.reportedAt),
      id,
      c.channel,
      c.sourceNo,
      // What the demo's people are told must be the same everywhere; what real people were never told must not be guessed.
      origin === 'demo' ? codeFrom(c.no) : newSpokenCode(),
      c.description,
      c.point.lon,
      c.point.lat,
      c.original ?? { origin },
      actor,
      c.reportedAt,
      c.reportedAt,
    ],
  }
}

function wordsFor(locator: Locator, { point, cellCode }: HistoricCase): PlaceWords {
  if (cellCode) return locator.wordsFor(point, placeOfCell(cellCode))
  const said = `${point.lon.toFixed(5)}, ${point.lat.toFixed(5)}`
  return { 'zh-CN': said, en: said }
}
