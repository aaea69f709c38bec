export { type BaseUnitMajor, baseUnits } from './base-units.ts'
export {
  type DataGroup,
  type DataRoot,
  type DataSet,
  type DataStore,
  dataSets,
  groups,
  internalTables,
  roots,
  stores,
} from './sets.ts'
export { meaningOf } from './words.ts'
