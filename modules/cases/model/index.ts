/** The life of a case (案卷; domain §3). Pure: the server decides with it, and so does the officer's phone while offline. */

export * from '../dispatch-rules/model.ts'
export * from '../many/model.ts'
export * from '../notices/model.ts'
export { bucketsOf, type Span, spanOf, spans } from '../past/model.ts'
export { type SensedMatter, sensedMatter } from '../sensed/model.ts'
export * from '../truth/model/index.ts'
export * from './clock.ts'
export * from './decide.ts'
export * from './flow.ts'
export * from './queues.ts'
export * from './states.ts'
export * from './steps.ts'
