/**
 * What a city brings with it (城市包): its areas, map, rulebook, organisation, devices. Plain data, nothing here acts.
 * The demo city is schematic and simulated (示意／模拟数据): codes and names are real, borders, people, devices and cases are not.
 */
import type { HistoryShape } from './history/types.ts'

export type { HistoryShape } from './history/types.ts'

/** Where a file is from and under which licence it may be passed on. */
export interface PackFile {
  readonly path: string
  readonly titleZh: string
  readonly titleEn: string
  readonly source: string
  readonly licence: string
}

export interface PackManifest {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  readonly version: string
  /** Shown wherever data of this pack is shown. */
  readonly labelZh: string
  readonly labelEn: string
  readonly timeZone: string
  /** West, south, east, north in degrees. */
  readonly bbox: readonly [number, number, number, number]
  /** Longitude, latitude in degrees. */
  readonly centre: readonly [number, number]
  /** Frame of the `xM`, `yM` columns; longitudes and latitudes are CGCS2000 (EPSG:4490). */
  readonly epsg: number
  readonly files: readonly PackFile[]
}

export type AreaLevel = 'city' | 'district' | 'street' | 'community'

/** An area of the tree 市 > 区 > 街道 > 社区; a code begins with the code of its parent (the city's own code aside). */
export interface Area {
  readonly code: string
  readonly level: AreaLevel
  readonly name: string
  readonly parentCode: string | null
}

/** A grid cell 单元网格 of 100 m by 100 m: 6 district + 3 street + 3 community + 3 sequence digits. */
export interface Cell {
  readonly code: string
  readonly communityCode: string
  readonly streetCode: string
  /** South-west corner, metres east in the pack's `epsg`. */
  readonly xM: number
  /** South-west corner, metres north in the pack's `epsg`. */
  readonly yM: number
  /** Centre, degrees. */
  readonly lon: number
  readonly lat: number
}

export type Position = readonly [number, number]

export type Geometry =
  | { readonly type: 'Point'; readonly coordinates: Position }
  | { readonly type: 'LineString'; readonly coordinates: readonly Position[] }
  | { readonly type: 'MultiLineString' | 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] }

export interface Feature<P> {
  readonly type: 'Feature'
  readonly properties: P
  readonly geometry: Geometry
}

export interface FeatureCollection<P> {
  readonly type: 'FeatureCollection'
  readonly name: string
  readonly licence: string
  readonly notice: string
  readonly features: readonly Feature<P>[]
}

export interface DistrictProperties {
  readonly code: string
  readonly name: string
  readonly area_km2: number
  readonly label_lon: number
  readonly label_lat: number
}

export interface StreetProperties {
  readonly code: string
  readonly name: string
  readonly district: string
  readonly schematic: true
  readonly area_km2: number
  readonly communities: number
}

export interface MapProperties {
  readonly layer: 'road' | 'water' | 'landuse' | 'place'
  /** `lane` is the finest class of road: 胡同, 里, 支路. */
  readonly class: string
  readonly name?: string
  readonly schematic: true
}

export type ClassKind = 'component' | 'event'

/** A major (2 digits) or minor (4 digits) class. Components and events number apart: the key is kind and code. */
export interface ClassNode {
  readonly scheme: string
  readonly version: string
  readonly kind: ClassKind
  readonly code: string
  readonly parentCode: string | null
  readonly nameZh: string
  readonly nameEn: string
  /** Everyday words by which a citizen describes it. */
  readonly wordsZh: readonly string[]
  readonly wordsEn: readonly string[]
  /** Null: national numbering. `city`: an extension cities use. `demo`: an extension of this pack. */
  readonly extension: 'city' | 'demo' | null
}

export type LimitUnit = 'URGENT_HOUR' | 'URGENT_DAY' | 'WORK_HOUR' | 'WORK_DAY'

/** A row of filing, disposal and closing (立案、处置、结案) of a minor class. `seq` counts from 1, the most dangerous first. */
export interface Standard {
  readonly scheme: string
  readonly kind: ClassKind
  readonly code: string
  readonly seq: number
  readonly filingZh: string
  readonly filingEn: string
  readonly closingZh: string
  readonly closingEn: string
  readonly limitValue: number
  readonly limitUnit: LimitUnit
  readonly evidence: readonly Evidence[]
}

/** What to bring back: pictures before and after, a close-up, a measured size, a meter reading, a document, a sound recording. */
export type Evidence = 'photo_before' | 'photo_after' | 'close_up' | 'measure' | 'reading' | 'document' | 'audio'

/** From and to as HH:MM in the pack's time zone. */
export interface WorkPeriod {
  readonly from: string
  readonly to: string
}

