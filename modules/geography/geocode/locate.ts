/** From words to places: names found are read together, each reading is a candidate with its confidence and its reasons. Pure. */
import type { Area, Feature, Point, Road } from './features.ts'
import { bare } from './features.ts'
import type { Gazetteer } from './gazetteer.ts'
import { type Meaning, type Mention, mentionsIn } from './mentions.ts'
import type { Candidate, CandidateKind, Reason, Span } from './model.ts'
import { type Modifiers, modifiersOf } from './modifiers.ts'
import { apart, compass, lengthOf, meetings, nearestOn, type Spot, spotAlong } from './plane.ts'
import { type HousePlace, houseOn } from './plates.ts'
import { type Plain, plainOf } from './text.ts'

/** The code of the cell at a point, or undefined outside the city. */
export type CellAt = (point: { lon: number; lat: number }) => string | undefined

export interface Located extends Candidate {
  cell: string
}

const most = 8

/** Candidates for what was said, best first; none where no name of the city is in it. */
export function locate(said: string, gazetteer: Gazetteer, cellAt: CellAt): Located[] {
  const plain = plainOf(said)
  const mentions = mentionsIn(plain, gazetteer)
  if (mentions.length === 0) return []
  const text = plain.signs.join('')
  const found: Found[] = []
  for (const reading of readings(mentions)) {
    const anchors = anchorsOf(reading, text)
    const areas = reading.flatMap((p) =>
      p.meaning.feature.is === 'area' && !anchors.some((a) => a.piece === p) ? [p] : [],
    )
    found.push(...solve(anchors, areas, gazetteer))
  }
  return rank(found, gazetteer, cellAt, plain)
}

/** One name in one of its meanings. */
interface Piece {
  mention: Mention
  meaning: Meaning
}
/** A name that places something, with the words around it. */
interface Anchor {
  piece: Piece
  feature: Feature
  mods: Modifiers
}
interface Found {
  at: Spot
  name: string
  kind: CandidateKind
  /** Before the quality of the names and the agreement of areas. */
  sure: number
  reasons: Reason[]
  /** What it rests on. */
  used: Anchor[]
  areas: Piece[]
  /** Names that it does not rest on. */
  aside: Anchor[]
}

const mostReadings = 16

/** Each name in each meaning, the likeliest together first. */
function readings(mentions: readonly Mention[]): Piece[][] {
  let all: Piece[][] = [[]]
  for (const mention of mentions) {
    const next: Piece[][] = []
    for (const before of all) for (const meaning of mention.meanings) next.push([...before, { mention, meaning }])
    next.sort((a, b) => qualityOf(b) - qualityOf(a))
    all = next.slice(0, mostReadings)
  }
  return all
}
const qualityOf = (pieces: readonly Piece[]): number => pieces.reduce((q, p) => q * p.meaning.quality, 1)

/** Areas that are followed by something more exact only say where it is; the last area alone is the place. */
function anchorsOf(pieces: readonly Piece[], text: string): Anchor[] {
  const exact = pieces.filter(
    (p) =>
      p.meaning.feature.is !== 'area' || (isHome(p) && !pieces.some((q) => q !== p && q.meaning.feature.is !== 'area')),
  )
  const chosen = exact.length ? exact : pieces.slice(-1)
  return chosen.map((piece) => {
    const i = pieces.indexOf(piece)
    const { from, to } = piece.mention
    const { feature } = piece.meaning
    const mods = modifiersOf({
      text,
      from,
      to,
      after: pieces[i - 1]?.mention.to ?? 0,
      before: pieces[i + 1]?.mention.from ?? text.length,
      road: feature.is === 'road',
    })
    return { piece, feature, mods }
  })
}
/** A community without the word 社区 is where people live, an estate. */
const isHome = ({ meaning }: Piece): boolean => meaning.feature.is === 'area' && meaning.feature.level === 'community'

const isRoad = (a: Anchor): a is Anchor & { feature: Road } => a.feature.is === 'road'
const isPoint = (a: Anchor): a is Anchor & { feature: Point } => a.feature.is === 'point'

