/** Many who ask for the same at once are answered by one asking. */

/**
 * Returns when all is here that was there before the call. Calls that come while `read` runs share the next run: many at once cost two.
 */
export function joined(read: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const fresh = (): Promise<void> => {
    if (!running) {
      running = read().finally(() => {
        running = undefined
      })
      return running
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return fresh()
      })
    return next
  }
  return fresh
}