export interface Season {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  /** MM-DD, both ends included. */
  readonly from: string
  readonly to: string
  readonly periods: readonly WorkPeriod[]
  /** Off unless the city turns it on. */
  readonly enabled: boolean
}

/** Dates are YYYY-MM-DD, both ends included. */
export interface Holiday {
  readonly nameZh: string
  readonly nameEn: string
  readonly from: string
  readonly to: string
}

export interface CalendarYear {
  readonly year: number
  /** True where the State Council has published nothing yet. */
  readonly assumed: boolean
  readonly source: string
  readonly holidays: readonly Holiday[]
  /** Saturdays and Sundays on which one works (调休). */
  readonly workdays: readonly string[]
}

export interface WorkCalendar {
  readonly timeZone: string
  readonly version: string
  readonly periods: readonly WorkPeriod[]
  readonly seasons: readonly Season[]
  readonly years: readonly CalendarYear[]
}

export type UnitKind =
  | 'city_bureau'
  | 'district'
  | 'supervision_centre'
  | 'command_centre'
  | 'it_centre'
  | 'enforcement_bureau'
  | 'line_department'
  | 'utility'
  | 'street_office'
  | 'enforcement_team'
  | 'public'

export type Axis = 'supervision' | 'command' | 'disposal' | 'none'

export interface Unit {
  readonly id: string
  readonly parentId: string | null
  readonly nameZh: string
  readonly nameEn: string
  readonly kind: UnitKind
  readonly axis: Axis
  readonly areaCode: string
}

/** Who answers for a class. The longest prefix wins; `street` is the street office of the place. */
export interface Duty {
  readonly classKind: ClassKind
  /** Prefix of a class code: 2 or 4 digits. */
  readonly classCode: string
  /** `street`, or a unit id with `{district}` for `dc` or `xc`. */
  readonly unitRule: string
}

export type Role =
  | 'inspector'
  | 'acceptor'
  | 'shift_leader'
  | 'dispatcher'
  | 'overseer'
  | 'unit_handler'
  | 'unit_manager'
  | 'officer'
  | 'auxiliary'
  | 'legal_reviewer'
  | 'authority_head'
  | 'hearing_officer'
  | 'evaluator'
  | 'leader'
  | 'citizen'
  | 'business'
  | 'utility'
  | 'community_worker'
  | 'sys_admin'
  | 'sec_admin'
  | 'auditor'

/** An invented person. `main` people are offered at the demo's sign-in; `background` people keep every unit staffed. */
export interface Person {
  readonly login: string
  readonly nameZh: string
  readonly nameEn: string
  readonly noteZh: string
  readonly noteEn: string
  /** Fictitious: 199-0000-xxxx. */
  readonly phone: string
  readonly cast: 'main' | 'background'
}

/** Dates are YYYY-MM-DD; the last day counts; null: no end. */
export interface Membership {
  readonly login: string
  readonly unitId: string
  readonly role: Role
  /** Prefixes of area codes. */
  readonly areaCodes: readonly string[]
  readonly validFrom: string
  readonly validTo: string | null
}

/** A construction site with a noise and dust monitor that speaks HJ 212. */
export interface Site {
  /** Device number MN, 24 characters. */
  readonly mn: string
  readonly siteZh: string
  readonly siteEn: string
  readonly addressZh: string
  readonly lon: number
  readonly lat: number
  readonly unitId: string
  /** May it work at night (夜间施工许可)? */
  readonly nightPermit: boolean
}

export type VehicleKind =
  | 'enforcement'
  | 'command'
  | 'sweeper'
  | 'sprinkler'
  | 'garbage_truck'
  | 'pump_truck'
  | 'greening'

/** A vehicle whose terminal speaks JT/T 808. */
export interface Vehicle {
  /** 12 digits, as in the frame's header. */
  readonly terminalPhone: string
  readonly plate: string
  readonly kind: VehicleKind
  readonly unitId: string
}

export interface Pack {
  readonly manifest: PackManifest
  readonly areas: readonly Area[]
  readonly cells: readonly Cell[]
  readonly districts: FeatureCollection<DistrictProperties>
  readonly streets: FeatureCollection<StreetProperties>
  readonly baseMap: FeatureCollection<MapProperties>
  readonly classes: readonly ClassNode[]
  readonly standards: readonly Standard[]
  readonly calendar: WorkCalendar
  readonly units: readonly Unit[]
  readonly duties: readonly Duty[]
  readonly people: readonly Person[]
  readonly memberships: readonly Membership[]
  readonly sites: readonly Site[]
  readonly vehicles: readonly Vehicle[]
  /** What real request data taught the generator: figures only. */
  readonly shape: HistoryShape
}
