/** Reads: kept while they are fresh, asked again when news say so or the line comes back. */

import { NoAnswer } from '@pentad/platform/client'
import type { LiveNews } from '@pentad/platform/live'
import { type Live, openLive } from '@pentad/web/live.ts'
import { QueryClient } from '@tanstack/vue-query'
import { toAsk } from './news.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      // A desk on the city's own network works without the internet that the browser looks for.
      networkMode: 'always',
      retry: (failures, error) => error instanceof NoAnswer && failures < 3,
      refetchOnWindowFocus: false,
    },
    mutations: { networkMode: 'always', retry: false },
  },
})

/** News come in bursts; one look serves them all, and what somebody did is seen within a second. */
const togetherMs = 200

let line: Live | null = null
const pending = new Set<string>()
let asking = false

/** Asks again for what the news touch; a burst of news is one question. */
function ask(news: LiveNews): void {
  for (const key of toAsk(news)) pending.add(JSON.stringify(key))
  if (asking) return
  asking = true
  setTimeout(() => {
    asking = false
    for (const key of pending) void queryClient.invalidateQueries({ queryKey: JSON.parse(key) as string[] })
    pending.clear()
  }, togetherMs)
}

/** The one live line of this window. */
export function live(): Live {
  if (line) return line
  line = openLive()
  line.onNews(ask)
  line.onReturn(() => void queryClient.invalidateQueries())
  return line
}
export function hangUp(): void {
  line?.close()
  line = null
}
