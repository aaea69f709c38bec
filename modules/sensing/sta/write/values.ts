/** What a body says, read property by property; what does not fit is 400 with its name. Pure. */
import { type Json, StaError } from '../resolve.ts'

/** Nested creations in one call. */
export const mostAtOnce = 10_000

export const bad = (message: string): never => {
  throw new StaError(400, message)
}
const isObject = (x: unknown): x is Json => typeof x === 'object' && x !== null && !Array.isArray(x)

export const bodyOf = (body: unknown): Json => (isObject(body) ? body : bad('A JSON object is wanted.'))

export function text(body: Json, name: string, needed = true): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return needed ? bad(`${name} is missing.`) : undefined
  if (typeof value !== 'string') return bad(`${name} must be text.`)
  // PostgreSQL keeps no NUL.
  return value.includes('\0') ? bad(`${name} has a sign that cannot be kept.`) : value
}
export const needed = (body: Json, name: string): string => text(body, name) ?? ''
export function object(body: Json, name: string, must = false): Json | undefined {
  const value = body[name]
  if (value === undefined || value === null) return must ? bad(`${name} is missing.`) : undefined
  return isObject(value) ? value : bad(`${name} must be an object.`)
}
export function anything(body: Json, name: string): unknown {
  return body[name] === undefined || body[name] === null ? bad(`${name} is missing.`) : body[name]
}
export const json = (value: unknown): string => JSON.stringify(value)
export const jsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value)

export function instant(value: unknown, name: string): Date {
  const zoned = typeof value === 'string' ? value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2') : ''
  const at = /^\d{4}-\d{2}-\d{2}/.test(zoned) ? new Date(zoned) : new Date(Number.NaN)
  return Number.isNaN(at.getTime()) ? bad(`${name} is no time of ISO 8601.`) : at
}
export function span(value: unknown, name: string): { from: Date; to: Date | null } {
  const [a, b, ...more] = typeof value === 'string' ? value.split('/') : []
  if (a === undefined || more.length > 0) return bad(`${name} is no time of ISO 8601.`)
  const from = instant(a, name)
  const to = b === undefined ? null : instant(b, name)
  return to && to < from ? bad(`${name} ends before it begins.`) : { from, to }
}

/** `{"@iot.id": 7}`: the number of what is there already. */
export function linked(x: unknown): number | undefined {
  if (!isObject(x) || x['@iot.id'] === undefined) return undefined
  const id = x['@iot.id']
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : bad('There is no such entity.')
}
