/** The demo city: `loadPack` reads its files, `generateHistory` writes its past. 示意／模拟数据 — schematic and simulated. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readTable } from './table.ts'
import type { ClassKind, Pack, PackManifest, WorkCalendar } from './types.ts'
import { areaLevels, axes, classKinds, evidences, limitUnits, roles, unitKinds, vehicleKinds } from './words.ts'

export { type AnswerableUnit, answerableUnits } from './duty.ts'
export { toDegrees, toMetres } from './gauss-kruger.ts'
export { generateHistory, type HistoryOrder } from './history/generate.ts'
export type {
  Actors,
  CaseStatus,
  Channel,
  ClassGroup,
  HistoricCase,
  OpenStatus,
  Outcome,
  ReporterKind,
} from './history/types.ts'
export type * from './types.ts'

/** Where the pack's files are. */
export const packFolder = import.meta.dirname

/** Reads and checks the whole pack. `dir` is the folder that holds `pack.yaml`. */
export function loadPack(dir: string = import.meta.dirname): Pack {
  return {
    manifest: yaml<PackManifest>(dir, 'pack.yaml'),
    districts: json(dir, 'areas/districts.geojson'),
    streets: json(dir, 'areas/streets.geojson'),
    baseMap: json(dir, 'map/base.geojson'),
    calendar: yaml<WorkCalendar>(dir, 'rulebook/calendar.yaml'),
    shape: json(dir, 'history/shape.json'),
    ...areaTables(dir),
    ...rulebookTables(dir),
    ...organisationTables(dir),
    ...deviceTables(dir),
  }
}

/** Types of service requests in cities whose data was studied, in lower letters, with the class that a person gave each. */
export function requestTypes(dir: string = import.meta.dirname): Map<string, { kind: ClassKind; code: string }> {
  const rows = readTable(dir, 'history/mapping.csv', 'source,source_type,kind,code', (row) => ({
    type: row.text('source_type').toLowerCase(),
    kind: row.oneOf('kind', classKinds),
    code: row.text('code'),
  }))
  // “Other” means something else in every list. The first city's reading stands where two use one word.
  const vague = new Set(['', 'other', 'general'])
  return new Map(
    rows
      .filter((r) => !vague.has(r.type) && r.code !== '')
      .toReversed()
      .map(({ type, kind, code }) => [type, { kind, code }]),
  )
}

// The files are ours and tested, so their shape is taken on trust here.
const json = <T>(dir: string, path: string): T => JSON.parse(readFileSync(join(dir, path), 'utf8')) as T
const yaml = <T>(dir: string, path: string): T => parse(readFileSync(join(dir, path), 'utf8')) as T

const areaTables = (dir: string): Pick<Pack, 'areas' | 'cells'> => ({
  areas: readTable(dir, 'areas/areas.csv', 'code,level,name,parent_code', (row) => ({
    code: row.text('code'),
    level: row.oneOf('level', areaLevels),
    name: row.text('name'),
    parentCode: row.optional('parent_code'),
  })),
  cells: readTable(dir, 'areas/cells.csv', 'code,community_code,street_code,x_m,y_m,lon,lat', (row) => ({
    code: row.text('code'),
    communityCode: row.text('community_code'),
    streetCode: row.text('street_code'),
    xM: row.number('x_m'),
    yM: row.number('y_m'),
    lon: row.number('lon'),
    lat: row.number('lat'),
  })),
})

const classColumns = 'scheme,version,kind,code,parent_code,name_zh,name_en,words_zh,words_en,extension'
const standardColumns = 'scheme,kind,code,seq,filing_zh,filing_en,closing_zh,closing_en,limit_value,limit_unit,evidence'

