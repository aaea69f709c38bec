/** JSON Patch (RFC 6902): a document changed step by step. Pure; what is given stays as it is. */

export class PatchError extends Error {}

type Json = unknown
type Step = { op: string; path: string; from?: string; value?: Json }

const isObject = (x: Json): x is Record<string, Json> => typeof x === 'object' && x !== null && !Array.isArray(x)

/** `/a~1b/0` in its parts (RFC 6901). */
export function pointerOf(text: unknown): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')))
    throw new PatchError(`${String(text)} is no JSON Pointer`)
  const parts = text
    .split('/')
    .slice(1)
    .map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (parts.includes('__proto__')) throw new PatchError('__proto__ is no name')
  return parts
}

const indexIn = (list: readonly Json[], name: string, most: number): number => {
  if (!/^(0|[1-9]\d{0,8})$/.test(name) || Number(name) > most)
    throw new PatchError(`${name} is no place in a list of ${list.length}`)
  return Number(name)
}

function valueAt(document: Json, path: readonly string[]): Json {
  return path.reduce<Json>((at, name) => {
    if (Array.isArray(at)) return at[indexIn(at, name, at.length - 1)]
    if (isObject(at) && Object.hasOwn(at, name)) return at[name]
    throw new PatchError(`there is no /${path.join('/')}`)
  }, document)
}

/** The document with one place changed; only what leads there is made anew. */
function changedAt(document: Json, path: readonly string[], change: (parent: Json, name: string) => Json): Json {
  const [name, ...rest] = path
  if (name === undefined) throw new PatchError('the whole cannot be replaced')
  if (rest.length === 0) return change(document, name)
  const inner = changedAt(valueAt(document, [name]), rest, change)
  if (Array.isArray(document)) return document.with(indexIn(document, name, document.length - 1), inner)
  return { ...(document as Record<string, Json>), [name]: inner }
}

const added =
  (value: Json) =>
  (parent: Json, name: string): Json => {
    if (Array.isArray(parent))
      return parent.toSpliced(name === '-' ? parent.length : indexIn(parent, name, parent.length), 0, value)
    if (isObject(parent)) return { ...parent, [name]: value }
    throw new PatchError(`nothing can be added at ${name}`)
  }
function removed(parent: Json, name: string): Json {
  if (Array.isArray(parent)) return parent.toSpliced(indexIn(parent, name, parent.length - 1), 1)
  if (!isObject(parent) || !Object.hasOwn(parent, name)) throw new PatchError(`there is no ${name} to remove`)
  return Object.fromEntries(Object.entries(parent).filter(([key]) => key !== name))
}
const replaced =
  (value: Json) =>
  (parent: Json, name: string): Json => {
    valueAt(parent, [name])
    return Array.isArray(parent)
      ? parent.with(Number(name), value)
      : { ...(parent as Record<string, Json>), [name]: value }
  }

/** Numbers by their value, objects whatever the order of their names (§4.6). */
export function sameJson(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => sameJson(x, b[i]))
  if (!isObject(a) || !isObject(b)) return a === b
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((n) => Object.hasOwn(b, n) && sameJson(a[n], b[n]))
}

function stepped(document: Json, step: Step): Json {
  const path = pointerOf(step.path)
  if (['add', 'replace', 'test'].includes(step.op) && step.value === undefined)
    throw new PatchError(`${step.op} lacks a value`)
  switch (step.op) {
    case 'add':
      return changedAt(document, path, added(step.value))
    case 'remove':
      return changedAt(document, path, removed)
    case 'replace':
      return changedAt(document, path, replaced(step.value))
    case 'copy':
      return changedAt(document, path, added(valueAt(document, pointerOf(step.from))))
    case 'move': {
      const from = pointerOf(step.from)
      if (path.length > from.length && from.every((name, i) => path[i] === name))
        throw new PatchError('nothing can be moved into itself')
      const value = valueAt(document, from)
      return changedAt(changedAt(document, from, removed), path, added(value))
    }
    case 'test':
      if (!sameJson(valueAt(document, path), step.value))
        throw new PatchError(`${step.path} is not as it was tested for`)
      return document
    default:
      throw new PatchError(`${String(step.op)} is no step of a JSON Patch`)
  }
}

export function patched(document: Readonly<Record<string, Json>>, patch: unknown): Record<string, Json> {
  if (!Array.isArray(patch) || !patch.every(isObject)) throw new PatchError('a JSON Patch is a list of steps')
  return patch.reduce<Json>((at, step) => stepped(at, step as unknown as Step), document) as Record<string, Json>
}