function solve(anchors: readonly Anchor[], areas: readonly Piece[], gazetteer: Gazetteer): Found[] {
  const roads = anchors.filter(isRoad)
  const points = anchors.filter(isPoint)
  const found: Found[] = []
  const put = (f: Omit<Found, 'areas' | 'aside'>): void => {
    found.push({ ...f, areas: [...areas], aside: anchors.filter((a) => !f.used.includes(a)) })
  }
  const numbered = roads.find((r) => r.mods.house)
  if (numbered) {
    const house = houseOf(numbered)
    if (house) put({ ...house, used: [numbered] })
  }
  for (const f of crossingsOf(roads)) put(f)
  for (const f of headPlaces(points, roads)) put(f)
  for (const f of alongRoads(roads, points, areas, gazetteer)) put(f)
  if (found.length === 0 || anchors.every((a) => a.feature.is === 'area')) {
    const last = anchors.at(-1)
    if (last?.feature.is === 'area') {
      const { feature } = last
      const sure = feature.level === 'community' ? 0.72 : feature.level === 'street' ? 0.4 : 0.1
      put({
        at: feature.at,
        name: feature.name,
        kind: feature.level === 'community' ? 'estate' : 'area',
        sure,
        reasons: [{ code: 'area-middle', about: '' }],
        used: [last],
      })
    }
  }
  return found.map(moved)
}

/** Then the words that move it: a distance, a side, across the road. */
function moved(f: Found): Found {
  const mods = f.used.map((a) => a.mods)
  const offset = mods.findLast((m) => m.offset)?.offset
  const side = mods.findLast((m) => m.side !== undefined)?.side
  const opposite = mods.some((m) => m.opposite)
  const road = f.used.find(isRoad)
  if (offset && offset.metres <= 3000) {
    const [dx, dy] = compass[offset.direction] ?? [0, 0]
    const straight: Spot = [f.at[0] + dx * offset.metres, f.at[1] + dy * offset.metres]
    const at = road ? followed(road.feature, f.at, straight) : straight
    return {
      ...f,
      at,
      name: `${f.name}以${sides[offset.direction]}约${offset.metres}米`,
      reasons: [...f.reasons, { code: 'offset', about: `${sides[offset.direction]} ${offset.metres} m` }],
      sure: f.sure * 0.97,
    }
  }
  if (opposite && road)
    return {
      ...f,
      at: across(road.feature, f.at),
      name: `${f.name}对面`,
      reasons: [...f.reasons, { code: 'opposite', about: '' }],
    }
  if (side !== undefined) {
    const [dx, dy] = compass[side] ?? [0, 0]
    const metres = f.kind === 'crossing' || road ? 18 : 35
    return {
      ...f,
      at: [f.at[0] + dx * metres, f.at[1] + dy * metres],
      name: `${f.name}${sides[side]}侧`,
      reasons: [...f.reasons, { code: 'side', about: sides[side] ?? '' }],
    }
  }
  if (opposite) return { ...f, name: `${f.name}对面`, reasons: [...f.reasons, { code: 'opposite', about: '' }] }
  return f
}
const sides = ['北', '东北', '东', '东南', '南', '西南', '西', '西北'] as const

/** “North of the crossing” on a road that runs a little askew stays on the road. */
function followed(road: Road, from: Spot, to: Spot): Spot {
  for (const line of road.lines) {
    if (nearestOn(from, line).distanceM > 60) continue
    const on = nearestOn(to, line)
    if (on.distanceM <= Math.max(25, apart(from, to) * 0.3)) return on.at
  }
  return to
}
/** The same place mirrored by the road's line; a point on the line itself goes to neither side. */
function across(road: Road, at: Spot): Spot {
  const on = nearestLine(road, at)
  return [2 * on.at[0] - at[0], 2 * on.at[1] - at[1]]
}
const nearestLine = (road: Road, at: Spot) =>
  road.lines.map((l) => nearestOn(at, l)).reduce((a, b) => (b.distanceM < a.distanceM ? b : a))

function houseOf(
  anchor: Anchor & { feature: Road },
): Pick<Found, 'at' | 'name' | 'kind' | 'sure' | 'reasons'> | undefined {
  const { house, building } = anchor.mods
  if (!house) return undefined
  const place: HousePlace | undefined = houseOn(anchor.feature, house)
  if (!place) return undefined
  const name = `${anchor.feature.name}${house.mark}${house.number}号${building ? `${building}号楼` : ''}`
  return { at: place.at, name, kind: 'door-plate', sure: place.sure, reasons: [place.reason] }
}

/** Roads farther apart than this do not meet. */
const meetWithinM = 130

