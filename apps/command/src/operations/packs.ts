/** A pack to send, and how its state and faults are told. */

import type { listPackLoads, readPackLoad } from '@pentad/operations/contract'
import type { LoadState } from '@pentad/operations/model'
import type { Reply } from '@pentad/platform/contract'
import { zipSync } from 'fflate'

export type PackLoad = Reply<typeof listPackLoads>['loads'][number]
export type PackFault = Reply<typeof readPackLoad>['faults'][number]

export const toneOf: Record<LoadState, 'ok' | 'warn' | 'bad' | 'info' | 'idle'> = {
  checking: 'info',
  faulty: 'bad',
  checked: 'warn',
  laying: 'info',
  laid: 'ok',
  failed: 'bad',
  cancelled: 'idle',
}

export interface FaultFile {
  file: string
  faults: PackFault[]
}
/** Faults by file, in the order given. */
export function byFile(faults: readonly PackFault[]): FaultFile[] {
  const files = new Map<string, PackFault[]>()
  for (const fault of faults) files.set(fault.file, [...(files.get(fault.file) ?? []), fault])
  return [...files].map(([file, of]) => ({ file, faults: of }))
}

/** Faults as lines to take away to whoever keeps the files. */
export const faultText = (faults: readonly PackFault[]): string =>
  faults.map(({ file, line, sentence }) => `${file}${line === null ? '' : `:${line}`}\t${sentence}`).join('\n')

/** What was chosen, as one zip: a zip as it is, a folder zipped here. */
export async function zipOf(files: readonly File[]): Promise<{ name: string; zip: Blob } | undefined> {
  const [first] = files
  if (!first) return undefined
  if (files.length === 1 && /\.zip$/i.test(first.name)) return { name: first.name, zip: first }
  const entries: Record<string, Uint8Array> = {}
  for (const file of files) {
    const path = file.webkitRelativePath || file.name
    if (path.split('/').some((name) => name.startsWith('.'))) continue
    entries[path] = new Uint8Array(await file.arrayBuffer())
  }
  const name = first.webkitRelativePath.split('/')[0] || 'pack'
  return {
    name: `${name}.zip`,
    zip: new Blob([zipSync(entries, { level: 4 }) as BlobPart], { type: 'application/zip' }),
  }
}
