/** How what moves is shown between two fixes: it glides from where it is shown to where it was last heard, turning the shorter way round. */

/** Milliseconds to glide; fixes come every 5–30 s, and a sign that stands for a moment is better than one that lags. */
export const glideMs = 2500

/** The turn from one heading to another, -180–180 degrees. */
export const turnOf = (from: number, to: number): number => ((((to - from + 180) % 360) + 360) % 360) - 180
