/** What a ledger is made of: fields, states, transitions, who may read and write. A schema is data; publishing it makes a version. */
import { type Role, roles } from '@pentad/identity/model'

export interface Text {
  readonly 'zh-CN': string
  readonly en: string
}

export const fieldTypes = [
  'text',
  'number',
  'integer',
  'money', // fen
  'date',
  'choice',
  'multi',
  'photo',
  'point',
  'area', // an outline: a ring of points
  'person', // a natural person, by name
  'party', // whom the law speaks to: a firm, a trader, a person
  'link', // an entry of another ledger
  'phone',
  'id-number', // GB 11643
  'credit-code', // GB 32100
] as const
export type FieldType = (typeof fieldTypes)[number]

/** Classes of fields (domain §1.4); from `personal` on they are shown masked (domain §9.3). */
export const dataClasses = ['public', 'internal', 'personal', 'sensitive'] as const
export type DataClass = (typeof dataClasses)[number]

/** What an entry is about. */
export const subjects = ['place', 'party', 'object', 'event'] as const
export type LedgerSubject = (typeof subjects)[number]

export const tones = ['ok', 'warn', 'bad', 'info', 'idle'] as const
export type Tone = (typeof tones)[number]

export interface Choice {
  value: string
  title: Text
}

export interface Field {
  /** Stable; a new name for the same thing is a new key with `was`. */
  key: string
  title: Text
  type: FieldType
  required: boolean
  dataClass: DataClass
  help?: Text | undefined
  /** Of a number: `m²`, `t`, `h`. */
  unit?: string | undefined
  /** The least and the most: of a number its value (money in fen), of a text its length. */
  from?: number | undefined
  to?: number | undefined
  /** The whole text must match. */
  pattern?: string | undefined
  choices?: readonly Choice[] | undefined
  /** The ledger that a link leads to. */
  ledger?: string | undefined
  /** The key that this field had in the version before. */
  was?: string | undefined
}

export interface State {
  key: string
  title: Text
  tone: Tone
  /** Nothing more is owed: no update is due, and it counts as done. */
  terminal: boolean
}

export interface Transition {
  from: string
  to: string
  name: Text
  /** Posts that may take it; none named means whoever may keep the ledger. */
  roles: readonly Role[]
  /** Fields that must be filled before. */
  required: readonly string[]
}

export interface LedgerSchema {
  id: string
  title: Text
  says: Text
  /** The major kind that it belongs to, in the city's own order of ledgers. */
  major: Text
  subject: LedgerSubject
  /** Made up by this project and to be replaced by the city's own: said wherever it is shown. */
  proposal: boolean
  fields: readonly Field[]
  /** The first is where an entry begins. */
  states: readonly State[]
  transitions: readonly Transition[]
  /** `{key}` stands for a field: `{name}（{street}）`. */
  titleTemplate: string
  /** Posts; none named means whoever holds the permission. */
  read: readonly Role[]
  write: readonly Role[]
  /** The unit that keeps it; of an entry without place, its area is where the entry counts. */
  keeper: string | null
  /** An entry is to be looked at again after so many days; null: never. */
  updateDays: number | null
}

export interface SchemaVersion {
  version: number
  schema: LedgerSchema
}

/** What is wrong with a schema, at which place of it. The sentence stands under `code`. */
export interface SchemaFault {
  path: string
  code: string
  details: Readonly<Record<string, string | number>>
}

const keyPattern = /^[a-z][a-z0-9_]{0,39}$/
export const ledgerIdPattern = /^[a-z][a-z0-9-]{1,39}$/
export const mostFields = 80

const twice = (words: readonly string[]): string[] => [...new Set(words.filter((w, i) => words.indexOf(w) !== i))]

