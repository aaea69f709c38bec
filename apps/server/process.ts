/** What every process of ours has in common: it ends when told, or when its parent is gone, and ends whole. */
import type { Logger } from '@pentad/platform/log'

/** Runs the stop once, whoever asks; a stop that hangs does not hold the process for ever. */
export function endWith(log: Logger, stop: () => Promise<void>): void {
  let ending = false
  const end = (why: string) => {
    if (ending) return
    ending = true
    log.info({ why }, 'stopping')
    setTimeout(() => process.exit(1), 20_000).unref()
    stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => end('told to'))
  process.on('SIGINT', () => end('interrupted'))
  // A parent that was killed takes nobody with it; an orphan would hold ports and write twice.
  process.on('disconnect', () => end('the parent is gone'))
}

/** Tells the parent, if there is one. */
export const tellParent = (message: object): void => {
  process.send?.(message)
}
