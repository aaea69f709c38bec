/** Classes, standards and clocks of the field. Pure. */
export * from './classes.ts'
export * from './propose.ts'
export * from './work-clock.ts'
