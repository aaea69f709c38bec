/** Which columns tell what a case is about, and which class of ours each of their words is. */
import type { ClassFinder, FoundBy } from './classes.ts'
import { type ColumnFacts, candidates } from './columns.ts'
import type { FileFacts } from './facts.ts'
import type { Mapping } from './mapping.ts'

export interface ProposedType {
  mapping: Mapping['type']
  columns: string[]
  /** Share of the rows that get a class. */
  coverage: number
  /** For each word in the map: its rows, and by what its class was found. */
  about: ReadonlyMap<string, { rows: number; by: FoundBy | 'none' }>
}

interface Seen {
  sample: FileFacts['sample']
  names: readonly string[]
  finder: ClassFinder
}

/** Codes of ours in the file are better than any words. */
export function proposeType(columns: readonly ColumnFacts[], seen: Seen): ProposedType | undefined {
  const coded = proposeCodes(columns, seen)
  if (coded && coded.coverage > 0.8) return coded
  const worded = candidates(columns, 'type')
    .slice(0, 6)
    .map((c) => proposeWords(c, seen.finder))
    // The first of equals has the better name; a clear lead in rows goes before a name.
    .reduce<ProposedType | undefined>((best, p) => (best && best.coverage + 0.05 >= p.coverage ? best : p), undefined)
  if (!worded) return coded
  return coded && coded.coverage >= worded.coverage ? coded : worded
}

function proposeCodes(columns: readonly ColumnFacts[], { sample, names, finder }: Seen): ProposedType | undefined {
  const code = candidates(columns, 'code')[0]
  if (!code) return undefined
  const kind = candidates(columns, 'kind').find((c) => c.name !== code.name)
  const [codeAt, kindAt] = [names.indexOf(code.name), kind ? names.indexOf(kind.name) : -1]
  const worded = (column: string) =>
    sample.filter(({ fields }) => finder.byWords(fields[names.indexOf(column)] ?? '') !== undefined).length
  // A column that says it in words helps where the code is empty; the narrower one says more.
  const nameColumns = candidates(columns, 'type')
    .map((c) => c.name)
    .filter((name) => name !== code.name && name !== kind?.name)
    .toSorted((a, b) => worded(b) - worded(a))
    .slice(0, 1)
  const found = sample.filter(
    ({ fields }) =>
      finder.byCode(kindAt < 0 ? null : (fields[kindAt] ?? ''), fields[codeAt] ?? '') ??
      nameColumns.some((n) => finder.byWords(fields[names.indexOf(n)] ?? '')),
  ).length
  return {
    mapping: { kind: kind?.name ?? null, code: code.name, rest: 'leave', name: nameColumns },
    columns: [code.name, ...(kind ? [kind.name] : []), ...nameColumns],
    coverage: sample.length ? found / sample.length : 0,
    about: new Map(),
  }
}

function proposeWords(column: ColumnFacts, finder: ClassFinder): ProposedType {
  const map: Record<string, string> = {}
  const about = new Map<string, { rows: number; by: FoundBy | 'none' }>()
  let all = 0
  let covered = 0
  const values = [...(column.values ?? [])].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
  for (const [word, rows] of values) {
    all += rows
    const found = word === '' ? undefined : finder.byWords(word)
    if (found) covered += rows
    map[word] = found ? `${found.kind} ${found.code}` : 'leave'
    about.set(word, { rows, by: found?.by ?? 'none' })
  }
  return {
    mapping: { columns: [column.name], map, rest: 'words' },
    columns: [column.name],
    coverage: all ? covered / all : 0,
    about,
  }
}
