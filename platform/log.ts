/** One logger per process; lines are JSON, with `process` and, where known, request and case ids. */
import { type Logger, pino } from 'pino'

export type { Logger }

export const logger = (process: string, level: string): Logger =>
  pino({
    level,
    base: { process },
    // A log is read by more people than a case may be.
    redact: ['req.headers.cookie', 'req.headers.authorization', 'password', '*.password', 'phone', '*.phone'],
  })
