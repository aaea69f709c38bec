/** 部件: the room's parts for the door of the module. */
export { type CensusOrder, checkCensus, type Placing } from './census/check.ts'
export { layCensus, previewCensus } from './census/lay.ts'
export { messages as componentMessages } from './messages.ts'
export { componentsPart } from './pack.ts'
export { type ComponentRow, componentById, componentsNear, type NearRow, settleInCells } from './queries.ts'
export { componentRoutes } from './routes.ts'
export { jobs as componentJobs } from './uploads.ts'
