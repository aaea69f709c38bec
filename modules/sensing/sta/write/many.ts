/** Observations as rows of numbers. */
import { type Json, StaError } from '../resolve.ts'
import { createObservation, type Writing } from './create.ts'
import { bad, bodyOf, mostAtOnce } from './values.ts'

/** Rows of numbers (§12): for each what was made of it, or that it could not be taken. */
export async function createMany(
  w: Writing,
  body: unknown,
  savepoint: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<(number | undefined)[]> {
  if (!Array.isArray(body)) return bad('A list is wanted.')
  const out: (number | undefined)[] = []
  for (const part of body) {
    const { Datastream, components, dataArray } = bodyOf(part)
    if (!Array.isArray(components) || !Array.isArray(dataArray)) return bad('components and dataArray are missing.')
    if (out.length + dataArray.length > mostAtOnce) return bad('That is too much at once.')
    for (const row of dataArray) {
      const observation: Json = { Datastream }
      for (const [i, name] of components.entries()) {
        const value = Array.isArray(row) ? row[i] : undefined
        if (name === 'FeatureOfInterest/id') observation.FeatureOfInterest = { '@iot.id': value }
        else if (typeof name === 'string') observation[name] = value
      }
      try {
        out.push(await savepoint(() => createObservation(w, observation)))
      } catch (error) {
        if (!(error instanceof StaError)) throw error
        if (error.status === 403) throw error
        out.push(undefined)
      }
    }
  }
  return out
}
