/** One component as a census delivers it, under our column names or the exchange names, checked by itself. Pure. */
import { type Crs, crsNamed, degreesFrom, inMetres } from '@pentad/platform/crs'
import { type Accuracy, accuracies, type ComponentState, componentStates, idFault, type Party } from '../model.ts'

/** Our columns; all but the first two may be missing, if there is a place one way or another. */
export const ourColumns = [
  'id',
  'name',
  'lon',
  'lat',
  'x',
  'y',
  'crs',
  'cell',
  'state',
  'competent',
  'owner',
  'maintainer',
  'accuracy',
  'source',
  'initial_on',
  'changed_on',
  'note',
] as const
export type OurColumn = (typeof ourColumns)[number]

/** The names of the data exchange (and how long a shapefile's table has them), in small letters. */
const exchangeNames: Readonly<Record<string, OurColumn | `${'competent' | 'owner' | 'maintainer'}_code`>> = {
  objid: 'id',
  objname: 'name',
  deptcode1: 'competent_code',
  deptname1: 'competent',
  deptcode2: 'owner_code',
  deptname2: 'owner',
  deptcode3: 'maintainer_code',
  deptname3: 'maintainer',
  bgid: 'cell',
  objstate: 'state',
  ordate: 'initial_on',
  chdate: 'changed_on',
  datasource: 'source',
  datasourc: 'source',
  initial_da: 'initial_on',
  note: 'note',
}
type Column = OurColumn | 'competent_code' | 'owner_code' | 'maintainer_code'
const all: ReadonlySet<string> = new Set([...ourColumns, 'competent_code', 'owner_code', 'maintainer_code'])

/** Which of our columns a name stands for, however it is written; undefined for another's. */
export function columnNamed(name: string): Column | undefined {
  const small = name
    .trim()
    .replace(/^\uFEFF/, '')
    .toLowerCase()
  return exchangeNames[small] ?? (all.has(small) ? (small as Column) : undefined)
}

/** Which name each of our columns has in a table with these names. Lon and lat come before X and Y. */
export function columnsAmong(names: readonly string[]): Map<Column, string> {
  const found = new Map<Column, string>()
  for (const name of names) {
    const column = columnNamed(name)
    if (column && !found.has(column)) found.set(column, name)
  }
  return found
}

const stateWords: Readonly<Record<string, ComponentState>> = {
  完好: 'intact',
  破损: 'damaged',
  丢失: 'lost',
  废除: 'abolished',
  废弃: 'abolished',
  移除: 'removed',
  ...Object.fromEntries(componentStates.map((s) => [s, s])),
}
/** 实测, 地形图, 其他 have words of ours; what else a city says is kept as it stands. */
const sourceWords: Readonly<Record<string, string>> = { 实测: 'survey', 地形图: 'map', 其他: 'other' }

export interface CensusRow {
  id: string
  name: string
  lon: number
  lat: number
  /** As delivered. */
  origin: { crs: Crs; x: number; y: number }
  /** The cell that the census says; the place decides. */
  saidCell: string | null
  state: ComponentState
  competent: Party | null
  owner: Party | null
  maintainer: Party | null
  accuracy: Accuracy | null
  source: string | null
  initialOn: string | null
  changedOn: string | null
  note: string | null
}

/** What is said of a row that does not fit: a code of the messages, and what its sentence needs. */
export type SayFault = (code: string, details?: Readonly<Record<string, string | number>>) => void

/** A row's values: '' where there is none. */
export type Values = (column: Column) => string

