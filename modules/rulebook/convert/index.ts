/** Tables and texts as a city has them, turned into files of a pack. Pure: text in, text out. */
export { readLawFolder } from './laws.ts'
export { readStandardsTable } from './standards.ts'
export type { Converted, ConvertedFile } from './table.ts'
