/** The stages that the reporter is shown. Pure. */
import { publicStages } from '@pentad/cases/model'

export type Stage = (typeof publicStages)[number]

/** The usual way, without the two ways it may end. */
const way: readonly Stage[] = publicStages.filter((s) => s !== 'declined')

export const isOver = (stage: Stage): boolean => stage === 'done' || stage === 'declined'
/** Stages still ahead. */
export const stagesAhead = (stage: Stage): Stage[] => (isOver(stage) ? [] : way.slice(way.indexOf(stage) + 1))

/** Groups of four are read aloud more easily. */
export const saidCode = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1 ')
