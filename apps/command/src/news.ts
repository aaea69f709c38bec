/** Which reads a piece of news makes stale. Pure. */
import type { LiveNews } from '@pentad/platform/live'

export function toAsk({ topic, about }: Pick<LiveNews, 'topic' | 'about'>): string[][] {
  const id = typeof about.id === 'string' ? about.id : null
  switch (topic) {
    case 'case':
      return [
        ['cases', 'list'],
        ['cases', 'map'],
        ['cases', 'figures'],
        ...(id
          ? [
              ['cases', 'one', id],
              ['cases', 'units', id],
              ['cases', 'duplicates', id],
            ]
          : []),
      ]
    case 'alarm':
      return [['sensing', 'alarms'], ...(id ? [['sensing', 'alarm', id]] : [])]
    case 'ledger':
      return [['inspection']]
    case 'device':
      return [['sensing', 'devices']]
    case 'geography.cells-changed':
      return [['geography'], ['cases', 'one']]
    default:
      return []
  }
}
