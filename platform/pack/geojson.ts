/** GeoJSON of a pack (RFC 7946), each feature with the line it begins on. */
import type { PackReading } from './index.ts'
import { textOf } from './text.ts'

export interface Feature {
  file: string
  line: number
  properties: Readonly<Record<string, unknown>>
  geometry: { type: string; coordinates: unknown }
}
export interface FeatureFile {
  features: Feature[]
  /** Members beside `features`, as they stand. */
  rest: Readonly<Record<string, unknown>>
}

/** The features of a file; undefined, with a fault said, where it is no GeoJSON. */
export async function featuresIn(reading: PackReading, file: string): Promise<FeatureFile | undefined> {
  const text = await textOf(reading, file)
  if (text === undefined) return undefined
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const at = /position (\d+)/.exec(String(error))?.[1]
    reading.fault(file, at ? lineAt(text, Number(at)) : null, 'pack/not-json')
    return undefined
  }
  const { type, features, ...rest } = json as { type?: unknown; features?: unknown }
  if (type !== 'FeatureCollection' || !Array.isArray(features)) {
    reading.fault(file, 1, 'pack/not-geojson')
    return undefined
  }
  if ('crs' in rest && !/CRS84|4326|4490/.test(JSON.stringify(rest.crs)))
    reading.fault(file, 1, 'pack/crs', { crs: JSON.stringify(rest.crs).slice(0, 80) })
  const lines = featureLines(text)
  return {
    rest,
    features: features.flatMap((feature: unknown, i) => {
      const line = lines[i] ?? 1
      const f = feature as {
        type?: unknown
        properties?: unknown
        geometry?: { type?: unknown; coordinates?: unknown } | null
      }
      if (f?.type !== 'Feature' || typeof f.geometry?.type !== 'string' || !Array.isArray(f.geometry.coordinates)) {
        reading.fault(file, line, 'pack/not-a-feature')
        return []
      }
      return [
        {
          file,
          line,
          properties: (f.properties ?? {}) as Feature['properties'],
          geometry: f.geometry as Feature['geometry'],
        },
      ]
    }),
  }
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length

/** The line on which each member of the outermost `features` begins. */
function featureLines(text: string): number[] {
  const lines: number[] = []
  let line = 1
  let depth = 0
  let key = ''
  let arrayAt = -1
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]
    if (sign === '\n') line++
    else if (sign === '"') {
      const from = i + 1
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++
      if (depth === 1) key = text.slice(from, i)
    } else if (sign === '{' || sign === '[') {
      if (sign === '[' && depth === 1 && key === 'features') arrayAt = 2
      else if (sign === '{' && depth === arrayAt) lines.push(line)
      depth++
    } else if (sign === '}' || sign === ']') {
      depth--
      if (depth < arrayAt) break
    }
  }
  return lines
}
