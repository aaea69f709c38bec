/** Where a law says it: `law#12-1.2.3` in tables, 《…》第十二条之一第二款第（三）项 in words. Pure. */
import { readNumeral, sayNumeral } from './numerals.ts'

/** A place inside a law. `sub` is 0 except for 第…条之…; paragraph 款 and item 项 may be left out. */
export interface Place {
  no: number
  sub: number
  paragraph?: number
  item?: number
}
export interface LawRef extends Place {
  law: string
}
export interface Citation extends Place {
  title: string
}

const number = '[0-9零〇一二三四五六七八九十百千两]+'
const placeWords = `第(${number})条(?:之(${number}))?(?:第(${number})款)?(?:第[（(]?(${number})[）)]?项)?`

function placeFrom(parts: readonly (string | undefined)[]): Place | undefined {
  const [no, sub, paragraph, item] = parts.map((p) => (p === undefined ? undefined : readNumeral(p)))
  if (!no) return undefined
  return { no, sub: sub ?? 0, ...(paragraph ? { paragraph } : {}), ...(item ? { item } : {}) }
}

/** `bj-appearance#35.1` : article 35, paragraph 1. `#12-1.2.3`: 第十二条之一第二款第（三）项. An item always names its paragraph. */
export function readLawRef(words: string): LawRef | undefined {
  const found = /^([\p{L}\p{N}][\p{L}\p{N}._-]*)#(\d{1,4})(?:-(\d{1,3}))?(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?$/u.exec(words)
  const [, law, ...parts] = found ?? []
  const place = law ? placeFrom(parts) : undefined
  return law && place ? { law, ...place } : undefined
}
export const sayLawRef = ({ law, no, sub, paragraph, item }: LawRef): string =>
  `${law}#${no}${sub ? `-${sub}` : ''}${paragraph ? `.${paragraph}` : item ? '.1' : ''}${item ? `.${item}` : ''}`

export const sayPlace = ({ no, sub, paragraph, item }: Place): string =>
  `第${sayNumeral(no)}条${sub ? `之${sayNumeral(sub)}` : ''}${paragraph ? `第${sayNumeral(paragraph)}款` : ''}${item ? `第（${sayNumeral(item)}）项` : ''}`
export const sayCitation = (c: Citation): string => `《${c.title}》${sayPlace(c)}`
/** The same in English: art. 12-1(2)(3). */
export const sayPlaceEn = ({ no, sub, paragraph, item }: Place): string =>
  `art. ${no}${sub ? `-${sub}` : ''}${paragraph ? `(${paragraph})` : ''}${item ? `(${item})` : ''}`

/** Every citation of a text. A bare 第…条 at the beginning of a sentence belongs to the law named before it. */
export function citationsIn(text: string): Citation[] {
  const found = new Map<string, Citation>()
  const seeking = new RegExp(`(?:《([^《》]{2,80})》[，,：:\\s]*|(?<=[。；;\\s])[0-9、.]{0,3})${placeWords}`, 'g')
  let title = ''
  for (const match of text.matchAll(seeking)) {
    const [, named, ...parts] = match
    title = named ?? title
    const place = placeFrom(parts)
    if (title && place) found.set(sayCitation({ title, ...place }), { title, ...place })
  }
  return [...found.values()]
}
export const readCitation = (words: string): Citation | undefined => citationsIn(words)[0]

/** Titles as one compares them: short and full names of a law are one. */
export const plainTitle = (title: string): string =>
  title
    .replace(/[（(](?:\d{4}|修订|修正|演示)[^）)]*[）)]/g, '')
    .replaceAll('中华人民共和国', '')
    .replaceAll(/[《》\s]/g, '')

/** Anchor of an article on its law's page: `#a12`, `#a12-1`. */
export const anchorOf = ({ no, sub }: Pick<Place, 'no' | 'sub'>): string => `a${no}${sub ? `-${sub}` : ''}`
