/** The rail: what a person's posts let them open, in the order of the work. Pure. */
export interface Page {
  name:
    | 'situation'
    | 'map'
    | 'cases'
    | 'board'
    | 'checks'
    | 'merge'
    | 'handover'
    | 'report'
    | 'packages'
    | 'hard'
    | 'hung'
    | 'orders'
    | 'dispatch-rules'
    | 'alarms'
    | 'devices'
    | 'fences'
    | 'coverage'
    | 'tracks'
    | 'people'
    | 'audit'
    | 'manual'
    | 'grid'
    | 'components'
    | 'codes'
    | 'laws'
    | 'ledgers'
    | 'flow'
    | 'data'
    | 'packs'
  path: string
  may: string
  /** Pages of a group share one place in the rail and a strip of their own above the page. */
  group?: Group
}
/** 案件: the list and the boards of the work on it; 人车: where crews and cars were, and where they may be; 统筹: cases that are handled together; 基础数据: what the city is and by which rules it works. */
export type Group = 'work' | 'coordination' | 'moving' | 'base'

export const pages: readonly Page[] = [
  { name: 'situation', path: '/command/', may: 'cases.read' },
  { name: 'map', path: '/command/map', may: 'cases.read' },
  { name: 'cases', path: '/command/cases', may: 'cases.read', group: 'work' },
  { name: 'board', path: '/command/board', may: 'cases.dispatch', group: 'work' },
  { name: 'checks', path: '/command/checks', may: 'cases.read', group: 'work' },
  { name: 'merge', path: '/command/merge', may: 'cases.accept', group: 'work' },
  { name: 'handover', path: '/command/handover', may: 'cases.hand-over', group: 'work' },
  { name: 'report', path: '/command/report', may: 'cases.report' },
  { name: 'packages', path: '/command/packages', may: 'cases.read', group: 'coordination' },
  { name: 'hard', path: '/command/hard', may: 'cases.read', group: 'coordination' },
  { name: 'hung', path: '/command/hung', may: 'cases.read', group: 'coordination' },
  { name: 'orders', path: '/command/orders', may: 'cases.read', group: 'coordination' },
  { name: 'alarms', path: '/command/alarms', may: 'sensing.read' },
  { name: 'devices', path: '/command/devices', may: 'sensing.read' },
  { name: 'tracks', path: '/command/tracks', may: 'sensing.read', group: 'moving' },
  { name: 'fences', path: '/command/fences', may: 'sensing.read', group: 'moving' },
  { name: 'coverage', path: '/command/coverage', may: 'sensing.read-coverage', group: 'moving' },
  { name: 'people', path: '/command/people', may: 'identity.read-people' },
  { name: 'audit', path: '/command/audit', may: 'identity.read-audit' },
  { name: 'manual', path: '/command/manual', may: 'rulebook.read', group: 'base' },
  { name: 'dispatch-rules', path: '/command/dispatch-rules', may: 'rulebook.read', group: 'base' },
  { name: 'grid', path: '/command/grid', may: 'geography.read', group: 'base' },
  { name: 'components', path: '/command/components', may: 'geography.read', group: 'base' },
  { name: 'codes', path: '/command/codes', may: 'rulebook.read', group: 'base' },
  { name: 'laws', path: '/command/laws', may: 'rulebook.read', group: 'base' },
  { name: 'ledgers', path: '/command/ledgers', may: 'inspection.read', group: 'base' },
  { name: 'flow', path: '/command/flow', may: 'cases.configure', group: 'base' },
  { name: 'data', path: '/command/data', may: 'operations.read-data', group: 'base' },
  { name: 'packs', path: '/command/packs', may: 'operations.load-pack', group: 'base' },
]

export const openPages = (may: readonly string[]): Page[] => pages.filter((p) => may.includes(p.may))

/** The rail: pages, and groups by their first page that is open to the person. */
export interface RailEntry extends Page {
  label: Page['name'] | Group
}
export function railOf(may: readonly string[]): RailEntry[] {
  const seen = new Set<Group>()
  return openPages(may).flatMap((page): RailEntry[] => {
    if (page.group === undefined) return [{ ...page, label: page.name }]
    if (seen.has(page.group)) return []
    seen.add(page.group)
    return [{ ...page, label: page.group }]
  })
}

/** The page at an address. */
export const pageAt = (path: string): Page | undefined =>
  pages.find((p) => (p.path === '/command/' ? path === p.path : path.startsWith(p.path)))

/** The strip of the group that a page belongs to. */
export const siblingsOf = (page: Page | undefined, may: readonly string[]): Page[] =>
  page?.group === undefined ? [] : openPages(may).filter((p) => p.group === page.group)

/** Where a person begins: the first page that their posts open. */
export const firstPage = (may: readonly string[]): string => openPages(may)[0]?.path ?? '/command/none'
