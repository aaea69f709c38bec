/** A pack on its way in. Pure. */
export const loadStates = ['checking', 'faulty', 'checked', 'laying', 'laid', 'failed', 'cancelled'] as const
export type LoadState = (typeof loadStates)[number]
/** Something still works on it. */
export const atWork = (state: LoadState): boolean => state === 'checking' || state === 'laying'
