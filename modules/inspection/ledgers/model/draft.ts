/** A schema while it is being made on the screen. Pure. */
import type { Field, LedgerSchema, State } from './schema.ts'

export const plainStates: readonly State[] = [
  { key: 'active', title: { 'zh-CN': '在册', en: 'On the list' }, tone: 'ok', terminal: false },
  { key: 'ended', title: { 'zh-CN': '已注销', en: 'Off the list' }, tone: 'idle', terminal: true },
]

export const emptySchema = (id: string): LedgerSchema => ({
  id,
  title: { 'zh-CN': '', en: '' },
  says: { 'zh-CN': '', en: '' },
  major: { 'zh-CN': '', en: '' },
  subject: 'place',
  proposal: false,
  fields: [
    { key: 'name', title: { 'zh-CN': '名称', en: 'Name' }, type: 'text', required: true, dataClass: 'public', to: 120 },
    { key: 'place', title: { 'zh-CN': '位置', en: 'Place' }, type: 'point', required: false, dataClass: 'public' },
  ],
  states: plainStates,
  transitions: [
    { from: 'active', to: 'ended', name: { 'zh-CN': '注销', en: 'Take off' }, roles: [], required: [] },
    { from: 'ended', to: 'active', name: { 'zh-CN': '恢复', en: 'Put back' }, roles: [], required: [] },
  ],
  titleTemplate: '{name}',
  read: [],
  write: [],
  keeper: null,
  updateDays: 90,
})

/** A key that the schema does not have yet. */
export function freeKey(fields: readonly Field[]): string {
  const keys = new Set(fields.map((f) => f.key))
  let n = fields.length + 1
  while (keys.has(`f${n}`)) n++
  return `f${n}`
}

/** The list with one item moved by a place; at either end it stays. */
export function moved<T>(items: readonly T[], at: number, by: 1 | -1): T[] {
  const next = [...items]
  const to = at + by
  const [item, other] = [next[at], next[to]]
  if (item === undefined || other === undefined) return next
  next[at] = other
  next[to] = item
  return next
}