const rulebookTables = (dir: string): Pick<Pack, 'classes' | 'standards'> => ({
  classes: readTable(dir, 'rulebook/classes.csv', classColumns, (row) => ({
    scheme: row.text('scheme'),
    version: row.text('version'),
    kind: row.oneOf('kind', classKinds),
    code: row.text('code'),
    parentCode: row.optional('parent_code'),
    nameZh: row.text('name_zh'),
    nameEn: row.text('name_en'),
    wordsZh: row.list('words_zh'),
    wordsEn: row.list('words_en'),
    extension: row.oneOf('extension', ['', 'city', 'demo'] as const) || null,
  })),
  standards: readTable(dir, 'rulebook/standards.csv', standardColumns, (row) => ({
    scheme: row.text('scheme'),
    kind: row.oneOf('kind', classKinds),
    code: row.text('code'),
    seq: row.number('seq'),
    filingZh: row.text('filing_zh'),
    filingEn: row.text('filing_en'),
    closingZh: row.text('closing_zh'),
    closingEn: row.text('closing_en'),
    limitValue: row.number('limit_value'),
    limitUnit: row.oneOf('limit_unit', limitUnits),
    evidence: row.list('evidence').map((word) => {
      const known = evidences.find((e) => e === word)
      if (known === undefined) throw new Error(`rulebook/standards.csv: unknown evidence ${word}`)
      return known
    }),
  })),
})

const organisationTables = (dir: string): Pick<Pack, 'units' | 'duties' | 'people' | 'memberships'> => ({
  units: readTable(dir, 'organisation/units.csv', 'id,parent_id,name_zh,name_en,kind,axis,area_code', (row) => ({
    id: row.text('id'),
    parentId: row.optional('parent_id'),
    nameZh: row.text('name_zh'),
    nameEn: row.text('name_en'),
    kind: row.oneOf('kind', unitKinds),
    axis: row.oneOf('axis', axes),
    areaCode: row.text('area_code'),
  })),
  duties: readTable(dir, 'organisation/duties.csv', 'class_kind,class_code,unit_rule', (row) => ({
    classKind: row.oneOf('class_kind', classKinds),
    classCode: row.text('class_code'),
    unitRule: row.text('unit_rule'),
  })),
  people: readTable(dir, 'organisation/people.csv', 'login,name_zh,name_en,note_zh,note_en,phone,cast', (row) => ({
    login: row.text('login'),
    nameZh: row.text('name_zh'),
    nameEn: row.text('name_en'),
    noteZh: row.text('note_zh'),
    noteEn: row.text('note_en'),
    phone: row.text('phone'),
    cast: row.oneOf('cast', ['main', 'background'] as const),
  })),
  memberships: readTable(
    dir,
    'organisation/memberships.csv',
    'login,unit_id,role,area_codes,valid_from,valid_to',
    (row) => ({
      login: row.text('login'),
      unitId: row.text('unit_id'),
      role: row.oneOf('role', roles),
      areaCodes: row.list('area_codes'),
      validFrom: row.text('valid_from'),
      validTo: row.optional('valid_to'),
    }),
  ),
})

const siteColumns = 'mn,site_zh,site_en,address_zh,lon,lat,unit_id,night_permit'

const deviceTables = (dir: string): Pick<Pack, 'sites' | 'vehicles'> => ({
  sites: readTable(dir, 'devices/sites.csv', siteColumns, (row) => ({
    mn: row.text('mn'),
    siteZh: row.text('site_zh'),
    siteEn: row.text('site_en'),
    addressZh: row.text('address_zh'),
    lon: row.number('lon'),
    lat: row.number('lat'),
    unitId: row.text('unit_id'),
    nightPermit: row.oneOf('night_permit', ['yes', 'no'] as const) === 'yes',
  })),
  vehicles: readTable(dir, 'devices/vehicles.csv', 'terminal_phone,plate,kind,unit_id', (row) => ({
    terminalPhone: row.text('terminal_phone'),
    plate: row.text('plate'),
    kind: row.oneOf('kind', vehicleKinds),
    unitId: row.text('unit_id'),
  })),
})
