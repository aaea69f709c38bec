/** Which open cases a report may be the same as, best first. */
import { hashDistance } from '@pentad/evidence/model'
import type { Db } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import type { Actor } from '@pentad/platform/rights'
import { HOUR } from '@pentad/platform/time'
import type { Kind } from '@pentad/rulebook/model'
import { casesNear, type NearbyRow } from '../queries/index.ts'
import {
  type Band,
  classKey,
  judge,
  mostShown,
  type Reasons,
  rarityOf,
  type Said,
  searchOf,
  wordsOf,
} from './model/index.ts'
import { type CandidateRow, candidatesFor, kinOf } from './queries.ts'

export interface Statement {
  scheme: string
  schemeVersion: string
  kind: Kind
  classCode: string
  point: { lon: number; lat: number }
  cell: string | null
  at: Date
  text: string
  /** dHashes of its pictures. */
  photos: readonly string[]
  /** The case itself, where it is one already. */
  caseId?: string | undefined
}
export interface Suggestion {
  caseId: string
  score: number
  band: Band
  reasons: Reasons
  /** The picture that is most like one of the statement's, else its first. */
  photoId: string | null
}

const unmapped: ReadonlySet<string> = new Set()

const saidBy = (c: CandidateRow): Said => ({
  class: {
    scheme: c.scheme,
    version: c.schemeVersion,
    kind: c.kind,
    code: c.classCode,
    parentCode: c.parentCode,
    mapped: unmapped,
  },
  xM: c.xM,
  yM: c.yM,
  cell: c.areaCode,
  at: c.reportedAt,
  words: wordsOf(c.description),
  photos: c.photos.map((p) => p.dhash),
})

/** Open cases that the actor may see and that may be the same, at most five. */
export async function suggestDuplicates(db: Db, actor: Actor, s: Statement): Promise<Suggestion[]> {
  const of = { scheme: s.scheme, version: s.schemeVersion, kind: s.kind, code: s.classCode }
  const kin = await kinOf(db, of)
  if (!kin) return []
  const said: Said = {
    class: { ...of, kind: s.kind, parentCode: kin.parentCode, mapped: new Set(kin.mapped.map(classKey)) },
    ...toMetres([s.point.lon, s.point.lat]),
    cell: s.cell,
    at: s.at,
    words: wordsOf(s.text),
    photos: s.photos,
  }
  const rows = await candidatesFor(db, actor, said, kin.codes, s.caseId)
  const candidates = rows.map((row) => ({ row, said: saidBy(row) }))
  const rarity = rarityOf(candidates.map((c) => c.said.words))
  return candidates
    .flatMap(({ row, said: theirs }) => {
      const { score, band, reasons } = judge(said, theirs, rarity)
      return band ? [{ caseId: row.id, score, band, reasons, photoId: photoLike(s.photos, row.photos) }] : []
    })
    .sort((a, b) => Number(b.band === 'same') - Number(a.band === 'same') || b.score - a.score)
    .slice(0, mostShown)
}

/**
 * Open cases of a class near a place, likeliest first, for strangers: by class, place and time alone, so that what others said and
 * showed cannot be found out by trying.
 */
export async function openCasesLike(db: Db, s: PublicStatement): Promise<NearbyRow[]> {
  const { point, cell, at, radiusM, ...of } = s
  const { hours } = searchOf({ kind: of.kind, code: of.classCode })
  const here = toMetres([point.lon, point.lat])
  const since = new Date(at.getTime() - hours * HOUR)
  const near = await casesNear(db, { ...here, ...of, radiusM, since, openOnly: true })
  const bare = { words: wordsOf(''), photos: [] }
  return near
    .map((row) => {
      const { scheme, schemeVersion: version, kind, classCode: code } = row
      const cls = { scheme, version, kind, code, parentCode: null, mapped: unmapped }
      const theirs = { class: cls, ...toMetres([row.lon, row.lat]), cell: row.areaCode, at: row.reportedAt, ...bare }
      return { row, judged: judge({ class: cls, ...here, cell, at, ...bare }, theirs) }
    })
    .filter(({ judged }) => judged.band !== null)
    .sort((a, b) => b.judged.score - a.judged.score)
    .map(({ row }) => row)
}
export interface PublicStatement {
  kind: Kind
  classCode: string
  point: { lon: number; lat: number }
  cell: string
  at: Date
  radiusM: number
}

function photoLike(ours: readonly string[], theirs: CandidateRow['photos']): string | null {
  const farthest = 64
  const bitsTo = (dhash: string): number => Math.min(farthest, ...ours.map((h) => hashDistance(h, dhash)))
  return [...theirs].sort((a, b) => bitsTo(a.dhash) - bitsTo(b.dhash))[0]?.id ?? null
}
