/** What is drawn: the layers that are on, as the thematic map, the instant and the narrowing want them. */
import { tokens } from '@pentad/web/theme/index.ts'
import { computed, type Ref } from 'vue'
import { useFigures, useStreets } from '../cases/asked.ts'
import type { MapAddress } from './address.ts'
import { type MapLayer, useCasesAt, useCatalogue } from './asked.ts'
import { cellBreaks, lateBreaks, quantileBreaks } from './breaks.ts'
import { type Choropleth, cellsFrom, drawnLayers, type Look, tilesOf } from './drawing.ts'
import type { Wanted } from './engine.ts'
import type { StreetCount } from './LayerPanel.vue'
import { layersOn, onAtFirst, themedMaps } from './themes.ts'

type Box = [west: number, south: number, east: number, north: number]
/** Boxes grow to whole parts of a degree, so that a small move asks nothing new. */
const snapped = ([west, south, east, north]: Box): Box => {
  const part = 0.02
  return [
    Math.floor(west / part) * part,
    Math.floor(south / part) * part,
    Math.ceil(east / part) * part,
    Math.ceil(north / part) * part,
  ]
}
/** From here on the past is asked for in view, where the whole of it is too much. */
const boxFrom = 13
const countsOf = (groups: readonly { code: string; count: number; red: number }[]) =>
  new Map(groups.map((g) => [g.code, { count: g.count, red: g.red }]))

export function useShown(address: Ref<MapAddress>, box: Ref<Box | null>, zoom: Ref<number>, at: Ref<Date | null>) {
  const catalogue = useCatalogue()
  const { data: figures } = useFigures()
  const { data: areas } = useStreets()
  const layers = computed<readonly MapLayer[]>(() => catalogue.data.value?.layers ?? [])
  const theme = computed(() => themedMaps[address.value.theme])
  const first = computed(() => onAtFirst(address.value.theme, layers.value))
  const on = computed(() => layersOn(address.value.theme, layers.value, address.value))
  const layersShown = computed(() => layers.value.filter((l) => on.value.includes(l.id)))
  const inCells = computed(() => zoom.value >= cellsFrom)

  const coloured = computed(() => theme.value.choropleth)
  const casesOn = computed(() => on.value.includes('cases'))
  const whole = useCasesAt(() =>
    at.value ? { at: at.value, area: address.value.area, box: null, group: coloured.value ? 'street' : 'auto' } : null,
  )
  const near = useCasesAt(() => {
    if (!at.value || !box.value) return null
    if (coloured.value && !casesOn.value)
      return inCells.value ? { at: at.value, area: address.value.area, box: snapped(box.value), group: 'cell' } : null
    return whole.data.value?.groupedBy && zoom.value >= boxFrom
      ? { at: at.value, area: address.value.area, box: snapped(box.value), group: 'auto' }
      : null
  })
  const streetsThen = computed(() => (at.value && coloured.value ? (whole.data.value?.groups ?? []) : null))

  const streets = computed<StreetCount[]>(() => {
    const { area } = address.value
    if (streetsThen.value) {
      const names = new Map((areas.value?.areas ?? []).map((a) => [a.code, a.name]))
      return streetsThen.value.map((g) => ({
        code: g.code,
        name: names.get(g.code) ?? g.code,
        open: g.count,
        overdue: g.red,
      }))
    }
    return (figures.value?.byStreet ?? []).filter((s) => s.code.startsWith(area))
  })
  const choropleth = computed<Choropleth | null>(() =>
    coloured.value
      ? {
          measure: address.value.measure,
          streets: address.value.measure === 'late' ? lateBreaks : quantileBreaks(streets.value.map((s) => s.open)),
          cells: address.value.measure === 'late' ? lateBreaks : cellBreaks,
          past: at.value !== null,
        }
      : null,
  )
  const counts = computed(() =>
    at.value && coloured.value
      ? {
          streets: countsOf(streetsThen.value ?? []),
          cells: countsOf(near.data.value?.groupedBy === 'cell' ? near.data.value.groups : []),
        }
      : null,
  )

  const lookOf = (id: string): Look => ({
    tokens: tokens.value,
    opacity: (address.value.dim[id] ?? 100) / 100,
    caseSign: theme.value.caseSign,
    choropleth: choropleth.value,
  })
  /** What comes over the live line instead of standing in tiles. */
  const gliding = computed(() => (at.value ? [] : layersShown.value.filter((l) => l.live)))
  const burning = computed(() => (at.value ? undefined : layersShown.value.find((l) => l.id === 'alarms')))
  /** Things that only the present knows. */
  const onlyNow = (l: MapLayer): boolean => l.id === 'cases' || l.id === 'alarms' || l.live
  const wanted = computed<Wanted[]>(() =>
    layersShown.value
      .filter((l) => !gliding.value.includes(l) && l !== burning.value && !(at.value && onlyNow(l)))
      .map((layer) => {
        const count = coloured.value && !at.value && (layer.id === 'areas' || layer.id === 'cells')
        const narrowed = {
          only: address.value.only[layer.id],
          area: address.value.area,
          unit: address.value.unit,
          count,
        }
        return { layer, tiles: tilesOf(layer, location.origin, narrowed), drawn: drawnLayers(layer, lookOf(layer.id)) }
      }),
  )
  const own = computed<Look>(() => ({
    tokens: tokens.value,
    opacity: 1,
    caseSign: theme.value.caseSign,
    choropleth: null,
  }))
  const then = computed(() => {
    if (!at.value || !casesOn.value) return null
    const found =
      near.data.value && whole.data.value?.groupedBy && zoom.value >= boxFrom ? near.data.value : whole.data.value
    const only = address.value.only.cases
    return found && only ? { ...found, cases: found.cases.filter((c) => only.includes(c.light)) } : (found ?? null)
  })
  return {
    catalogue,
    layers,
    first,
    on,
    layersShown,
    inCells,
    streets,
    choropleth,
    counts,
    gliding,
    burning,
    wanted,
    own,
    past: then,
    sum: computed(() => (at.value ? (whole.data.value ?? null) : null)),
    thenError: computed(() => (at.value ? whole.error.value : null)),
    thenBusy: computed(() => whole.isFetching.value),
  }
}
