/** A proposed mapping as a file that a person can read and change. */
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Document, isMap, isScalar, type Pair } from 'yaml'
import type { Proposal } from './propose.ts'

export function mappingText({ mapping, notes, doubts, types }: Proposal, file: string): string {
  const doc = new Document(mapping)
  doc.commentBefore = [
    ` How ${basename(file)} is read as cases of the past (docs/import.md says what each line means).`,
    ` Proposed from its columns; change what is wrong, then: ./pentad import cases ${basename(file)} --map THIS_FILE`,
    ...doubts.map((d) => ` LOOK: ${d}`),
  ].join('\n')
  if (!isMap(doc.contents)) return doc.toString()
  for (const pair of doc.contents.items) {
    const note = Object.entries(notes).find(([key]) => key === keyOf(pair))?.[1]
    if (note && isScalar(pair.key)) pair.key.commentBefore = ` ${note}`
    if (keyOf(pair) !== 'type' || !isMap(pair.value)) continue
    const list = pair.value.get('map')
    if (!isMap(list)) continue
    for (const entry of list.items) {
      const about = types?.about.get(keyOf(entry))
      if (about && isScalar(entry.value))
        entry.value.comment = ` ${about.rows} rows${about.by === 'none' ? '' : `, ${about.by}`}`
    }
  }
  return doc.toString({ lineWidth: 0 })
}

const keyOf = ({ key }: Pair<unknown, unknown>): string => (isScalar(key) ? String(key.value) : String(key))

/** Beside the file, else where it may be written. An older one that a person may have changed stays. */
export async function writeBeside(file: string, ending: string, text: string, elsewhere: string): Promise<string> {
  for (const folder of [undefined, elsewhere]) {
    const base = folder === undefined ? file : join(folder, basename(file))
    for (let n = 1; n < 100; n++) {
      const path = n === 1 ? `${base}.${ending}` : `${base}.${n}.${ending}`
      const there = await readFile(path, 'utf8').catch(() => undefined)
      if (there === text) return path
      if (there !== undefined) continue
      try {
        await writeFile(path, text, { flag: 'wx' })
        return path
      } catch (error) {
        if (folder !== undefined) throw error
        break
      }
    }
  }
  throw new Error(`no place to write ${ending}`)
}
