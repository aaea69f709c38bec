/** What moves and which alarms are open, on a running map: frames of the live picture in, signs, names and counts out. */
import { type AlarmLevel, alarmLevels, levelOfNumber } from '@pentad/sensing/model'
import { point } from '@pentad/web/map/layers.ts'
import { glideMs } from '@pentad/web/map/motion.ts'
import { type Seen, type SpriteOf, swarm } from '@pentad/web/map/swarm.ts'
import { type SwarmLayer, swarmLayer } from '@pentad/web/map/swarm-layer.ts'
import type { Tokens } from '@pentad/web/theme/index.ts'
import type { Map as MapLibre } from 'maplibre-gl'
import type { MapLayer } from './asked.ts'
import { movingBelow, movingLayerId } from './drawing.ts'
import type { Engine } from './engine.ts'
import { flames } from './flames.ts'
import { movingSigns } from './moving.ts'
import { signImages, signName, signOf, signScale } from './signs.ts'

export interface Movers {
  /** Which sign each that moves has; those whose layer is off have none. */
  sprites: SpriteOf
  /** Names by handle, of those that are close enough to read one. */
  names: ReadonlyMap<number, string>
  /** Open alarms are shown, of these levels. */
  levels: readonly string[] | null
  alarmLayer: MapLayer | undefined
}

/** Names stand beside signs from this zoom on, where so few are in view. */
const namesFrom = 14.5
const mostNames = 300
/** A click so near, in pixels, means it. */
const reachPx = 10

const atlasOf = (t: Tokens) => {
  const images = signImages(t)
  return { images: movingSigns.flatMap((sign) => images[signName(sign)] ?? []), scale: signScale }
}

export function moversOn(
  map: MapLibre,
  run: Engine,
  shown: () => Movers,
  { calm, tokens, nameless }: { calm: boolean; tokens: Tokens; nameless: (handles: number[]) => void },
) {
  const things = swarm((kind, state, turns) => shown().sprites(kind, state, turns), calm ? 0 : glideMs)
  const fires = flames()
  const card: SwarmLayer = swarmLayer(movingLayerId, things, atlasOf(tokens))
  map.addLayer(card, movingBelow)
  /** Milliseconds between two pictures of what moves, and of the names beside it. */
  const stepMs = calm ? 2000 : 33
  const namesEveryMs = calm ? 1000 : 100
  let lastDrawn = 0
  /** A frame came that is not drawn yet; and counts stand on the map. */
  let fresh = false
  let anyCounted = false
  let lastNamed = 0
  let named = false

  function drawNames(now: number): void {
    lastNamed = now
    const b = map.getBounds()
    const close =
      map.getZoom() >= namesFrom
        ? things.within([b.getWest(), b.getSouth(), b.getEast(), b.getNorth()], mostNames, now)
        : null
    // From afar there are none: nothing to tell the map again and again.
    if (!close && !named) return
    named = close !== null
    const { names } = shown()
    run.fill(
      'moving',
      (close ?? []).flatMap((v) => {
        const label = names.get(v.handle)
        return label ? [point(v.lon, v.lat, { label })] : []
      }),
    )
    const unknown = (close ?? []).map((v) => v.handle).filter((h) => !names.has(h))
    if (unknown.length) nameless(unknown)
  }
  function drawFires(): void {
    const { alarmLayer, levels } = shown()
    const wanted = (level: AlarmLevel) => !levels || levels.includes(level)
    run.fill(
      'burning',
      fires.all().flatMap(({ id, lon, lat, state }) => {
        const level = levelOfNumber(state)
        if (!alarmLayer || !wanted(level)) return []
        const sign = signName(signOf(alarmLayer, level))
        return [point(lon, lat, { id, layer: 'alarms', sign, rank: alarmLevels.indexOf(level), state: level })]
      }),
    )
    run.fill('burningCounts', alarmLayer ? fires.bins().map(({ lon, lat, count }) => point(lon, lat, { count })) : [])
  }

  return {
    /** A frame of the live picture. */
    heard(picture: ArrayBuffer): void {
      if (fires.take(picture)) {
        drawFires()
        return
      }
      const now = performance.now()
      const taken = things.take(picture, now)
      if (!taken) return
      const counted = taken === 'things' ? [] : taken.bins
      // To tell the map of no counts again and again would have it draw each time.
      if (anyCounted || counted.length > 0)
        run.fill(
          'movingCounts',
          counted.map(({ lon, lat, count }) => point(lon, lat, { count })),
        )
      anyCounted = counted.length > 0
      fresh = true
      if (now - lastNamed >= namesEveryMs) drawNames(now)
    },
    /** With each picture of the browser: the card is asked to draw while something glides. */
    tick(now: number): void {
      if (now - lastDrawn < stepMs || !(fresh || things.moving(now - stepMs))) return
      lastDrawn = now
      fresh = false
      map.triggerRepaint()
      if (now - lastNamed >= namesEveryMs) drawNames(now)
    },
    nearest(lon: number, lat: number): Seen | null {
      const reachDeg = (reachPx * 360) / (512 * 2 ** map.getZoom())
      return things.nearest(lon, lat, reachDeg, performance.now())
    },
    resign(): void {
      things.signs(shown().sprites)
      map.triggerRepaint()
    },
    rename: (): void => drawNames(performance.now()),
    paint: (t: Tokens): void => card.paint(atlasOf(t)),
    drawFires,
  }
}