/** Every fault of a schema; none means that it may be published. */
export function schemaFaults(s: LedgerSchema): SchemaFault[] {
  const faults: SchemaFault[] = []
  const say = (path: string, code: string, details: SchemaFault['details'] = {}) => faults.push({ path, code, details })
  if (!ledgerIdPattern.test(s.id)) say('id', 'pack/ledger-id', { id: s.id })
  if (s.fields.length === 0) say('fields', 'pack/ledger-no-fields')
  if (s.fields.length > mostFields) say('fields', 'pack/ledger-many-fields', { most: mostFields })
  for (const key of twice(s.fields.map((f) => f.key))) say('fields', 'pack/ledger-key-twice', { key })
  for (const key of twice(s.states.map((x) => x.key))) say('states', 'pack/ledger-key-twice', { key })
  if (s.states.length === 0) say('states', 'pack/ledger-no-states')
  for (const [i, f] of s.fields.entries()) fieldFaults(f, (code, details) => say(`fields.${i}`, code, details))
  const states = new Set(s.states.map((x) => x.key))
  const keys = new Set(s.fields.map((f) => f.key))
  for (const [i, x] of s.states.entries())
    if (!keyPattern.test(x.key)) say(`states.${i}`, 'pack/ledger-key', { key: x.key })
  for (const [i, t] of s.transitions.entries()) {
    for (const key of [t.from, t.to]) if (!states.has(key)) say(`transitions.${i}`, 'pack/ledger-no-state', { key })
    for (const key of t.required) if (!keys.has(key)) say(`transitions.${i}`, 'pack/ledger-no-field', { key })
  }
  for (const key of templateKeys(s.titleTemplate))
    if (!keys.has(key)) say('titleTemplate', 'pack/ledger-no-field', { key })
  if (templateKeys(s.titleTemplate).length === 0) say('titleTemplate', 'pack/ledger-no-title')
  for (const key of templateKeys(s.titleTemplate)) {
    const field = s.fields.find((f) => f.key === key)
    if (field && isMaskable(field.dataClass)) say('titleTemplate', 'pack/ledger-personal-title', { key })
  }
  for (const role of [...s.read, ...s.write, ...s.transitions.flatMap((t) => t.roles)])
    if (!roles.includes(role)) say('roles', 'pack/ledger-no-role', { role })
  if (s.updateDays !== null && !(Number.isInteger(s.updateDays) && s.updateDays > 0))
    say('updateDays', 'pack/ledger-update-days')
  return faults
}

function fieldFaults(f: Field, say: (code: string, details?: SchemaFault['details']) => void): void {
  if (!keyPattern.test(f.key)) say('pack/ledger-key', { key: f.key })
  if (reservedKeys.includes(f.key)) say('pack/ledger-key-reserved', { key: f.key })
  const chosen = f.type === 'choice' || f.type === 'multi'
  if (chosen && !f.choices?.length) say('pack/ledger-no-choices', { key: f.key })
  for (const value of twice((f.choices ?? []).map((c) => c.value))) say('pack/ledger-key-twice', { key: value })
  for (const { value } of f.choices ?? []) if (value.includes('|')) say('pack/ledger-choice-bar', { key: f.key, value })
  if (f.type === 'link' && !f.ledger) say('pack/ledger-no-link', { key: f.key })
  if (f.from !== undefined && f.to !== undefined && f.from > f.to) say('pack/ledger-range', { key: f.key })
  if (f.pattern !== undefined && !patternOf(f.pattern)) say('pack/ledger-pattern', { key: f.key })
}

/** Columns of a table of entries that are no fields. */
export const reservedKeys: readonly string[] = ['code', 'no', 'state', 'keeper', 'lon', 'lat', 'title', 'version']

/** The pattern over the whole text; undefined where it is none, or long enough to be a trap. */
export function patternOf(pattern: string): RegExp | undefined {
  // A repetition of a repetition can take for ever on a hostile text.
  if (pattern.length > 120 || /\([^)]*[+*}][^)]*\)[+*{]/.test(pattern)) return undefined
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch {
    return undefined
  }
}

export const templateKeys = (template: string): string[] => [...template.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '')

export const isMaskable = (dataClass: DataClass): boolean => dataClass === 'personal' || dataClass === 'sensitive'

/** The first field that says where an entry is. */
export const pointField = (s: Pick<LedgerSchema, 'fields'>): Field | undefined =>
  s.fields.find((f) => f.type === 'point')
export const outlineField = (s: Pick<LedgerSchema, 'fields'>): Field | undefined =>
  s.fields.find((f) => f.type === 'area')

export const fieldOf = (s: Pick<LedgerSchema, 'fields'>, key: string): Field | undefined =>
  s.fields.find((f) => f.key === key)
export const stateOf = (s: Pick<LedgerSchema, 'states'>, key: string): State | undefined =>
  s.states.find((x) => x.key === key)