function crossingsOf(roads: readonly (Anchor & { feature: Road })[]): Omit<Found, 'areas' | 'aside'>[] {
  const found: Omit<Found, 'areas' | 'aside'>[] = []
  const plainRoads = roads.filter((r) => !r.mods.house)
  const meet = (a: Road, b: Road, gapM = meetWithinM): Spot[] =>
    a.lines.flatMap((l) => b.lines.flatMap((k) => meetings(l, k, gapM)))
  if (plainRoads.length >= 3) {
    // 长街(甲路至乙路): the stretch between two crossings.
    for (const main of plainRoads) {
      const [a, b] = plainRoads.filter((r) => r !== main)
      if (!a || !b || !plainRoads.some((r) => r.mods.until || r.mods.between)) continue
      const [p] = meet(main.feature, a.feature)
      const [q] = meet(main.feature, b.feature)
      if (!p || !q || apart(p, q) < 20) continue
      const line = main.feature.lines.find((l) => nearestOn(p, l).distanceM < meetWithinM)
      if (!line) continue
      const [from, to] = [nearestOn(p, line).alongM, nearestOn(q, line).alongM]
      found.push({
        at: spotAlong(line, (from + to) / 2),
        name: `${main.feature.name}(${a.feature.name}至${b.feature.name})`,
        kind: 'street-lane',
        sure: 0.93,
        reasons: [{ code: 'between', about: `${a.feature.name}、${b.feature.name}` }],
        used: [main, a, b],
      })
    }
  }
  for (let i = 0; i < plainRoads.length; i++) {
    for (let k = i + 1; k < plainRoads.length; k++) {
      const [a, b] = [plainRoads[i], plainRoads[k]]
      if (!a || !b || a.feature === b.feature) continue
      for (const at of meet(a.feature, b.feature).slice(0, 2)) {
        const said = a.mods.crossing || b.mods.crossing
        found.push({
          at,
          name: `${a.feature.name}与${b.feature.name}交叉口`,
          kind: 'crossing',
          sure: said ? 0.94 : 0.86,
          reasons: [{ code: 'crossing', about: `${a.feature.name}、${b.feature.name}` }],
          used: [a, b],
        })
      }
      if (found.length === 0) {
        // They do not meet: the shorter one tells more; where it comes nearest to the other.
        const [short, long] = a.feature.lengthM <= b.feature.lengthM ? [a, b] : [b, a]
        const near = nearestBetween(short.feature, long.feature)
        if (near && near.gapM < 1500)
          found.push({
            at: near.at,
            name: `${short.feature.name}近${long.feature.name}`,
            kind: 'crossing',
            sure: Math.max(0.6, 0.82 - near.gapM / 3000),
            reasons: [{ code: 'nearest-on-road', about: long.feature.name }],
            used: [a, b],
          })
      }
    }
  }
  return found
}
function nearestBetween(a: Road, b: Road): { at: Spot; gapM: number } | undefined {
  let best: { at: Spot; gapM: number } | undefined
  for (const l of a.lines)
    for (const k of b.lines) {
      const tries = [
        ...l.map((s) => ({ at: s, on: nearestOn(s, k) })),
        ...k.map((s) => ({ at: nearestOn(s, l).at, on: nearestOn(nearestOn(s, l).at, k) })),
      ]
      for (const { at, on } of tries) if (!best || on.distanceM < best.gapM) best = { at, gapM: on.distanceM }
    }
  return best
}

/** In Chinese what qualifies stands before: of several places the last is meant, unless it is only told where it is near. */
function headPlaces(
  points: readonly (Anchor & { feature: Point })[],
  roads: readonly (Anchor & { feature: Road })[],
): Omit<Found, 'areas' | 'aside'>[] {
  const found: Omit<Found, 'areas' | 'aside'>[] = []
  const first = points.findIndex((p) => p.mods.towards)
  const order = first >= 0 ? [points[first], ...points.filter((_, i) => i !== first)] : [...points].reverse()
  order.forEach((p, i) => {
    if (!p) return
    const { feature, mods } = p
    const building = mods.building === undefined ? undefined : feature.buildings.get(mods.building)
    const reasons: Reason[] = building ? [{ code: 'building', about: `${mods.building}号楼` }] : []
    const next = points[points.indexOf(p) + 1]
    if (i === 0 && points.length === 2 && (mods.between || next?.mods.between || points[0]?.mods.between)) {
      const [a, b] = points
      if (a && b && apart(a.feature.at, b.feature.at) < 1500)
        found.push({
          at: [(a.feature.at[0] + b.feature.at[0]) / 2, (a.feature.at[1] + b.feature.at[1]) / 2],
          name: `${a.feature.name}与${b.feature.name}之间`,
          kind: 'landmark',
          sure: 0.85,
          reasons: [{ code: 'between', about: `${a.feature.name}、${b.feature.name}` }],
          used: [a, b],
        })
    }
    const beside = roads.find((r) => nearestLine(r.feature, feature.at).distanceM < 260)
    const sure =
      (feature.kind === 'estate' && building ? 0.96 : 0.9) *
      0.93 ** i *
      (roads.length && !beside ? 0.8 : 1) *
      (roads.length && mods.origin && !mods.offset ? 0.75 : 1)
    found.push({
      at: building ?? feature.at,
      name: building ? `${bare(feature.name)}${mods.building}号楼` : bare(feature.name),
      kind: feature.kind === 'component' ? 'component' : feature.kind,
      sure,
      reasons,
      used: beside && mods.opposite ? [p, beside] : [p],
    })
  })
  return found
}

