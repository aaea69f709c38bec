/** An entry keeps the version it was made under; whoever opens it sees it in the newest. Pure. */
import type { Field, LedgerSchema, SchemaVersion } from './schema.ts'
import { faultsIn, isEmpty, tidy, type Values } from './values.ts'

export interface Migrated {
  values: Values
  state: string
  /** What the newer version has no place for; it stays in the entry's history. */
  left: Values
  /** Keys that the newer version asks for and the entry does not have, or that no longer fit. */
  owed: string[]
}

/** A value in the type that its field has now; undefined where nothing can be made of it. */
function converted(from: Field | undefined, to: Field, value: unknown): unknown {
  const fits = (v: unknown) => faultsIn({ fields: [{ ...to, required: false }] }, { [to.key]: v }).length === 0
  if (fits(value)) return value
  const tries: unknown[] = []
  if (typeof value === 'string') {
    const byTitle = to.choices?.find((c) => c.title['zh-CN'] === value || c.title.en === value)?.value
    tries.push(byTitle, [byTitle], value.trim() === '' ? undefined : Number(value), [value])
  }
  if (typeof value === 'number') tries.push(String(value), Math.round(value))
  if (Array.isArray(value) && value.length === 1) tries.push(value[0])
  if (Array.isArray(value)) tries.push(value.map(String).join('、'))
  const title = from?.choices?.find((c) => c.value === value)?.title['zh-CN']
  tries.push(title)
  // A number becomes another number only without loss.
  const lossless = (v: unknown) => !(typeof value === 'number' && typeof v === 'number' && v !== value)
  return tries.find((v) => v !== undefined && !isEmpty(v) && lossless(v) && fits(v))
}

/** One version further: renamed keys move, types are converted where nothing is lost, the rest is left behind. */
export function step(before: LedgerSchema, after: LedgerSchema, values: Values, state: string): Omit<Migrated, 'owed'> {
  const next: Record<string, unknown> = {}
  const used = new Set<string>()
  for (const f of after.fields) {
    // A key that is there again under its own name is that field, whatever it says it was.
    const source = before.fields.some((b) => b.key === f.key) ? f.key : (f.was ?? f.key)
    const value = values[source]
    if (isEmpty(value)) continue
    const fitting = converted(
      before.fields.find((b) => b.key === source),
      f,
      value,
    )
    if (fitting === undefined) continue
    next[f.key] = fitting
    used.add(source)
  }
  const left = Object.fromEntries(Object.entries(values).filter(([k, v]) => !used.has(k) && !isEmpty(v)))
  const known = after.states.some((s) => s.key === state)
  return { values: tidy(after, next), left, state: known ? state : (after.states[0]?.key ?? state) }
}

/** From the version that an entry has to the newest of `versions` (in order, the first is what the entry has). */
export function migrated(versions: readonly SchemaVersion[], values: Values, state: string): Migrated {
  let now: Omit<Migrated, 'owed'> = { values, state, left: {} }
  for (let i = 1; i < versions.length; i++) {
    const [before, after] = [versions[i - 1], versions[i]]
    if (!before || !after) continue
    const further = step(before.schema, after.schema, now.values, now.state)
    now = { ...further, left: { ...now.left, ...further.left } }
  }
  const newest = versions.at(-1)?.schema
  const owed = newest ? [...new Set(faultsIn(newest, now.values).map((f) => f.field))] : []
  return { ...now, owed }
}

/** The keys that a field has had, newest first: for questions over entries of all versions. */
export function keysThrough(versions: readonly SchemaVersion[], key: string): string[] {
  const keys = [key]
  let now = key
  for (let i = versions.length - 1; i > 0; i--) {
    const field = versions[i]?.schema.fields.find((f) => f.key === now)
    const before = versions[i - 1]?.schema
    if (field?.was && before?.fields.some((f) => f.key === field.was) && !before.fields.some((f) => f.key === now)) {
      now = field.was
      keys.push(now)
    }
  }
  return keys
}

/** What publishing would do, told before it is done. */
export interface SchemaChange {
  added: string[]
  removed: string[]
  renamed: { from: string; to: string }[]
  retyped: string[]
}
export function schemaChange(before: LedgerSchema, after: LedgerSchema): SchemaChange {
  const had = new Map(before.fields.map((f) => [f.key, f]))
  const renamed = after.fields.flatMap((f) =>
    f.was && had.has(f.was) && !had.has(f.key) ? [{ from: f.was, to: f.key }] : [],
  )
  const moved = new Set(renamed.map((r) => r.from))
  const has = new Set(after.fields.map((f) => f.key))
  return {
    added: after.fields.filter((f) => !had.has(f.key) && !renamed.some((r) => r.to === f.key)).map((f) => f.key),
    removed: before.fields.filter((f) => !has.has(f.key) && !moved.has(f.key)).map((f) => f.key),
    renamed,
    retyped: after.fields.filter((f) => had.has(f.key) && had.get(f.key)?.type !== f.type).map((f) => f.key),
  }
}
