/** A file that passes 300 lines becomes a folder; from 350 on this says so. Fails nothing. */
import type { Check } from '../check.ts'
import { projectFiles, textOf } from '../files.ts'

const longest = 350

export const length: Check = {
  name: 'length of files',
  async run() {
    const files = projectFiles().filter((f) => /\.(?:ts|mjs|vue|css)$/.test(f))
    const long = files
      .map((f) => ({ f, lines: textOf(f).split('\n').length - 1 }))
      .filter(({ lines }) => lines > longest)
      .sort((a, b) => b.lines - a.lines)
    return {
      findings: [],
      warnings: long.map(({ f, lines }) => `${f} has ${lines} lines`),
      note: `${files.length} files`,
    }
  },
}
