/** Classes, standards and clocks of the field; laws and what follows from them. Pure. */
export * from './citations.ts'
export * from './classes.ts'
export * from './discretion.ts'
export * from './law-text.ts'
export * from './numerals.ts'
export * from './propose.ts'
export * from './work-clock.ts'
