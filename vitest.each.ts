/** After each file of tests: files share a process, and what one put in the place of the world is not for the next. */
import { afterAll, vi } from 'vitest'

const environment = { ...process.env }
afterAll(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
})
