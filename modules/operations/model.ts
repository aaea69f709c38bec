/** Processes of this system, and packs on their way in. Pure. */
export * from './pack/model.ts'

export const processRoles = ['server', 'worker', 'gateway', 'simulator', 'media'] as const
export type ProcessRole = (typeof processRoles)[number]
/** A process that gave no sign for so long is taken for dead, in seconds. */
export const deadAfterSeconds = 30
export const signEverySeconds = 10
