/** A folder of law texts: `index.csv` (title, level, scope, domain, version_date, file) and `texts/*.md`. */
import { pinyin } from 'pinyin-pro'
import { type LawLevel, plainTitle, readLawText } from '../model/index.ts'
import { type Converted, type ConvertedFile, mergedTable, tableOf } from './table.ts'

const levels: Record<string, LawLevel> = {
  法律: 'law',
  行政法规: 'administrative_regulation',
  部门规章: 'ministry_rule',
  地方性法规: 'local_regulation',
  地方政府规章: 'local_rule',
  规范性文件: 'normative',
}

export interface LawFolder {
  index: string
  /** The text of a file that the index names; undefined where there is none. */
  textOf: (file: string) => string | undefined
  /** The pack's `laws/index.csv` as it stands. */
  before?: string | undefined
}

export function readLawFolder({ index, textOf, before }: LawFolder): Converted {
  const { columns, rows, broken } = tableOf(index)
  const missing = ['title', 'level', 'file'].filter((c) => !columns.includes(c))
  if (missing.length > 0) return { files: [], counts: {}, left: [`index.csv has no column ${missing.join(', ')}`] }
  const standing = before === undefined ? [] : tableOf(before).rows.map((r) => r.cells)
  const ids = new Map(standing.map((r) => [plainTitle(r.title_zh ?? ''), r.id ?? '']))
  const left = broken.map((line) => `index.csv line ${line}: a quote is not closed`)
  const files: ConvertedFile[] = []
  const laws: Record<string, string>[] = []
  let articles = 0
  for (const { line, cells } of rows) {
    const text = textOf(cells.file ?? '')
    const level = levels[cells.level ?? '']
    if (!cells.title || !level || text === undefined) {
      left.push(
        `index.csv line ${line}: ${!cells.title ? 'no title' : !level ? `unknown level “${cells.level}”` : `no text ${cells.file}`}`,
      )
      continue
    }
    const title = plainTitle(cells.title)
    const id = ids.get(title) ?? freeId(idOf(title), new Set(ids.values()))
    ids.set(title, id)
    const law = readLawText(text)
    const versionDate =
      dayIn(cells.version_date ?? '') ??
      law.history
        .flatMap((l) => dayIn(l) ?? [])
        .sort()
        .at(-1) ??
      ''
    if (law.articles.length === 0) {
      left.push(`${cells.file}: no 第…条`)
      continue
    }
    articles += law.articles.length
    const file = `${id}${versionDate ? `-${versionDate}` : ''}.md`
    files.push({ path: `laws/${file}`, text })
    laws.push({
      id,
      title_zh: cells.title,
      level,
      scope: cells.scope ?? '',
      domain: cells.domain ?? '',
      version_date: versionDate,
      file,
      summary: '',
    })
  }
  const index_ = mergedTable(before, indexColumns, ['id', 'version_date'], withTitlesOf(standing, laws))
  return { files: [{ path: 'laws/index.csv', text: index_ }, ...files], counts: { laws: laws.length, articles }, left }
}
const indexColumns = ['id', 'title_zh', 'title_en', 'level', 'scope', 'domain', 'version_date', 'file', 'summary']

/** English titles and days of force that the pack knew already stay. */
const withTitlesOf = (standing: readonly Record<string, string>[], laws: readonly Record<string, string>[]) =>
  laws.map((l) => {
    const same = standing.find((s) => s.id === l.id && s.version_date === l.version_date)
    const titled = same ?? standing.find((s) => s.id === l.id)
    return { ...same, ...l, title_en: titled?.title_en ?? '' }
  })

/** The title in pinyin: readable, stable, and safe as the name of a file. */
const idOf = (title: string): string =>
  pinyin(title, { toneType: 'none', type: 'array', nonZh: 'consecutive' })
    .map((s) =>
      s
        .toLowerCase()
        .replaceAll('ü', 'v')
        .replaceAll(/[^a-z0-9]/g, ''),
    )
    .filter(Boolean)
    .join('-')
    .slice(0, 70)
    .replace(/-+$/, '')
function freeId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id
  for (let n = 2; ; n++) if (!taken.has(`${id}-${n}`)) return `${id}-${n}`
}

/** 2021-09-24 or 2021年9月24日, wherever it stands in the line; the last one, for changes follow the adoption. */
function dayIn(line: string): string | undefined {
  const found = [...line.matchAll(/(\d{4})(?:-|\s*年\s*)(\d{1,2})(?:-|\s*月\s*)(\d{1,2})/g)].at(-1)
  return found ? [found[1], found[2]?.padStart(2, '0'), found[3]?.padStart(2, '0')].join('-') : undefined
}
