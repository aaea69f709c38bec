/** Where this phone is; asked for only when a report is being made. */
import type { Point } from '@pentad/geography/model'
import { ref, shallowRef } from 'vue'

export const here = shallowRef<Point | null>(null)
export const hereState = ref<'unasked' | 'asking' | 'known' | 'unknown'>('unasked')

export function askHere(): void {
  if (hereState.value === 'asking') return
  if (!navigator.geolocation) {
    hereState.value = 'unknown'
    return
  }
  hereState.value = 'asking'
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      here.value = { lon: coords.longitude, lat: coords.latitude }
      hereState.value = 'known'
    },
    () => {
      hereState.value = 'unknown'
    },
    { enableHighAccuracy: true, maximumAge: 30_000, timeout: 10_000 },
  )
}
