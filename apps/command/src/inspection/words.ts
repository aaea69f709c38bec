/** How values, faults and states are said. */
import { type Field, sayValue, type Tone } from '@pentad/inspection/model'
import { language, type Say, sayNumber } from '@pentad/web/i18n.ts'

/** The sign of a state on the map: shape and colour together. */
export const signs: Record<Tone, string> = {
  ok: 'light-green',
  warn: 'light-yellow',
  bad: 'light-red',
  idle: 'light-rest',
  info: 'vehicle-still',
}

/** The sentence of a fault, by the last part of its code. */
export const sayFault = (code: string, details: Readonly<Record<string, unknown>>, say: Say): string =>
  say(`ledger.fault.${code.replace(/^pack\/ledger-(?:value-)?|^\w+\//, '')}`, details)

/** A value as the panel shows it; money with its yuan, pictures and outlines by their number. */
export function sayField(f: Field, value: unknown, say: Say): string {
  if (value === undefined || value === null || value === '') return '–'
  if (f.type === 'photo') return Array.isArray(value) ? say('ledger.photos', { n: value.length }) : '–'
  if (f.type === 'area') return Array.isArray(value) ? say('ledger.corners', { n: value.length }) : '–'
  if (f.type === 'money' && typeof value === 'number') return `¥${sayNumber(value / 100)}`
  if ((f.type === 'number' || f.type === 'integer') && typeof value === 'number')
    return f.unit ? `${sayNumber(value)} ${f.unit}` : sayNumber(value)
  return sayValue(f, value, language.value)
}
