/** `./pentad bench NAME`: measurements. */
import { runNamed } from './named.ts'

export const run = (args: string[]): Promise<number> => runNamed('bench', args)