/** The component of a row; undefined, with faults said, where it is none. `crs` counts where the row names none. */
export function censusRow(values: Values, crs: Crs | undefined, say: SayFault): CensusRow | undefined {
  let good = true
  const fault: SayFault = (code, details) => {
    good = false
    say(code, details)
  }
  const id = values('id')
  const wrongId = idFault(id)
  if (wrongId === 'not-16-digits') fault('pack/component-id', { id: id.slice(0, 40) })
  if (wrongId === 'no-class') fault('pack/component-class', { id, class: id.slice(6, 10) })
  const name = values('name')
  if (name === '') fault('pack/missing', { column: 'name' })
  const stateWord = values('state')
  const state = stateWord === '' ? 'intact' : stateWords[stateWord.toLowerCase()]
  if (!state) fault('pack/component-state', { state: stateWord.slice(0, 40) })
  const accuracyWord = values('accuracy').toUpperCase()
  const accuracy = accuracies.find((a) => a === accuracyWord) ?? null
  if (accuracyWord !== '' && !accuracy) fault('pack/component-accuracy', { accuracy: accuracyWord.slice(0, 40) })
  const saidCell = values('cell') || null
  const initialOn = dayOf(values('initial_on'), 'initial_on', fault)
  const changedOn = dayOf(values('changed_on'), 'changed_on', fault)
  if (initialOn && changedOn && changedOn < initialOn) fault('pack/component-days', { initialOn, changedOn })
  const at = placeOf(values, crs, fault)
  if (!good || !at || !state) return undefined
  const source = values('source')
  return {
    id,
    name: name.slice(0, 120),
    ...at,
    saidCell,
    state,
    competent: partyOf(values, 'competent'),
    owner: partyOf(values, 'owner'),
    maintainer: partyOf(values, 'maintainer'),
    accuracy,
    source: sourceWords[source] ?? (source.slice(0, 60) || null),
    initialOn,
    changedOn,
    note: values('note').slice(0, 500) || null,
  }
}

/** `code|name`, or a name alone; exchange files have a column for each. */
function partyOf(values: Values, role: 'competent' | 'owner' | 'maintainer'): Party | null {
  const said = values(role)
  const bar = said.indexOf('|')
  const code = values(`${role}_code`) || (bar > 0 ? said.slice(0, bar).trim() : '')
  const name = (bar >= 0 ? said.slice(bar + 1) : said).trim() || code
  return name === '' ? null : { code: code.slice(0, 60) || null, name: name.slice(0, 120) }
}

/** `2024-05-01`, `2024/5/1`, `20240501`, each with or without a time of day; zeros stand for none in some systems. */
function dayOf(text: string, column: string, fault: SayFault): string | null {
  if (text === '' || /^0+$/.test(text)) return null
  const [, y = '', m = '', d = ''] =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?$/.exec(text) ??
    /^(\d{4})(\d{2})(\d{2})(?:[ T]?\d*)?$/.exec(text) ??
    []
  const [month, ofMonth] = [Number(m), Number(d)]
  if (ofMonth >= 1 && ofMonth <= daysIn(Number(y), month)) return `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`
  fault('pack/not-a-day', { column, value: text.slice(0, 40) })
  return null
}

/** Days of a month from 1 on; none where there is no such month. By counting: a census asks for millions of days. */
const daysIn = (year: number, month: number): number =>
  month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : (monthDays[month - 1] ?? 0)
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function placeOf(
  values: Values,
  given: Crs | undefined,
  fault: SayFault,
): Pick<CensusRow, 'lon' | 'lat' | 'origin'> | undefined {
  const degrees = values('lon') !== '' || values('lat') !== ''
  const [sayX, sayY] = degrees ? [values('lon'), values('lat')] : [values('x'), values('y')]
  const [x, y] = [Number(sayX), Number(sayY)]
  if (sayX === '' || sayY === '' || !Number.isFinite(x) || !Number.isFinite(y)) {
    fault('pack/component-no-place', { x: sayX.slice(0, 40), y: sayY.slice(0, 40) })
    return undefined
  }
  const word = values('crs')
  const named = word === '' ? undefined : crsNamed(word)
  if (word !== '' && !named) {
    fault('pack/component-crs', { crs: word.slice(0, 40) })
    return undefined
  }
  const small = Math.abs(x) <= 180 && Math.abs(y) <= 90
  // Degrees need no frame: a file may have lon and lat in rows, or call them X and Y, in a city whose own frame is in metres.
  const crs = named ?? (small && (!given || inMetres(given)) ? 'cgcs2000' : given)
  if (!crs || inMetres(crs) === small) {
    fault(crs ? 'pack/component-not-in-crs' : 'pack/component-crs-needed', { x, y, crs: crs ?? '' })
    return undefined
  }
  const [lon, lat] = degreesFrom(crs, x, y)
  return { lon: roundedDegrees(lon), lat: roundedDegrees(lat), origin: { crs, x, y } }
}

/** A tenth of a millimetre; the same delivery gives the same degrees on every machine. */
const roundedDegrees = (d: number): number => Math.round(d * 1e9) / 1e9
