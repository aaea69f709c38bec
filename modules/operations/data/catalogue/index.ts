export { baseUnits } from './base-units.ts'
export { type DataSet, dataSets, groups, internalTables, roots, stores } from './sets.ts'
export { meaningOf } from './words.ts'
