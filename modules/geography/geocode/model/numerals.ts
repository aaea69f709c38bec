/** Numbers as they are written or spoken in an address: 36, ３６, 三十六, 一百二十八, 幺零二, 两百. Pure. */

const digits: Readonly<Record<string, number>> = {
  零: 0,
  〇: 0,
  一: 1,
  幺: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
  壹: 1,
  贰: 2,
  叁: 3,
  肆: 4,
  伍: 5,
  陆: 6,
  柒: 7,
  捌: 8,
  玖: 9,
}
const units: Readonly<Record<string, number>> = { 十: 10, 拾: 10, 百: 100, 佰: 100, 千: 1000, 仟: 1000 }

/** One class of a regular expression: any sign of a number. */
export const numeralSigns = '0-9零〇一幺二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟'

/** The value; undefined where the signs make no number. */
export function numberOf(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  const mixed = /^(\d+)([十百千])$/.exec(text)
  if (mixed) return Number(mixed[1]) * (units[mixed[2] ?? ''] ?? 1)
  const signs = [...text]
  if (signs.length === 0 || signs.some((s) => digits[s] === undefined && units[s] === undefined)) return undefined
  if (signs.every((s) => digits[s] !== undefined)) return signs.reduce((n, s) => n * 10 + (digits[s] ?? 0), 0)
  let total = 0
  let digit: number | undefined
  let unit = 1
  for (const sign of signs) {
    const value = units[sign]
    if (value === undefined) digit = digits[sign] ?? 0
    else {
      total += (digit ?? 1) * value
      digit = undefined
      unit = value
    }
    if (sign === '零' || sign === '〇') unit = 10
  }
  // 一百二 is 120, 一百零二 is 102.
  if (digit !== undefined) total += digit * (unit >= 100 ? unit / 10 : 1)
  return total
}

const words = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'] as const
/** 1–99 in Chinese signs, as lanes are counted: 十四条. */
export function inChinese(n: number): string {
  if (n < 10) return words[n] ?? ''
  const tens = Math.floor(n / 10)
  return `${tens > 1 ? words[tens] : ''}十${n % 10 ? words[n % 10] : ''}`
}
