/** Geocoding 地理编码 (domain §2.8): what a said place is turned into, and why. Pure, runs in the browser too. */

export const placeKinds = [
  'area',
  'street-lane',
  'estate',
  'door-plate',
  'landmark',
  'poi',
  'station',
  'bridge',
  'park',
] as const
export type PlaceKind = (typeof placeKinds)[number]

/** What a candidate is: a kind of place, a crossing, a stretch of a road, a component, a place said before, a bare coordinate. */
export const candidateKinds = [...placeKinds, 'crossing', 'component', 'said', 'coordinate'] as const
export type CandidateKind = (typeof candidateKinds)[number]

/** How a name was found in the words. */
export const hows = ['exact', 'alias', 'short', 'homophone', 'typo', 'pinyin', 'initials', 'english', 'begun'] as const
export type How = (typeof hows)[number]

/** Why a candidate is one: a name that was found, or what was reckoned from it. `about` is the name or figure concerned. */
export const reasonCodes = [
  ...hows,
  'plate',
  'plate-between',
  'plate-beyond',
  'crossing',
  'between',
  'nearest-on-road',
  'road-end',
  'in-area',
  'along-road',
  'area-middle',
  'offset',
  'opposite',
  'side',
  'building',
  'area-agrees',
  'area-contradicts',
  'left-aside',
  'said-before',
  'coordinate',
] as const
export type ReasonCode = (typeof reasonCodes)[number]
export interface Reason {
  code: ReasonCode
  about: string
}

/** A stretch of what was said, [from, to) in UTF-16 units, and what it was taken for. */
export interface Span {
  from: number
  to: number
  part: 'area' | 'road' | 'place' | 'number' | 'relation'
}

export interface Candidate {
  /** The place in standard words: 东四北大街36号. */
  name: string
  kind: CandidateKind
  lon: number
  lat: number
  /** From 0 to 1: how often such a match is right, roughly. */
  confidence: number
  reasons: Reason[]
  spans: Span[]
}

const sentences: Readonly<Record<ReasonCode, readonly [zh: string, en: string]>> = {
  exact: ['“{about}”', '“{about}”'],
  alias: ['又称“{about}”', 'also called “{about}”'],
  short: ['简称“{about}”', 'short for “{about}”'],
  homophone: ['音同“{about}”', 'sounds like “{about}”'],
  typo: ['形近“{about}”', 'spelt like “{about}”'],
  pinyin: ['拼音“{about}”', 'pinyin of “{about}”'],
  initials: ['拼音首字母“{about}”', 'initials of “{about}”'],
  english: ['英文名“{about}”', 'English for “{about}”'],
  begun: ['以此开头“{about}”', 'begins “{about}”'],
  plate: ['门牌 {about}', 'door plate {about}'],
  'plate-between': ['按门牌 {about} 推算', 'reckoned from plates {about}'],
  'plate-beyond': ['超出已知门牌 {about}', 'beyond the known plate {about}'],
  crossing: ['{about} 相交处', 'where {about} meet'],
  between: ['{about} 之间', 'between {about}'],
  'nearest-on-road': ['道路上最靠近{about}处', 'where the road is nearest to {about}'],
  'road-end': ['道路{about}', '{about} of the road'],
  'in-area': ['道路在{about}内的一段', 'the road’s stretch in {about}'],
  'along-road': ['道路中点', 'middle of the road'],
  'area-middle': ['区域中心', 'middle of the area'],
  offset: ['再向{about}', 'then {about}'],
  opposite: ['对面', 'across the road'],
  side: ['{about}侧', '{about} side'],
  building: ['{about}', '{about}'],
  'area-agrees': ['在{about}内', 'lies in {about}'],
  'area-contradicts': ['不在所说的{about}内', 'does not lie in {about}, as said'],
  'left-aside': ['未采用“{about}”', '“{about}” was left aside'],
  'said-before': ['以往案件这样称呼此处', 'earlier cases called it so'],
  coordinate: ['坐标({about})', 'coordinates ({about})'],
}
const fill = (sentence: string, about: string): string => sentence.replace('{about}', about)
export const sayReason = ({ code, about }: Reason): { 'zh-CN': string; en: string } => ({
  'zh-CN': fill(sentences[code][0], about),
  en: fill(sentences[code][1], about),
})

const pair =
  /^\s*[([]?\s*(-?\d{1,9}(?:\.\d+)?)\s*°?\s*[EN东北]?\s*[,,;;\s]\s*(-?\d{1,9}(?:\.\d+)?)\s*°?\s*[EN东北]?\s*[)\]]?\s*$/i
/** Two numbers and nothing else. */
export function coordinateIn(words: string): { x: number; y: number } | undefined {
  const [, first, second] = pair.exec(words.normalize('NFKC').replace(/^(经纬度|坐标|lonlat|latlon)[::\s]*/i, '')) ?? []
  if (first === undefined || second === undefined) return undefined
  const [x, y] = [Number(first), Number(second)]
  // Either order in degrees: in China a longitude is no latitude.
  return Math.abs(x) <= 60 && Math.abs(y) > 60 && Math.abs(y) <= 180 ? { x: y, y: x } : { x, y }
}

/** What was said, cut at what was understood of it, in order; `part` is null for the rest. */
export function piecesOf(words: string, spans: readonly Span[]): { text: string; part: Span['part'] | null }[] {
  const pieces: { text: string; part: Span['part'] | null }[] = []
  let at = 0
  for (const { from, to, part } of spans) {
    if (from > at) pieces.push({ text: words.slice(at, from), part: null })
    pieces.push({ text: words.slice(from, to), part })
    at = to
  }
  if (at < words.length) pieces.push({ text: words.slice(at), part: null })
  return pieces
}
