/** Places as they are said and handed on. */
import type { Point } from '@pentad/geography/model'
import type { Say } from '@pentad/web/i18n.ts'

export const sayDistance = (m: number, say: Say): string =>
  m < 1000 ? say('distance.m', { n: Math.round(m / 10) * 10 }) : say('distance.km', { n: (m / 1000).toFixed(1) })

/** Opens the phone's own navigation: RFC 5870, WGS84; Apple's phones know another word for it. */
export function navigationLink({ lon, lat }: Point, label: string, agent = navigator.userAgent): string {
  const at = `${lat.toFixed(6)},${lon.toFixed(6)}`
  return /iPhone|iPad/.test(agent) ? `maps:?daddr=${at}` : `geo:${at}?q=${at}(${encodeURIComponent(label)})`
}
