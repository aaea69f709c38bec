import { photosOf } from '@pentad/evidence'
import { type Locator, locatorOf } from '@pentad/geography'
import type { Db } from '@pentad/platform/db'
import { granted, refuse } from '@pentad/platform/refusal'
import type { Actor } from '@pentad/platform/rights'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { classInForce } from '@pentad/rulebook'
import { type CaseRow, type LineRow, lineById, linesById } from '../queries/index.ts'
import { duplicatesOfCase, duplicatesWhileTyping } from './contract.ts'
import { hashesOfCase } from './queries.ts'
import { type Statement, suggestDuplicates } from './suggest.ts'

const caseOut = (c: LineRow, locator: Locator) => ({
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
  street: c.areaCode ? locator.nameOf(c.areaCode.slice(0, 9)) : '',
  description: c.description,
  reportedAt: c.reportedAt.toISOString(),
  leadUnit: c.leadUnitId ? { 'zh-CN': c.unitZh ?? '', en: c.unitEn ?? '' } : null,
})

async function found(db: Db, actor: Actor, statement: Statement) {
  const suggestions = await suggestDuplicates(db, actor, statement)
  const ids = suggestions.map((s) => s.caseId)
  const lines = new Map((await linesById(db, ids)).map((c) => [c.id, c]))
  const locator = await locatorOf(db)
  return {
    candidates: suggestions.flatMap(({ caseId, ...said }) => {
      const c = lines.get(caseId)
      return c ? [{ case: caseOut(c, locator), ...said }] : []
    }),
  }
}

export const duplicateRoutes = (caseSubject: SubjectKind<CaseRow>) => [
  serve(duplicatesWhileTyping, async ({ body }, { db, actor }) => {
    const { kind, classCode, point, text, at } = body
    const cls = granted(
      (await classInForce(db, kind, classCode)) ?? refuse('rulebook/unknown-class', { kind, code: classCode }),
    )
    const place = granted((await locatorOf(db)).placeOf(point))
    const photos = granted(await photosOf(db, body.photoIds)).map((p) => p.dhash)
    const of = { scheme: cls.scheme, schemeVersion: cls.version, kind, classCode }
    return found(db, actor, { ...of, point, cell: place.cell, at, text, photos })
  }),

  serveAbout(duplicatesOfCase, caseSubject, async ({ params }, { db, actor }) => {
    const c = granted(await lineById(db, params.id))
    return found(db, actor, {
      scheme: c.scheme,
      schemeVersion: c.schemeVersion,
      kind: c.kind,
      classCode: c.classCode,
      point: { lon: c.lon, lat: c.lat },
      cell: c.areaCode,
      at: c.reportedAt,
      text: c.description,
      photos: await hashesOfCase(db, c.id),
      caseId: c.id,
    })
  }),
]
