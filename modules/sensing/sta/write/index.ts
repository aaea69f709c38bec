/** Entities made, changed and ended through SensorThings: the same devices, the same observations. */
export { change, changesOf } from './change.ts'
export { create, type Writing } from './create.ts'
export { end } from './end.ts'
export { createMany } from './many.ts'
export { bodyOf } from './values.ts'
