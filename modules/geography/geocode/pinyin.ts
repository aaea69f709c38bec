/** Sounds of names: syllables for what was heard wrong, whole pinyin and initials for what is typed. */
import { pinyin } from 'pinyin-pro'

/** Names that Beijing says in its own way. */
const said: Readonly<Record<string, string>> = {
  大栅栏: 'da shi lan',
  什刹海: 'shi cha hai',
  校场: 'jiao chang',
  教场: 'jiao chang',
  北官厅: 'bei guan ting',
  柏林: 'bai lin',
  厂: 'chang',
}

const bySign = new Map<string, string>()
/** The commonest reading of one sign, without tone. */
export function syllableOf(sign: string): string {
  let syllable = bySign.get(sign)
  if (syllable === undefined) {
    syllable = /[\u4e00-\u9fff]/.test(sign) ? pinyin(sign, { toneType: 'none', v: true }) : sign
    bySign.set(sign, syllable)
  }
  return syllable
}

/** Syllables that are often heard or typed for one another become one: zh/z, ch/c, sh/s, -ng/-n, n-/l-. */
export const soundOf = (sign: string): string =>
  syllableOf(sign)
    .replace(/^([zcs])h/, '$1')
    .replace(/ng$/, 'n')
    .replace(/^l/, 'n')

/** Syllables of a name as one reads it. */
export function syllablesOf(name: string): string[] {
  for (const [part, reading] of Object.entries(said)) {
    const at = name.indexOf(part)
    if (at >= 0)
      return [...syllablesOf(name.slice(0, at)), ...reading.split(' '), ...syllablesOf(name.slice(at + part.length))]
  }
  return name === '' ? [] : pinyin(name, { toneType: 'none', type: 'array', v: true, nonZh: 'consecutive' })
}
