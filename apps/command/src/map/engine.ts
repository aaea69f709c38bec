/** Brings a running MapLibre to what is wanted, changing only what differs: the map is never made anew for a layer. */
import { changed } from '@pentad/web/map/style.ts'
import type { Tokens } from '@pentad/web/theme/index.ts'
import type { GeoJSONSource, LayerSpecification, Map as MapLibre, VectorTileSource } from 'maplibre-gl'
import type { MapLayer } from './asked.ts'
import { heightOf, ownSources, sourceOf } from './drawing.ts'
import { signImages, signScale } from './signs.ts'

export interface Wanted {
  layer: MapLayer
  tiles: string
  drawn: readonly LayerSpecification[]
}

/** Milliseconds between two askings for the tiles of touched layers. */
export const refreshEveryMs = 1000

export function engine(map: MapLibre, tokens: Tokens) {
  const tilesNow = new Map<string, string>()
  let drawnNow = new Map<string, LayerSpecification>()
  const touched = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function signs(t: Tokens): void {
    for (const [name, image] of Object.entries(signImages(t))) {
      if (map.hasImage(name)) map.updateImage(name, image)
      else map.addImage(name, image, { pixelRatio: signScale })
    }
  }
  signs(tokens)
  for (const [id, source] of Object.entries(ownSources)) map.addSource(sourceOf(id), source)
  /** Areas lie under the names of the base map. */
  const names = map.getStyle().layers.find((l) => l.type === 'symbol')?.id

  function source({ layer, tiles }: Wanted): void {
    const now = tilesNow.get(layer.id)
    if (now === tiles) return
    tilesNow.set(layer.id, tiles)
    if (now !== undefined) {
      map.getSource<VectorTileSource>(sourceOf(layer.id))?.setTiles([tiles])
      return
    }
    map.addSource(sourceOf(layer.id), {
      type: 'vector',
      tiles: [tiles],
      minzoom: layer.minZoom,
      maxzoom: Math.min(layer.maxZoom, 16),
      promoteId: 'id',
    })
  }

  /** Polygons first, then lines, then points; what is ours on top. */
  function apply(wanted: readonly Wanted[], own: readonly LayerSpecification[]): void {
    for (const w of wanted) source(w)
    const rank = { polygon: 0, line: 1, point: 2 }
    const inOrder = [...wanted].sort(
      (a, b) => rank[a.layer.kind] - rank[b.layer.kind] || heightOf(a.layer) - heightOf(b.layer),
    )
    const all = [...inOrder.flatMap((w) => w.drawn), ...own]
    const next = new Map(all.map((l) => [l.id, l]))
    for (const id of drawnNow.keys()) if (!next.has(id)) map.removeLayer(id)
    // From the top down: each new one is put below the one that is to stand above it.
    let above: string | undefined
    for (const layer of [...all].reverse()) {
      const old = drawnNow.get(layer.id)
      const underNames = names && layer.type !== 'symbol' && layer.type !== 'circle' && !own.includes(layer)
      if (!old) map.addLayer(layer, underNames ? names : above)
      else {
        for (const { name, value } of changed(old.paint, layer.paint))
          map.setPaintProperty(layer.id, name as never, value as never)
        for (const { name, value } of changed(old.layout, layer.layout))
          map.setLayoutProperty(layer.id, name as never, value as never)
        if (old.minzoom !== layer.minzoom || old.maxzoom !== layer.maxzoom)
          map.setLayerZoomRange(layer.id, layer.minzoom ?? 0, layer.maxzoom ?? 24)
      }
      if (!underNames) above = layer.id
    }
    drawnNow = next
  }

  function fill(id: keyof typeof ownSources, features: readonly object[]): void {
    map.getSource<GeoJSONSource>(sourceOf(id))?.setData({ type: 'FeatureCollection', features: [...features] } as never)
  }

  /** These layers have changed: their tiles in view are asked for again, all together and at most once a second. */
  function touch(ids: readonly string[]): void {
    for (const id of ids) if (tilesNow.has(id)) touched.add(id)
    if (timer !== undefined || !touched.size) return
    timer = setTimeout(() => {
      timer = undefined
      for (const id of touched) if (map.getSource(sourceOf(id))) map.refreshTiles(sourceOf(id))
      touched.clear()
    }, refreshEveryMs)
  }

  /** What a map that colours areas counts, from outside the tiles. */
  function counts(id: 'areas' | 'cells', of: ReadonlyMap<string, { count: number; red: number }>): void {
    const source = sourceOf(id)
    if (!map.getSource(source)) return
    map.removeFeatureState({ source, sourceLayer: id })
    for (const [code, state] of of) map.setFeatureState({ source, sourceLayer: id, id: code }, state)
  }

  const drawnIds = (): ReadonlySet<string> => new Set(drawnNow.keys())
  const end = (): void => clearTimeout(timer)
  return { signs, apply, fill, touch, counts, drawnIds, end }
}
export type Engine = ReturnType<typeof engine>

/** Which layers a piece of news touches. */
export function touchedBy(topic: string, layers: readonly MapLayer[], coloured: boolean): string[] {
  switch (topic) {
    case 'case':
      return coloured ? ['cases', 'areas', 'cells'] : ['cases']
    case 'alarm':
      return ['alarms']
    case 'device':
      return layers.filter((l) => l.properties.some((p) => p.id === 'unit') && l.id !== 'cases').map((l) => l.id)
    default:
      return layers
        .filter((l) => l.id === topic || l.id === `${topic}s` || l.id.startsWith(`${topic}-`))
        .map((l) => l.id)
  }
}
