/** The project stands alone: nothing in it points into the folders of whoever wrote it. */
import type { Check } from '../check.ts'
import { projectFiles, textOf } from '../files.ts'

const strangers: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/(?<![\w.$}*~-])\/(?:work|home|Users|root)\/[\w.]/, 'a path on the machine of whoever wrote it'],
  [/\.librar[y]\b/, 'a folder that is no part of the project'],
  [/\bshared[/]spec\b/, 'a folder that is no part of the project'],
  [/\b(?:TODO|FIXME|XXX)\b(?!-)/, 'work left undone; do it or write it where the plans are kept'],
  [/^(?:<{7}|>{7}) /m, 'a merge that was not finished'],
]

/** Text files that people write; lock files and data are not. */
const written = /\.(?:ts|mts|mjs|js|vue|css|html|md|sql|ya?ml|json|sh)$|^pentad$|^\.ci\//
const made = /^package-lock\.json$|^THIRD_PARTY_NOTICES\.md$|\.geojson$|^packs\/.*\.json$/

export function strangersIn(text: string): string[] {
  const lines = text.split('\n')
  return strangers.flatMap(([pattern, what]) =>
    lines.flatMap((line, i) => (pattern.test(line) ? [`${i + 1}: ${what}: ${line.trim().slice(0, 120)}`] : [])),
  )
}

export const words: Check = {
  name: 'stands alone',
  async run() {
    const files = projectFiles().filter(
      (f) => written.test(f) && !made.test(f) && !/check\/steps\/words(?:\.test)?\.ts$/.test(f),
    )
    return {
      findings: files.flatMap((f) => strangersIn(textOf(f)).map((s) => `${f}:${s}`)),
      note: `${files.length} files`,
    }
  },
}
