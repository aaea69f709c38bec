/** Tables and texts as a city has them, turned into files of a pack. Pure: text in, text out. */
export { type LawFolder, readLawFolder } from './laws.ts'
export { readStandardsTable } from './standards.ts'
export { type Converted, type ConvertedFile, csvOf, mergedTable } from './table.ts'