function alongRoads(
  roads: readonly (Anchor & { feature: Road })[],
  points: readonly (Anchor & { feature: Point })[],
  areas: readonly Piece[],
  gazetteer: Gazetteer,
): Omit<Found, 'areas' | 'aside'>[] {
  const found: Omit<Found, 'areas' | 'aside'>[] = []
  roads.forEach((road, i) => {
    const { feature, mods } = road
    const base = 0.93 ** i * (mods.house ? 0.75 : 1)
    if (mods.end) {
      const { at, about } = endOf(feature, mods.end)
      found.push({
        at,
        name: `${feature.name}${about}`,
        kind: 'street-lane',
        sure: 0.9 * base,
        reasons: [{ code: 'road-end', about }],
        used: [road],
      })
    }
    for (const p of points) {
      const on = nearestLine(feature, p.feature.at)
      if (on.distanceM > 700) continue
      found.push({
        at: on.at,
        name: `${feature.name}近${bare(p.feature.name)}`,
        kind: 'street-lane',
        sure: base * (on.distanceM < 120 ? 0.86 : 0.84 - on.distanceM / 2400),
        reasons: [{ code: 'nearest-on-road', about: bare(p.feature.name) }],
        used: [road, p],
      })
    }
    const inside = areas.findLast((a) => a.meaning.feature.is === 'area' && a.meaning.feature.level !== 'district')
    const area = inside?.meaning.feature
    if (area?.is === 'area') {
      const stretch = stretchIn(feature, area, gazetteer)
      if (stretch)
        found.push({
          at: stretch,
          name: feature.name,
          kind: 'street-lane',
          sure: 0.82 * base,
          reasons: [{ code: 'in-area', about: area.name }],
          used: [road],
        })
    }
    const longest = feature.lines.reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a))
    const sure = feature.lengthM < 500 ? 0.82 : feature.lengthM < 1200 ? 0.7 : feature.lengthM < 3000 ? 0.5 : 0.3
    found.push({
      at: spotAlong(longest, lengthOf(longest) / 2),
      name: feature.name,
      kind: 'street-lane',
      sure: sure * base,
      reasons: [{ code: 'along-road', about: '' }],
      used: [road],
    })
  })
  return found
}

function endOf({ lines }: Road, end: NonNullable<Modifiers['end']>): { at: Spot; about: string } {
  const longest = lines.reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a))
  if ('middle' in end) return { at: spotAlong(longest, lengthOf(longest) / 2), about: '中段' }
  const [dx, dy] = compass[end.direction] ?? [0, 0]
  // A few steps in: the very end lies on the border of what is next.
  const ends = lines.flatMap((l) => {
    const total = lengthOf(l)
    const inset = Math.min(15, total / 4)
    return [spotAlong(l, inset), spotAlong(l, total - inset)]
  })
  const at = ends.reduce((a, b) => (b[0] * dx + b[1] * dy > a[0] * dx + a[1] * dy ? b : a))
  return { at, about: `${sides[end.direction]}口` }
}

