/** Why a case may be the same matter, in words. Pure. */
import { samePhotoBits } from '@pentad/evidence/model'
import { HOUR } from '@pentad/platform/time'
import { sayLength } from '@pentad/web/time.ts'
import type { DuplicateFound } from './asked.ts'

type Say = (key: string, details?: Record<string, unknown>) => string

/** “同小类 · 相距 18 米 · 2 小时前 · 都提到…· 文字相似 0.71 · 照片相同”; `ago` where the other report is being written now. */
export function sayReasons({ reasons }: Pick<DuplicateFound, 'reasons'>, ago: boolean, say: Say): string[] {
  const { distanceM, hours, places, likeness, photoBits } = reasons
  const metres = Math.round(distanceM)
  const length = sayLength(hours * HOUR, say)
  return [
    say(`duplicates.class.${reasons.class}`),
    metres === 0 ? say('duplicates.here') : say('duplicates.distance', { n: metres }),
    say(ago ? 'duplicates.ago' : 'duplicates.apart', { length }),
    ...(places[0] ? [say('duplicates.places', { words: places[0] })] : []),
    ...(likeness === null ? [] : [say('duplicates.likeness', { n: likeness.toFixed(2) })]),
    ...(photoBits === null ? [] : [say(photoBits <= samePhotoBits ? 'duplicates.photoSame' : 'duplicates.photoAlike')]),
  ]
}

/** A list that is not in force has no classes to report under: its cases can be looked at, not joined. */
export const mayJoin = ({ reasons }: Pick<DuplicateFound, 'reasons'>): boolean => reasons.class !== 'mapped'
