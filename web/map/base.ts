/** Where a face finds the base map: most ask for tiles; a phone that works without a network keeps it whole. */
import { baseTileJson, baseMap as wholeMap } from '@pentad/geography/contract'
import type { InjectionKey } from 'vue'
import { api } from '../api.ts'
import type { BaseMap } from './style.ts'

/** Provided by a face whose map must be there without a network. */
export const keepsWholeMap: InjectionKey<boolean> = Symbol('keepsWholeMap')
/** What such a face keeps. */
export const wholeMapAddress = '/api/geography/base-map?words=openmaptiles'

export async function baseFromTiles(): Promise<BaseMap> {
  const { tiles, minzoom, maxzoom, pentad } = await api(baseTileJson)
  return { ...pentad, from: { tiles, minzoom, maxzoom } }
}

export async function baseWhole(): Promise<BaseMap> {
  const { attribution, bounds, features } = await api(wholeMap, { query: { words: 'openmaptiles' } })
  return { attribution, bounds, schematic: true, from: { features } }
}