/** The middle of the longest stretch of a road that runs through an area. */
function stretchIn(road: Road, area: Area, { cellAtSpot }: Gazetteer): Spot | undefined {
  let best: { at: Spot; lengthM: number } | undefined
  for (const line of road.lines) {
    const total = lengthOf(line)
    const stepM = Math.max(15, total / 160)
    let from = -1
    for (let at = 0; at <= total + stepM; at += stepM) {
      const inside = at <= total && cellAtSpot(spotAlong(line, at))?.startsWith(area.code) === true
      if (inside && from < 0) from = at
      if (!inside && from >= 0) {
        const lengthM = at - from
        if (!best || lengthM > best.lengthM) best = { at: spotAlong(line, from + (lengthM - stepM) / 2), lengthM }
        from = -1
      }
    }
  }
  return best?.at
}

/** Confidence: how sure the reckoning is, how well the names fit, whether the areas agree, and what was left aside. */
function rank(found: readonly Found[], { plane }: Gazetteer, cellAt: CellAt, plain: Plain): Located[] {
  const ranked = found.flatMap((f) => {
    const point = plane.degrees(f.at)
    const cell = cellAt(point)
    if (!cell) return []
    const reasons: Reason[] = f.used.map(({ piece }) => ({ code: piece.meaning.how, about: piece.meaning.text }))
    reasons.push(...f.reasons)
    let confidence = f.sure * f.used.reduce((q, a) => q * a.piece.meaning.quality ** 0.7, 1)
    for (const { meaning } of f.areas) {
      const area = meaning.feature
      if (area.is !== 'area') continue
      const agrees = cell.startsWith(area.code)
      if (agrees) confidence = 1 - (1 - confidence) * 0.75
      else {
        const loss = area.level === 'district' ? 0.4 : area.level === 'street' ? 0.38 : 0.25
        confidence *= 1 - loss * meaning.quality ** 2
      }
      reasons.push({ code: agrees ? 'area-agrees' : 'area-contradicts', about: area.name })
    }
    for (const a of f.aside) {
      const share = Math.min(1, (a.piece.mention.to - a.piece.mention.from) / 4)
      const towards = f.used.some((u) => u.mods.towards) ? 0.5 : 1
      const far = distanceTo(a.feature, f.at)
      // What is named beside it and is near bears it out.
      if (far < 250) confidence = 1 - (1 - confidence) * 0.85
      else confidence *= 1 - 0.22 * share * towards * a.piece.meaning.quality * Math.min(1, far / 800)
      if (far >= 250) reasons.push({ code: 'left-aside', about: a.piece.meaning.text })
    }
    return [{ f, point, cell, reasons, confidence: Math.min(0.99, confidence) }]
  })
  ranked.sort((a, b) => b.confidence - a.confidence)
  const kept: typeof ranked = []
  for (const r of ranked) {
    const twin = kept.some(
      (k) => (k.f.name === r.f.name && k.cell.slice(0, 9) === r.cell.slice(0, 9)) || apart(k.f.at, r.f.at) < 8,
    )
    if (!twin && (kept[0]?.confidence ?? 0) * 0.25 <= r.confidence) kept.push(r)
    if (kept.length === most) break
  }
  return kept.map(({ f, point, cell, reasons, confidence }) => ({
    name: f.name,
    kind: f.kind,
    lon: Number(point.lon.toFixed(6)),
    lat: Number(point.lat.toFixed(6)),
    cell,
    confidence: Math.round(confidence * 100) / 100,
    reasons,
    spans: spansOf(f, plain),
  }))
}
function distanceTo(feature: Feature, at: Spot): number {
  if (feature.is === 'road') return nearestLine(feature, at).distanceM
  return apart(feature.at, at)
}

/** What was understood, in places of the words as they were said. */
function spansOf({ used, areas }: Found, plain: Plain): Span[] {
  const span = (from: number, to: number, part: Span['part']): Span => ({
    from: plain.from[from] ?? 0,
    to: plain.to[to - 1] ?? 0,
    part,
  })
  const part = (feature: Feature): Span['part'] =>
    feature.is === 'area' ? 'area' : feature.is === 'road' ? 'road' : 'place'
  const all = [
    ...areas.map(({ mention, meaning }) => span(mention.from, mention.to, part(meaning.feature))),
    ...used.flatMap(({ piece, mods }) => [
      span(piece.mention.from, piece.mention.to, part(piece.meaning.feature)),
      ...mods.taken.map((t) => span(t.from, t.to, t.part)),
    ]),
  ].sort((a, b) => a.from - b.from || b.to - a.to)
  // They must not overlap: a page wraps them one after another.
  const out: Span[] = []
  for (const s of all) {
    const last = out.at(-1)
    if (!last || s.from >= last.to) out.push(s)
  }
  return out
}
