/** Which reads a piece of news makes stale. Pure. */
import type { LiveNews } from '@pentad/platform/live'

const paperActs = new Set<unknown>([
  'supervise',
  'instruct',
  'answer',
  'order_late',
  'withdraw_order',
  'expose',
  'end_exposure',
])

export function toAsk({ topic, about }: Pick<LiveNews, 'topic' | 'about'>): string[][] {
  const id = typeof about.id === 'string' ? about.id : null
  switch (topic) {
    case 'case':
      return [
        ['cases', 'list'],
        ['cases', 'map'],
        ['cases', 'figures'],
        ...(paperActs.has(about.act) ? [['cases', 'orders'], ...(id ? [['cases', 'papers', id]] : [])] : []),
        ...(id
          ? [
              ['cases', 'one', id],
              ['cases', 'units', id],
              ['cases', 'duplicates', id],
              ['cases', 'ties', id],
            ]
          : []),
      ]
    case 'package':
      return [['many', 'packages'], ...(id ? [['many', 'package', id]] : [])]
    case 'meeting':
      return [['many', 'hard'], ['many', 'meetings'], ...(id ? [['many', 'meeting', id]] : [])]
    case 'hung-item':
      return [['many', 'hung'], ...(id ? [['many', 'spot', id]] : [])]
    case 'message':
      return [['cases', 'messages']]
    case 'alarm':
      return [['sensing', 'alarms'], ...(id ? [['sensing', 'alarm', id]] : [])]
    case 'ledger':
      return [['inspection']]
    case 'device':
      return [['sensing', 'devices']]
    case 'command':
      return typeof about.device === 'string' ? [['sensing', 'commands', about.device]] : []
    case 'geography.cells-changed':
      return [['geography'], ['cases', 'one']]
    default:
      return []
  }
}
