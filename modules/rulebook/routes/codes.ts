/** Code lists, the manual, duties, the calendar. */
import { allUnits, type UnitRow } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { granted } from '@pentad/platform/refusal'
import { serve } from '@pentad/platform/serve'
import {
  listClasses,
  listDuties,
  listSchemeClasses,
  listSchemes,
  listStandards,
  readCalendar,
  readClass,
  readManual,
} from '../contract.ts'
import { type Kind, kinds, turnedAround } from '../model/index.ts'
import {
  calendarInForce,
  causesListed,
  classBy,
  classesInForce,
  classesOf,
  type DutyListed,
  dutiesListed,
  lawsListed,
  mappingsOf,
  pastOf,
  schemesListed,
  standardsOf,
  standardsOfScheme,
} from '../queries/index.ts'
import {
  basisOut,
  causeNames,
  causeOut,
  classOut,
  dutiesOf,
  fullStandardOut,
  onceEach,
  penaltyOut,
  schemeOut,
  standardOut,
  textOf,
  titlesOf,
} from '../views.ts'

/** Names of the classes in force, by `kind:code`, as causes refer to them. */
export async function namesInForce(db: Db): Promise<Map<string, { 'zh-CN': string; en: string }>> {
  return new Map((await classesInForce(db)).map((c) => [`${c.kind}:${c.code}`, textOf(c.nameZh, c.nameEn)]))
}

/** A duty with a unit to which its rule leads, as an example: each district has its own. */
const dutyOut = (duty: DutyListed, units: readonly UnitRow[]) => {
  const ending = duty.unitRule.startsWith('{district}') ? duty.unitRule.slice('{district}'.length) : null
  const unit = units.find((u) =>
    ending === null ? u.id === duty.unitRule : u.id.endsWith(ending) && u.areaCode.length === 6,
  )
  return { ...duty, unit: unit ? textOf(unit.nameZh, unit.nameEn) : null }
}
export const dutiesOut = async (db: Db) => {
  const units = await allUnits(db)
  return (await dutiesListed(db)).map((d) => dutyOut(d, units))
}

export const codeRoutes = [
  serve(listClasses, async (_, { db }) => {
    const classes = await classesInForce(db)
    return {
      scheme: classes[0]?.scheme ?? '',
      version: classes[0]?.version ?? '',
      classes: classes.map(({ kind, code, parentCode, nameZh, nameEn, extension, words }) => ({
        kind,
        code,
        parentCode,
        name: textOf(nameZh, nameEn),
        extension,
        words,
      })),
    }
  }),

  serve(listStandards, async ({ query: { kind, code, scheme, version } }, { db }) => ({
    standards: (await standardsOf(db, kind, code, scheme && version ? { scheme, version } : undefined)).map(
      standardOut,
    ),
  })),

  serve(listSchemes, async (_, { db }) => ({ schemes: (await schemesListed(db)).map(schemeOut) })),

  serve(listSchemeClasses, async ({ query }, { db }) => ({
    classes: (await classesOf(db, query.scheme, query.version)).map((c) => ({
      ...classOut(c),
      standards: c.standards,
    })),
  })),

  serve(readClass, async ({ query }, { db }) => {
    const found = granted(await classBy(db, query))
    const titles = titlesOf(await lawsListed(db))
    const inForce = (await schemesListed(db)).find((s) => s.inForce)
    const names = await namesInForce(db)
    const kind = kinds.find((k) => k === found.kind)
    return {
      class: classOut(found),
      standards: kind ? (await standardsOf(db, kind, found.code, found)).map((s) => fullStandardOut(s, titles)) : [],
      duties: dutiesOf(await dutiesOut(db), found),
      mappings: (await mappingsOf(db, found)).map((m) => ({
        scheme: m.class.scheme,
        version: m.class.version,
        schemeName: textOf(m.schemeNameZh, m.schemeNameEn),
        kind: m.class.kind,
        code: m.class.code,
        name: textOf(m.class.nameZh, m.class.nameEn),
        exactness: m.reversed ? turnedAround(m.exactness) : m.exactness,
      })),
      causes: (await causesListed(db))
        .filter((c) => causeNames(c, found, inForce))
        .map((c) => causeOut(c, titles, names)),
      past: (await pastOf(db, found)).map((p) => ({
        name: textOf(p.nameZh, p.nameEn),
        words: p.words,
        until: p.until.toISOString(),
      })),
    }
  }),

  serve(listDuties, async (_, { db }) => ({ duties: await dutiesOut(db) })),

  serve(readManual, async (_, { db }) => {
    const scheme = (await schemesListed(db)).find((s) => s.inForce)
    if (!scheme) return { scheme: '', version: '', name: textOf('', ''), calendar: null, chapters: [] }
    const [classes, duties, laws, causes, calendar] = [
      await classesInForce(db),
      await dutiesOut(db),
      await lawsListed(db),
      await causesListed(db),
      await calendarInForce(db),
    ]
    const titles = titlesOf(laws)
    const standards = Map.groupBy(
      await standardsOfScheme(db, scheme.scheme, scheme.version),
      (s) => `${s.kind}:${s.code}`,
    )
    const entryOf = (c: (typeof classes)[number]) => {
      const own = (standards.get(`${c.kind}:${c.code}`) ?? []).map((s) => fullStandardOut(s, titles))
      const led = causes.filter((cause) => causeNames(cause, c, scheme))
      const cited = led.flatMap((cause) => [...cause.violates, ...cause.punishes])
      return {
        kind: c.kind as Kind,
        code: c.code,
        name: textOf(c.nameZh, c.nameEn),
        extension: c.extension,
        words: c.words,
        standards: own,
        duties: dutiesOf(duties, c),
        laws: onceEach([...own.flatMap((s) => s.laws), ...cited.map((w) => basisOut(w, titles))]),
        causes: led.map((cause) => ({ ...penaltyOut(cause), id: cause.id, name: textOf(cause.nameZh, cause.nameEn) })),
      }
    }
    return {
      scheme: scheme.scheme,
      version: scheme.version,
      name: textOf(scheme.nameZh, scheme.nameEn),
      calendar: calendar?.version ?? null,
      chapters: classes
        .filter((c) => c.parentCode === null)
        .map((major) => ({
          kind: major.kind,
          code: major.code,
          name: textOf(major.nameZh, major.nameEn),
          entries: classes.filter((c) => c.kind === major.kind && c.parentCode === major.code).map(entryOf),
        })),
    }
  }),

  serve(readCalendar, async (_, { db }) => {
    const { version, seasons, holidays, shifted } = granted(await calendarInForce(db))
    return {
      version,
      seasons: seasons.map((s) => ({ ...s, periods: s.periods.map(([from, to]): [number, number] => [from, to]) })),
      holidays,
      shiftedWorkdays: shifted,
    }
  }),
]
