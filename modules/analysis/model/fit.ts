/** Does a thing that its keys proposed really fit what was asked, and how well? Pure. */
import type { Asked } from './asked.ts'
import { type Doc, textsOf } from './doc.ts'
import { type Letters, lettersOf, stands } from './letters.ts'

/** The smaller the better. */
export const fits = ['number', 'title', 'numberEnd', 'titleStart', 'inTitle', 'sound', 'elsewhere'] as const
export type Fit = (typeof fits)[number]

export type Fitting = Pick<Doc, 'titleZh' | 'titleEn' | 'noteZh' | 'noteEn' | 'also' | 'sound' | 'numberWord'>

/**
 * How well the thing fits by its worst word; null when a word is not there: two words may share their pairs of letters.
 * `meant[i]` says that word i is already met by what it means (a class, an area).
 */
export function fitOf(thing: Fitting, { words }: Asked, meant: readonly boolean[] = []): Fit | null {
  const titles = [thing.titleZh, thing.titleEn].map(lettersOf)
  let sounds: Letters[] | undefined
  let rest: Letters[] | undefined
  let worst = 0
  for (const [i, { word, numberKey }] of words.entries()) {
    let fit: Fit | null = null
    if (numberKey !== null && thing.numberWord?.endsWith(word)) fit = thing.numberWord === word ? 'number' : 'numberEnd'
    else if (titles.some((t) => t.word === word)) fit = 'title'
    else if (titles.some((t) => t.word.startsWith(word))) fit = 'titleStart'
    else if (titles.some((t) => stands(word, t))) fit = 'inTitle'
    else {
      sounds ??= thing.sound.split('\n').map(lettersOf)
      if (sounds.some((s) => s.word.startsWith(word))) fit = 'titleStart'
      else if (sounds.some((s) => stands(word, s))) fit = 'sound'
      else {
        rest ??= textsOf(thing).map(lettersOf)
        if (rest.some((t) => stands(word, t)) || meant[i] === true) fit = 'elsewhere'
      }
    }
    if (fit === null) return null
    worst = Math.max(worst, fits.indexOf(fit))
  }
  return fits[worst] ?? null
}
