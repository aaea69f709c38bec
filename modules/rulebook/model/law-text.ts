/** A law's text, cut into its articles. Pure; what is cut out, put together again, is the text as it was given. */
import type { Place } from './citations.ts'
import { readNumeral } from './numerals.ts'

export interface Article {
  no: number
  /** 第十二条之一 is 12, 1; else 0. */
  sub: number
  chapter: string
  section: string
  /** Its lines, without its number: a line is a paragraph 款, or an item 项 where it begins with （一）. */
  text: string
  /** The line of the file on which it begins, from 1. */
  line: number
}
export interface LawText {
  title: string
  /** The lines before the text itself: who passed it, when it was changed. */
  history: string[]
  articles: Article[]
}

const articleLine = /^第([零〇一二三四五六七八九十百千]+)条(?:之([一二三四五六七八九十]+))?(?:[\s　]+|$)(.*)$/
const headLine = /^#{2,4}\s+(.*)$/
const endOfHistory = /^<!--.*-->$/

export function readLawText(text: string): LawText {
  const law: LawText = { title: '', history: [], articles: [] }
  let chapter = ''
  let section = ''
  let begun = false
  let article: (Omit<Article, 'text'> & { lines: string[] }) | undefined
  const finish = (): void => {
    if (article) {
      const { lines, ...rest } = article
      law.articles.push({ ...rest, text: lines.filter(Boolean).join('\n') })
    }
    article = undefined
  }
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/^\uFEFF/, '').trim()
    const head = headLine.exec(line)?.[1]?.replaceAll(/[\s　]+/g, ' ')
    const start = articleLine.exec(line)
    const no = start?.[1] ? readNumeral(start[1]) : undefined
    if (/^#\s/.test(line)) law.title = line.slice(1).trim()
    else if (head !== undefined) {
      finish()
      begun = true
      if (/^第[^章编]*节/.test(head)) section = head
      else {
        // A part (编) stands above its chapters: both are said.
        chapter = /^第.*章/.test(head) && /^第\S*编/.test(chapter) ? `${chapter.split(' / ')[0]} / ${head}` : head
        section = ''
      }
    } else if (start && no) {
      finish()
      begun = true
      const sub = start[2] ? (readNumeral(start[2]) ?? 0) : 0
      article = { no, sub, chapter, section, line: i + 1, lines: [start[3]?.trim() ?? ''] }
    } else if (article) article.lines.push(line)
    else if (!begun && line && !endOfHistory.test(line)) law.history.push(line)
  }
  finish()
  return law
}

export interface Paragraph {
  text: string
  items: { no: number; text: string }[]
}
const itemLine = /^[（(]([零〇一二三四五六七八九十百]+)[）)]\s*(.*)$/

/** The paragraphs 款 of an article with their items 项. */
export function paragraphsOf(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = []
  for (const line of text.split('\n')) {
    const found = itemLine.exec(line)
    const no = found?.[1] ? readNumeral(found[1]) : undefined
    const last = paragraphs.at(-1)
    if (no && last) last.items.push({ no, text: found?.[2] ?? '' })
    else paragraphs.push({ text: line, items: [] })
  }
  return paragraphs
}

/** The words that a place points at; undefined where the article has no such paragraph or item. */
export function wordsAt(text: string, { paragraph, item }: Pick<Place, 'paragraph' | 'item'>): string | undefined {
  const all = paragraphsOf(text)
  if (paragraph === undefined && item === undefined) return text
  const found = all[(paragraph ?? 1) - 1]
  return item === undefined ? found?.text : found?.items.find((i) => i.no === item)?.text
}

export const lawLevels = [
  'law', // 法律
  'administrative_regulation', // 行政法规
  'ministry_rule', // 部门规章
  'local_regulation', // 地方性法规
  'local_rule', // 地方政府规章
  'normative', // 规范性文件
] as const
export type LawLevel = (typeof lawLevels)[number]

export interface LawVersion {
  versionDate: string | null
  inForceFrom: string | null
  inForceTo: string | null
}
/** The version in force on a day. One without dates counts as always in force, but gives way to one that names its day. */
export function versionAt<V extends LawVersion>(versions: readonly V[], day: string): V | undefined {
  const from = (v: V): string => v.inForceFrom ?? v.versionDate ?? ''
  return versions
    .filter((v) => from(v) <= day && (v.inForceTo === null || day <= v.inForceTo))
    .sort((a, b) => from(a).localeCompare(from(b)))
    .at(-1)
}
