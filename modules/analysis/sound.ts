/** Pinyin of a name, in full and by initials: how it is typed by those who do not switch their keyboard. */
import { pinyin } from 'pinyin-pro'

const chinese = /[一-鿿]/
const known = new Map<string, string>()
/** Names of components repeat a thousand times. */
const mostKnown = 50_000

/** `dongzhimen` and `dzm`, a line each; nothing for a name without Chinese letters. */
export function soundOf(name: string): string {
  if (!chinese.test(name)) return ''
  const before = known.get(name)
  if (before !== undefined) return before
  const syllables = pinyin(name, { toneType: 'none', type: 'array', nonZh: 'consecutive', v: true }).map((s) =>
    s.trim(),
  )
  const sound = `${syllables.join('')}\n${syllables.map((s) => (/^[a-z]+$/.test(s) ? s.slice(0, 1) : s)).join('')}`
  if (known.size >= mostKnown) known.clear()
  known.set(name, sound)
  return sound
}
