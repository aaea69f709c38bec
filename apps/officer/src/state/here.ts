/** Where this phone is, as far as it tells. */
import type { Point } from '@pentad/geography/model'
import { ref, shallowRef } from 'vue'

export interface Fix extends Point {
  accuracyM: number
  at: Date
}
export const here = shallowRef<Fix | null>(null)
/** `asking` until the first answer. */
export const hereState = ref<'asking' | 'known' | 'refused' | 'unknown'>('asking')

let watching: number | undefined

export function watchHere(): void {
  if (watching !== undefined) return
  if (!navigator.geolocation) {
    hereState.value = 'unknown'
    return
  }
  watching = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      here.value = {
        lon: coords.longitude,
        lat: coords.latitude,
        accuracyM: Math.round(coords.accuracy),
        at: new Date(timestamp),
      }
      hereState.value = 'known'
    },
    (error) => {
      if (here.value) return
      hereState.value = error.code === error.PERMISSION_DENIED ? 'refused' : 'unknown'
    },
    { enableHighAccuracy: true, maximumAge: 15_000, timeout: 20_000 },
  )
}

export const pointHere = (): Point | null => (here.value ? { lon: here.value.lon, lat: here.value.lat } : null)
