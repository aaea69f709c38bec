/** `rulebook/calendar.yaml`: working periods by season, days off, and weekends that are worked. */
import { sql } from '@pentad/platform/db'
import { type Changes, filesOf, noChanges, type PackReading, part, textOf } from '@pentad/platform/pack'
import { nextLegalDay } from '@pentad/platform/time'
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml'
import type { Period, WorkCalendar } from '../model/index.ts'
import type { Laying } from './laying.ts'

export const calendarPart = part<WorkCalendar | undefined>({
  name: 'calendar',
  wholeCity: true,
  files: ['rulebook/calendar.yaml'],
  read: async (reading) => {
    const [file] = filesOf(reading.source, calendarPart)
    const text = file ? await textOf(reading, file) : undefined
    return file && text !== undefined ? calendarIn(text, file, reading.fault) : undefined
  },
  lay: async (laying, calendar) => (calendar ? layCalendar(laying, calendar) : noChanges()),
})

const longestHoliday = 31

/** Reads a calendar and says what is wrong with it by line. */
export function calendarIn(text: string, file: string, fault: PackReading['fault']): WorkCalendar | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [broken] = document.errors
  if (broken) {
    fault(file, broken.linePos?.[0].line ?? null, 'pack/not-yaml', { said: broken.code })
    return undefined
  }
  const root = document.contents
  const lineOf = (node: unknown): number | null => {
    const range = (node as Node | null)?.range
    return range ? lines.linePos(range[0]).line : null
  }
  const say = (node: unknown, code: string, details: Record<string, string | number> = {}): void =>
    fault(file, lineOf(node), code, details)
  if (!isMap(root)) {
    say(root, 'pack/not-a-calendar')
    return undefined
  }
  const nodesIn = (map: YAMLMap, name: string): YAMLMap[] => {
    const list = map.get(name, true) as unknown
    return isSeq(list) ? list.items.filter((i) => isMap(i)) : []
  }
  const wordIn = (map: YAMLMap, name: string): string => {
    const node = map.get(name, true) as unknown
    return isScalar(node) ? String(node.value ?? '') : ''
  }
  const periodsIn = (map: YAMLMap): Period[] => {
    const periods: Period[] = []
    for (const node of nodesIn(map, 'periods')) {
      const [from, to] = [secondsOf(wordIn(node, 'from')), secondsOf(wordIn(node, 'to'))]
      if (from === undefined || to === undefined)
        say(node, 'pack/not-a-clock', { from: wordIn(node, 'from'), to: wordIn(node, 'to') })
      else if (from >= to || from < (periods.at(-1)?.[1] ?? 0)) say(node, 'pack/periods-overlap')
      else periods.push([from, to])
    }
    if (periods.length === 0) say(map, 'pack/no-periods')
    return periods
  }
  const dayOf = (node: unknown, words: string): string => {
    if (/^\d{4}-\d{2}-\d{2}$/.test(words) && isDay(words)) return words
    say(node, 'pack/not-a-day', { column: 'calendar', value: words })
    return ''
  }

  const seasons = nodesIn(root, 'seasons')
    .filter((s) => wordIn(s, 'enabled') !== 'false')
    .map((s) => {
      const season = { from: wordIn(s, 'from'), to: wordIn(s, 'to'), periods: periodsIn(s) }
      if (!isDay(`2024-${season.from}`) || !isDay(`2024-${season.to}`) || season.from > season.to)
        say(s, 'pack/not-a-season', { from: season.from, to: season.to })
      return season
    })
  const holidays = new Map<string, number | null>()
  const workdays = new Map<string, number | null>()
  const take = (days: Map<string, number | null>, node: unknown, day: string): void => {
    if (days.has(day)) say(node, 'pack/day-twice', { day, line: days.get(day) ?? 0 })
    else days.set(day, lineOf(node))
  }
  for (const year of nodesIn(root, 'years')) {
    for (const h of nodesIn(year, 'holidays')) {
      const [from, to] = [dayOf(h, wordIn(h, 'from')), dayOf(h, wordIn(h, 'to'))]
      if (!from || !to) continue
      if (from > to || Date.parse(to) - Date.parse(from) > longestHoliday * 86_400_000)
        say(h, 'pack/days-turned', { from, to })
      else for (let day = from; day <= to; day = nextLegalDay(day)) take(holidays, h, day)
    }
    const worked = year.get('workdays', true) as unknown
    for (const node of isSeq(worked) ? worked.items : []) {
      const day = dayOf(node, isScalar(node) ? String(node.value) : '')
      if (!day) continue
      take(workdays, node, day)
      if (![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())) say(node, 'pack/workday-in-week', { day })
    }
  }
  for (const [day, line] of workdays) if (holidays.has(day)) fault(file, line, 'pack/workday-in-holiday', { day })
  const version = wordIn(root, 'version')
  if (!version) say(root, 'pack/missing', { column: 'version' })
  return {
    version,
    seasons: [...seasons, { from: '01-01', to: '12-31', periods: periodsIn(root) }],
    holidays: new Set(holidays.keys()),
    shiftedWorkdays: new Set(workdays.keys()),
  }
}

function secondsOf(clock: string): number | undefined {
  const found = /^(\d{2}):([0-5]\d)$/.exec(clock)
  const seconds = Number(found?.[1]) * 3600 + Number(found?.[2]) * 60
  return found && seconds <= 86_400 ? seconds : undefined
}
function isDay(words: string): boolean {
  const at = new Date(`${words}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(words)
}

/** A version never changes, because cases were reckoned by it: another content under its name becomes `2026-1.r2`. */
export async function layCalendar({ db }: Laying, calendar: WorkCalendar): Promise<Changes> {
  const changes = noChanges()
  const content = {
    seasons: JSON.stringify(calendar.seasons),
    holidays: [...calendar.holidays].sort(),
    shifted: [...calendar.shiftedWorkdays].sort(),
  }
  const standing = (
    await sql<{ version: string; inForce: boolean; same: boolean }>`select version, in_force as "inForce",
        seasons = ${content.seasons}::jsonb and holidays = ${content.holidays}::date[] and shifted_workdays = ${content.shifted}::date[] as same
      from rulebook.calendar where version = ${calendar.version} or starts_with(version, ${calendar.version} || '.r')`.execute(
      db,
    )
  ).rows
  const known = standing.find((c) => c.same)
  if (known?.inForce) return { ...changes, same: 1 }
  await sql`update rulebook.calendar set in_force = false where in_force`.execute(db)
  if (known) {
    await sql`update rulebook.calendar set in_force = true where version = ${known.version}`.execute(db)
    return { ...changes, changed: 1 }
  }
  const version = standing.length === 0 ? calendar.version : `${calendar.version}.r${standing.length + 1}`
  await sql`insert into rulebook.calendar (version, in_force, seasons, holidays, shifted_workdays)
    values (${version}, true, ${content.seasons}::jsonb, ${content.holidays}::date[], ${content.shifted}::date[])`.execute(
    db,
  )
  return { ...changes, added: 1 }
}
