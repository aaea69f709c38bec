/** Chinese numerals of articles, paragraphs and items: 一 … 九千九百九十九. Pure. */
const digits = '零一二三四五六七八九'
const places = [
  { sign: '千', worth: 1000 },
  { sign: '百', worth: 100 },
  { sign: '十', worth: 10 },
] as const

/** 十二 is 12, 一百零三 is 103; undefined where the text is no numeral. */
export function readNumeral(text: string): number | undefined {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  const plain = text.replaceAll('〇', '零').replaceAll('两', '二')
  if (!/^[零一二三四五六七八九十百千]+$/.test(plain)) return undefined
  let sum = 0
  let held = 0
  for (const sign of plain) {
    const place = places.find((p) => p.sign === sign)
    if (!place) held = digits.indexOf(sign)
    else {
      sum += (held || 1) * place.worth
      held = 0
    }
  }
  return sum + held
}

/** 12 is 十二, 103 is 一百零三. From 1 to 9999. */
export function sayNumeral(n: number): string {
  let rest = n
  let said = ''
  let gap = false
  for (const { sign, worth } of places) {
    const digit = Math.floor(rest / worth)
    rest %= worth
    if (digit === 0) {
      gap = said !== ''
      continue
    }
    if (gap) said += '零'
    gap = false
    // 十二 at the beginning, 一百一十二 inside.
    said += (worth === 10 && digit === 1 && said === '' ? '' : digits[digit]) + sign
  }
  if (rest > 0) said += (gap ? '零' : '') + digits[rest]
  return said
}
