/** Rows as contracts show them. Pure. */
import { plainTitle, readCitation, readClassRef, readLawRef, sayCitation, sayPlaceEn } from './model/index.ts'
import type { AnyClassRow, CauseRow, DutyListed, LawRow, SchemeListed, StandardRow } from './queries/index.ts'

export const textOf = (zh: string, en: string) => ({ 'zh-CN': zh, en })

/** A standard as contracts show it. */
export const standardOut = (s: StandardRow) => ({
  id: s.id,
  seq: s.seq,
  filing: textOf(s.filingZh, s.filingEn),
  closing: textOf(s.closingZh, s.closingEn),
  limitValue: s.limitValue,
  limitUnit: s.limitUnit,
})

export interface LawTitles {
  byId: ReadonlyMap<string, Pick<LawRow, 'id' | 'titleZh' | 'titleEn'>>
  byTitle: ReadonlyMap<string, Pick<LawRow, 'id' | 'titleZh' | 'titleEn'>>
}
export const titlesOf = (laws: readonly Pick<LawRow, 'id' | 'titleZh' | 'titleEn'>[]): LawTitles => ({
  byId: new Map(laws.map((l) => [l.id, l])),
  byTitle: new Map(laws.map((l) => [plainTitle(l.titleZh), l])),
})

/** A basis, led to its law where the city has it. */
export function basisOut(words: string, { byId, byTitle }: LawTitles) {
  const ref = readLawRef(words)
  const cited = ref ? undefined : readCitation(words)
  const place = ref ?? cited
  const law = ref ? byId.get(ref.law) : cited ? byTitle.get(plainTitle(cited.title)) : undefined
  const title = law ? textOf(law.titleZh, law.titleEn) : cited ? textOf(cited.title, cited.title) : null
  return {
    words,
    law: law?.id ?? null,
    title,
    no: place?.no ?? null,
    sub: place?.sub ?? 0,
    said:
      place && title
        ? textOf(sayCitation({ ...place, title: title['zh-CN'] }), `${title.en}, ${sayPlaceEn(place)}`)
        : textOf(words, words),
  }
}
export type BasisOut = ReturnType<typeof basisOut>
/** The same place once, however often it is named. */
export const onceEach = (all: readonly BasisOut[]): BasisOut[] => [
  ...new Map(all.map((b) => [b.said['zh-CN'], b])).values(),
]

export const fullStandardOut = (s: StandardRow, titles: LawTitles) => ({
  ...standardOut(s),
  evidence: s.evidence,
  laws: s.laws.map((w) => basisOut(w, titles)),
  collection: textOf(s.collectionZh, s.collectionEn),
  unit: textOf(s.unitZh, s.unitEn),
})

export const classOut = (c: AnyClassRow) => ({
  kind: c.kind,
  code: c.code,
  parentCode: c.parentCode,
  name: textOf(c.nameZh, c.nameEn),
  extension: c.extension,
  words: c.words,
  endedAt: c.endedAt?.toISOString() ?? null,
})

export const schemeOut = ({ nameZh, nameEn, ...s }: SchemeListed) => ({ ...s, name: textOf(nameZh, nameEn) })

export const penaltyOut = (c: CauseRow) => ({
  measures: c.measures,
  fineFromFen: c.fineFromFen,
  fineToFen: c.fineToFen,
  precondition: c.precondition,
})

export const causeOut = (
  c: CauseRow,
  titles: LawTitles,
  names: ReadonlyMap<string, { 'zh-CN': string; en: string }>,
) => ({
  ...penaltyOut(c),
  id: c.id,
  powerId: c.powerId,
  name: textOf(c.nameZh, c.nameEn),
  violates: c.violates.map((w) => basisOut(w, titles)),
  punishes: c.punishes.map((w) => basisOut(w, titles)),
  classes: c.classes.map((words) => ({ words, name: names.get(words) ?? null })),
  note: textOf(c.noteZh, c.noteEn),
})

/** Does a cause name this class? A reference without a scheme means the one in force. */
export const causeNames = (
  c: Pick<CauseRow, 'classes'>,
  of: { scheme: string; version: string; kind: string; code: string },
  inForce: { scheme: string; version: string } | undefined,
): boolean =>
  c.classes.some((words) => {
    const ref = readClassRef(words)
    const { scheme, version } = { ...inForce, ...ref }
    return ref?.kind === of.kind && ref.code === of.code && scheme === of.scheme && version === of.version
  })

/** The duties that hold for a class: the rules of the longest prefix, those of its own scheme first. */
export function dutiesOf<D extends Pick<DutyListed, 'scheme' | 'version' | 'kind' | 'codePrefix'>>(
  all: readonly D[],
  of: { scheme: string; version: string; kind: string; code: string },
): D[] {
  const fitting = all.filter(
    (d) =>
      d.kind === of.kind &&
      of.code.startsWith(d.codePrefix) &&
      (d.scheme === '' || (d.scheme === of.scheme && (d.version === '' || d.version === of.version))),
  )
  const own = fitting.filter((d) => d.scheme !== '')
  const held = own.length > 0 ? own : fitting
  const longest = Math.max(0, ...held.map((d) => d.codePrefix.length))
  return held.filter((d) => d.codePrefix.length === longest)
}
