/** What was said, made plain for matching; every sign knows where it stood, so that a page can underline it. Pure. */
import { inChinese } from './model/numerals.ts'

export interface Plain {
  /** One sign each; Latin in small letters, a single space between Latin words. */
  signs: readonly string[]
  /** Where each sign stood in what was said: [from, to). */
  from: readonly number[]
  to: readonly number[]
}

const traditional: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...'東东門门內内號号樓楼區区衚胡衕同條条裡里橋桥鼓鼓鑼锣護护國国壇坛龍龙廣广陽阳豐丰寧宁興兴園园廠厂庫库際际寶宝銀银錢钱馬马機机場场醫医學学館馆點点對对邊边側侧東东雙双舊旧華华報报',
  ].reduce<[string, string][]>((pairs, sign, i, all) => {
    if (i % 2 === 0 && sign !== all[i + 1]) pairs.push([sign, all[i + 1] ?? sign])
    return pairs
  }, []),
)

const isLatin = (sign: string): boolean => /[a-z0-9]/.test(sign)
/** What is said while one thinks; it must not become part of a name. */
const fillers = /就是说|就是|就在|就那|那个|这个|麻烦|嘛|呗|啊|哎|喂|就/g
const passedOver = /[\s'’‘`·.,,。、;;::!!??"“”《》<>〈〉【】[\]()()~~…*#@&/\\|_-]/

/** Full width to half, traditional to simplified for the signs of addresses, counted lanes in Chinese numerals. */
export function plainOf(said: string): Plain {
  const signs: string[] = []
  const from: number[] = []
  const to: number[] = []
  const put = (sign: string, a: number, b: number): void => {
    signs.push(sign)
    from.push(a)
    to.push(b)
  }
  let at = 0
  for (const raw of said.replace(fillers, (filler) => ' '.repeat(filler.length).replace(' ', '、'))) {
    const end = at + raw.length
    for (const wide of raw.normalize('NFKC').toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')) {
      const sign = traditional[wide] ?? wide
      if (/['’‘`]/.test(sign) && isLatin(signs.at(-1) ?? ' ')) continue
      // One sign, one unit: what lies beyond the common plane is in no address.
      if (!passedOver.test(sign)) put(sign.length > 1 ? '\uFFFD' : sign, at, end)
      else if (/[&]/.test(sign)) put('与', at, end)
      // A pause ends a name; between Chinese signs a blank is only careless.
      else if (signs.at(-1) !== ' ' && (!/\s/.test(sign) || isLatin(signs.at(-1) ?? ''))) put(' ', at, end)
    }
    at = end
  }
  return counted({ signs, from, to })
}

/** 东四4条 is 东四四条, 和平里7区 is 和平里七区. */
function counted({ signs, from, to }: Plain): Plain {
  const text = signs.join('')
  const out = { signs: [] as string[], from: [] as number[], to: [] as number[] }
  let last = 0
  for (const found of text.matchAll(/(?<![\d号院楼])([1-9]\d?)(?=(条|巷|区)(?!\d*号?楼))/g)) {
    const [a, b] = [found.index, found.index + (found[1]?.length ?? 0)]
    if (!/[\u4e00-\u9fff]/.test(text[a - 1] ?? '')) continue
    for (let i = last; i < a; i++) copy(i)
    for (const sign of inChinese(Number(found[1]))) {
      out.signs.push(sign)
      out.from.push(from[a] ?? 0)
      out.to.push(to[b - 1] ?? 0)
    }
    last = b
  }
  for (let i = last; i < signs.length; i++) copy(i)
  return out

  function copy(i: number): void {
    out.signs.push(signs[i] ?? '')
    out.from.push(from[i] ?? 0)
    out.to.push(to[i] ?? 0)
  }
}

/** The plain text alone: the key under which said words are remembered. */
export const keyOf = (said: string): string => plainOf(said).signs.join('').replaceAll(' ', '')
