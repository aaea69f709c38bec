/** `rulebook/classes*.csv`: the classes of each scheme and version. */
import { sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import { type Changes, filesOf, noChanges, type PackReading, part, rowsIn } from '@pentad/platform/pack'
import { type ClassKind, classKinds, kinds } from '../model/index.ts'
import type { Laying } from './laying.ts'
import { onlyOnce } from './said.ts'
import { laySchemes, type SchemeRow, schemeName, schemesPart } from './schemes.ts'

export interface ListedClass {
  scheme: string
  version: string
  kind: ClassKind
  code: string
  parentCode: string | null
  nameZh: string
  nameEn: string
  /** Everyday words in both languages. */
  words: string[]
  /** Not of the national list. */
  extension: boolean
}
export interface ClassList {
  classes: ListedClass[]
  /** Schemes that no `schemes.csv` names. */
  unnamed: SchemeRow[]
  /** The one that new cases are filed under. */
  inForce: { scheme: string; version: string } | undefined
  /** Rows by `scheme/version/kind:code`. */
  has: (scheme: string, version: string, kind: string, code: string) => boolean
  /** The version that is meant where a table names only the scheme: the one in force, else the only one. */
  versionOf: (scheme: string) => string | undefined
}

const columns = {
  scheme: {},
  version: {},
  kind: {},
  code: {},
  parent_code: { optional: true },
  name_zh: {},
  name_en: { optional: true },
  words_zh: { optional: true },
  words_en: { optional: true },
  extension: { optional: true },
}
const codePatterns: Record<ClassKind, RegExp> = {
  component: /^\d{2}(\d{2})?$/,
  event: /^\d{2}(\d{2})?$/,
  service: /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/,
  social: /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/,
  emergency: /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/,
}
const keyOf = (scheme: string, version: string, kind: string, code: string): string =>
  `${scheme}/${version}/${kind}:${code}`

export const classesPart = part<ClassList>({
  name: 'classes',
  wholeCity: true,
  files: ['rulebook/classes.csv', 'rulebook/classes-*.csv'],
  read: async (reading) => {
    const schemes = reading.of(schemesPart)
    const rows: { at: ListedClass; fault: PackReading['fault']; file: string; line: number }[] = []
    const once = onlyOnce()
    for (const file of filesOf(reading.source, classesPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const scheme = row.matching('scheme', schemeName, 'pack/not-a-scheme-name')
        const version = row.matching('version', schemeName, 'pack/not-a-scheme-name')
        const kind = row.oneOf('kind', classKinds)
        const code = row.matching('code', codePatterns[kind], 'pack/not-a-class-code')
        const nameZh = row.text('name_zh')
        const parentCode = row.optional('parent_code')
        const fileable = kinds.some((k) => k === kind)
        if (fileable && (code.length === 2) !== (parentCode === null)) row.fault('pack/class-level', { code })
        if (fileable && parentCode !== null && !code.startsWith(parentCode))
          row.fault('pack/class-parent', { code, parent: parentCode })
        once(row, keyOf(scheme, version, kind, code))
        if (schemes && !schemes.some((s) => s.id === scheme && s.version === version))
          row.fault('pack/unknown-scheme', { scheme, version })
        const at = {
          scheme,
          version,
          kind,
          code,
          parentCode,
          nameZh,
          nameEn: row.optional('name_en') ?? nameZh,
          words: [...new Set([...row.list('words_zh'), ...row.list('words_en')])],
          extension: row.optional('extension') !== null,
        }
        rows.push({ at, fault: reading.fault, file, line: row.line })
      }
    }
    const known = new Set(rows.map(({ at: c }) => keyOf(c.scheme, c.version, c.kind, c.code)))
    for (const { at: c, file, line } of rows) {
      if (c.parentCode !== null && !known.has(keyOf(c.scheme, c.version, c.kind, c.parentCode)))
        reading.fault(file, line, 'pack/no-parent', { code: c.code, parent: c.parentCode })
    }
    const list = listOf(
      rows.map((r) => r.at),
      schemes,
      known,
    )
    const first = rows[0]
    if (schemes && first && !rows.some(({ at }) => isOf(list.inForce, at) && kinds.some((k) => k === at.kind)))
      reading.fault('rulebook/schemes.csv', null, 'pack/in-force-empty')
    if (!schemes && list.unnamed.length > 1)
      reading.fault(first?.file ?? 'rulebook/classes.csv', null, 'pack/schemes-needed', { found: list.unnamed.length })
    return list
  },
  lay: async (laying, { classes, unnamed }) => {
    if (unnamed.length > 0) await laySchemes(laying, unnamed)
    return layClasses(laying, classes)
  },
})

const isOf = (of: ClassList['inForce'], c: { scheme: string; version: string }): boolean =>
  of?.scheme === c.scheme && of.version === c.version

function listOf(
  classes: ListedClass[],
  schemes: readonly SchemeRow[] | undefined,
  known: ReadonlySet<string>,
): ClassList {
  const pairs = new Map(classes.map((c) => [`${c.scheme} ${c.version}`, { scheme: c.scheme, version: c.version }]))
  const unnamed = schemes
    ? []
    : [...pairs.values()].map(({ scheme: id, version }) => ({
        id,
        version,
        nameZh: `${id} ${version}`,
        nameEn: `${id} ${version}`,
        publisher: '',
        validFrom: null,
        validTo: null,
        inForce: true,
      }))
  const chosen = schemes?.find((s) => s.inForce) ?? unnamed[0]
  const inForce = chosen ? { scheme: chosen.id, version: chosen.version } : undefined
  return {
    classes,
    unnamed,
    inForce,
    has: (scheme, version, kind, code) => known.has(keyOf(scheme, version, kind, code)),
    versionOf: (scheme) => {
      if (inForce?.scheme === scheme) return inForce.version
      const versions = [...pairs.values()].filter((p) => p.scheme === scheme)
      return versions.length === 1 ? versions[0]?.version : undefined
    },
  }
}

/** Corrects names within their version, keeping the former ones; a class no longer listed ends. Other versions are left alone. */
export async function layClasses({ db, now, editionId }: Laying, wanted: readonly ListedClass[]): Promise<Changes> {
  const changes = noChanges()
  const standing = (
    await sql<
      ListedClass & { ended: boolean }
    >`select scheme, version, kind, code, parent_code as "parentCode", name_zh as "nameZh",
      name_en as "nameEn", words, extension, ended_at is not null as ended from rulebook.class`.execute(db)
  ).rows
  const key = (c: ListedClass): string => keyOf(c.scheme, c.version, c.kind, c.code)
  const before = new Map(standing.map((c) => [key(c), c]))
  const said = (c: ListedClass): string => JSON.stringify([c.parentCode, c.nameZh, c.nameEn, c.words, c.extension])
  const fresh = wanted.filter((c) => !before.has(key(c)))
  const corrected = wanted.filter((c) => {
    const old = before.get(key(c))
    return old && (old.ended || said(old) !== said(c))
  })
  const touched = new Set(wanted.map((c) => `${c.scheme} ${c.version}`))
  const named = new Set(wanted.map(key))
  const gone = standing.filter((c) => !c.ended && touched.has(`${c.scheme} ${c.version}`) && !named.has(key(c)))
  await insertRows(db, 'rulebook.class', classColumns, fresh.map(cellsOf))
  await keepPast({ db, now, editionId }, corrected)
  if (corrected.length > 0)
    await sql`update rulebook.class c set parent_code = r.parent_code, name_zh = r.name_zh, name_en = r.name_en, words = r.words,
        extension = r.extension, ended_at = null
      from jsonb_to_recordset(${JSON.stringify(corrected.map(cellsOf))}::jsonb)
        as r (scheme text, version text, kind text, code text, parent_code text, name_zh text, name_en text, words text[], extension boolean)
      where c.scheme = r.scheme and c.version = r.version and c.kind = r.kind and c.code = r.code`.execute(db)
  for (const c of gone)
    await sql`update rulebook.class set ended_at = ${now}
      where scheme = ${c.scheme} and version = ${c.version} and kind = ${c.kind} and code = ${c.code}`.execute(db)
  changes.added = fresh.length
  changes.changed = corrected.length
  changes.retired = gone.length
  changes.same = wanted.length - fresh.length - corrected.length
  return changes
}

const classColumns = {
  scheme: 'text',
  version: 'text',
  kind: 'text',
  code: 'text',
  parent_code: 'text',
  name_zh: 'text',
  name_en: 'text',
  words: 'text[]',
  extension: 'boolean',
}
const cellsOf = (c: ListedClass) => ({ ...c, parent_code: c.parentCode, name_zh: c.nameZh, name_en: c.nameEn })

/** Writes down what classes were called until now. */
export async function keepPast(
  { db, now, editionId }: Laying,
  of: readonly Pick<ListedClass, 'scheme' | 'version' | 'kind' | 'code'>[],
): Promise<void> {
  if (of.length === 0) return
  await sql`insert into rulebook.class_past (scheme, version, kind, code, name_zh, name_en, words, until, edition)
    select c.scheme, c.version, c.kind, c.code, c.name_zh, c.name_en, c.words, ${now}, ${editionId}::uuid
    from rulebook.class c join jsonb_to_recordset(${JSON.stringify(of)}::jsonb) as r (scheme text, version text, kind text, code text)
      on c.scheme = r.scheme and c.version = r.version and c.kind = r.kind and c.code = r.code`.execute(db)
}
