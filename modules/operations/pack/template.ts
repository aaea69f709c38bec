/** The template pack with its guide, zipped to take away. */
import { fileURLToPath } from 'node:url'
import { folderSource } from '@pentad/platform/pack'
import { zipSync } from 'fflate'

export const templateFolder = fileURLToPath(new URL('../../../packs/template/', import.meta.url))

export async function templateZip(): Promise<Buffer> {
  const source = await folderSource(templateFolder)
  const files = await Promise.all(
    source.paths
      .filter((path) => path !== 'package.json')
      .map(async (path) => [`city/${path}`, await source.bytes(path)] as const),
  )
  return Buffer.from(zipSync(Object.fromEntries(files)))
}
