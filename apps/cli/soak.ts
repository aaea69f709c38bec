/** `./pentad soak NAME`: faults and long runs. */
import { runNamed } from './named.ts'

export const run = (args: string[]): Promise<number> => runNamed('soak', args)
