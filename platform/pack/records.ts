/**
 * Records of a CSV text, one at a time, each with the line it begins on. Forgiving where nothing is lost by it (quotes inside
 * a word); a record that cannot be told from its neighbours is named, and reading goes on with the next line.
 */

export type Record =
  | { line: number; fields: string[] }
  /** A quote was opened and never closed. */
  | { line: number; broken: string }

/** A quoted field longer than this is a quote that was never closed. */
const longestField = 200_000

type Read = { fields: string[]; next: number } | 'more' | 'broken'

export async function* recordsOf(text: AsyncIterable<string>, delimiter: string): AsyncGenerator<Record> {
  let rest = ''
  let line = 1
  for await (const chunk of text) {
    rest += chunk
    const read = takeFrom(rest, { delimiter, line, last: false })
    yield* read.records
    rest = rest.slice(read.next)
    line = read.line
  }
  yield* takeFrom(rest, { delimiter, line, last: true }).records
}

interface Taking {
  delimiter: string
  line: number
  /** Nothing comes after this text. */
  last: boolean
}

/** All whole records at the beginning of a text. */
export function takeFrom(
  text: string,
  { delimiter, line, last }: Taking,
): { records: Record[]; next: number; line: number } {
  const records: Record[] = []
  let at = 0
  while (at < text.length) {
    const read = readRecord(text, at, { delimiter, last })
    if (read === 'more') break
    if (read === 'broken') {
      const end = endOfLine(text, at)
      if (end < 0 && !last) break
      const next = end < 0 ? text.length : end
      records.push({ line, broken: text.slice(at, next).trimEnd() })
      at = next
      line++
      continue
    }
    // A line of nothing is no row.
    if (read.fields.some((f) => f.trim() !== '')) records.push({ line, fields: read.fields })
    line += linesIn(text, at, read.next)
    at = read.next
  }
  return { records, next: at, line }
}

function readRecord(text: string, from: number, { delimiter, last }: Pick<Taking, 'delimiter' | 'last'>): Read {
  const fields: string[] = []
  let at = from
  for (;;) {
    let field = ''
    if (text[at] === '"') {
      const quoted = readQuoted(text, at, last)
      if (quoted === 'more' || quoted === 'broken') return quoted
      field = quoted.value
      at = quoted.next
    }
    let end = at
    while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++
    if (end >= text.length && !last) return 'more'
    fields.push(field + text.slice(at, end))
    const sign = text[end]
    if (sign === delimiter) {
      at = end + 1
      continue
    }
    // `\r\n` may be cut by the end of the chunk.
    if (sign === '\r' && end + 1 >= text.length && !last) return 'more'
    return { fields, next: Math.min(text.length, sign === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1) }
  }
}

function readQuoted(text: string, from: number, last: boolean): { value: string; next: number } | 'more' | 'broken' {
  let value = ''
  let at = from + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return last || text.length - from > longestField ? 'broken' : 'more'
    if (quote - from > longestField) return 'broken'
    value += text.slice(at, quote)
    if (text[quote + 1] !== '"') {
      if (quote + 1 >= text.length && !last) return 'more'
      return { value, next: quote + 1 }
    }
    value += '"'
    at = quote + 2
  }
}

/** Where the next line begins; negative when it has not come yet. */
function endOfLine(text: string, from: number): number {
  const end = /\r\n|\n|\r/g
  end.lastIndex = from
  const found = end.exec(text)
  return found ? found.index + found[0].length : -1
}

function linesIn(text: string, from: number, to: number): number {
  let lines = 0
  for (let i = from; i < to; i++) {
    if (text[i] === '\n' || (text[i] === '\r' && text[i + 1] !== '\n')) lines++
  }
  return lines
}

const delimiters = [',', ';', '\t', '|'] as const

/** The sign that cuts the sample into the most columns, the same number in nearly every row. */
export function delimiterOf(sample: string): string {
  let best = { delimiter: ',', score: 0 }
  for (const delimiter of delimiters) {
    const { records } = takeFrom(sample, { delimiter, line: 1, last: true })
    const widths = records.slice(0, 100).map((r) => ('fields' in r ? r.fields.length : 0))
    const width = commonest(widths)
    const share = widths.filter((w) => w === width).length / Math.max(1, widths.length)
    const score = width > 1 ? share * 10 + Math.log(width) : 0
    if (score > best.score) best = { delimiter, score }
  }
  return best.delimiter
}

export function commonest(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const n of numbers) counts.set(n, (counts.get(n) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}
