/** The rail: what a person's posts let them open, in the order of the work. Pure. */
export interface Page {
  name: 'situation' | 'cases' | 'report' | 'alarms' | 'devices' | 'components' | 'people' | 'audit'
  path: string
  may: string
}
export const pages: readonly Page[] = [
  { name: 'situation', path: '/command/', may: 'cases.read' },
  { name: 'cases', path: '/command/cases', may: 'cases.read' },
  { name: 'report', path: '/command/report', may: 'cases.report' },
  { name: 'alarms', path: '/command/alarms', may: 'sensing.read' },
  { name: 'devices', path: '/command/devices', may: 'sensing.read' },
  { name: 'components', path: '/command/components', may: 'geography.read' },
  { name: 'people', path: '/command/people', may: 'identity.read-people' },
  { name: 'audit', path: '/command/audit', may: 'identity.read-audit' },
]

export const openPages = (may: readonly string[]): Page[] => pages.filter((p) => may.includes(p.may))

/** Where a person begins: the first page that their posts open. */
export const firstPage = (may: readonly string[]): string => openPages(may)[0]?.path ?? '/command/none'
