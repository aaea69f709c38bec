/** Which open cases a report may be the same as, best first. */
import { hashDistance } from '@pentad/evidence/model'
import type { Db } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import type { Actor } from '@pentad/platform/rights'
import type { Kind } from '@pentad/rulebook/model'
import { type Band, classKey, judge, mostShown, type Reasons, rarityOf, type Said, wordsOf } from './model.ts'
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

function photoLike(ours: readonly string[], theirs: CandidateRow['photos']): string | null {
  const farthest = 64
  const bitsTo = (dhash: string): number => Math.min(farthest, ...ours.map((h) => hashDistance(h, dhash)))
  return [...theirs].sort((a, b) => bitsTo(a.dhash) - bitsTo(b.dhash))[0]?.id ?? null
}
