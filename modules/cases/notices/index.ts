/** 催办、督办、批示、通报、曝光, and who is told of what. */
export { type Ordered, orderSupervision, orderTicks } from './orders.ts'
export { type Exposed, exposedCases } from './queries.ts'
export { noticeRoutes } from './routes.ts'
export { tells } from './tell.ts'
