/** Which queues stand as tabs over the work list. Pure. */
import { mostCounted } from '@pentad/cases/model'
import type { Queue } from './asked.ts'

/** In the order of the work. */
const inOrder: readonly Queue[] = [
  'mine',
  'draft',
  'reported',
  'verifying',
  'filing',
  'dispatch',
  'asked',
  'unit',
  'suspended',
  'difficult',
  'feedback',
  'checking',
  'closing',
  'open',
]

/** One's own and the whole always; of the others those that hold something, and the one that is open. */
export const tabs = (counts: Partial<Record<Queue, number>>, open: Queue): Queue[] => {
  const shown = inOrder.filter((q) => q === 'mine' || q === 'open' || q === open || (counts[q] ?? 0) > 0)
  return open === 'closed' ? [...shown, 'closed'] : shown
}

/** Closed cases are counted only so far; the count means so many or more. */
export const isCapped = (queue: string, count: number): boolean => queue === 'closed' && count >= mostCounted
