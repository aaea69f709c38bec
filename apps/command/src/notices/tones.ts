/** How a paper stands, in one word and one tone. Pure. */
import type { Paper } from './asked.ts'

export const stateOf = (p: Pick<Paper, 'state' | 'late'>) => (p.state === 'open' && p.late ? 'late' : p.state)
export const toneOf = (p: Pick<Paper, 'state' | 'late'>): 'ok' | 'warn' | 'bad' | 'idle' =>
  p.state === 'withdrawn' ? 'idle' : p.late ? 'bad' : p.state === 'open' ? 'warn' : 'ok'
