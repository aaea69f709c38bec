import { serve } from '@pentad/platform/serve'
import { listClasses, listStandards } from './contract.ts'
import { classesInForce, type StandardRow, standardsOf } from './queries.ts'

export const routes = [
  serve(listClasses, async (_, { db }) => {
    const classes = await classesInForce(db)
    return {
      scheme: classes[0]?.scheme ?? '',
      version: classes[0]?.version ?? '',
      classes: classes.map(({ kind, code, parentCode, nameZh, nameEn, extension, words }) => ({
        kind,
        code,
        parentCode,
        name: { 'zh-CN': nameZh, en: nameEn },
        extension,
        words,
      })),
    }
  }),
  serve(listStandards, async ({ query }, { db }) => ({
    standards: (await standardsOf(db, query.kind, query.code)).map(standardOut),
  })),
]

/** A standard as contracts show it. */
export const standardOut = (s: StandardRow) => ({
  id: s.id,
  seq: s.seq,
  filing: { 'zh-CN': s.filingZh, en: s.filingEn },
  closing: { 'zh-CN': s.closingZh, en: s.closingEn },
  limitValue: s.limitValue,
  limitUnit: s.limitUnit,
})
