/** SensorThings through the broker: observations made by topics, and what is new told to whoever listens. */
import { type Db, isOutage } from '@pentad/platform/db'
import type { Logger } from '@pentad/platform/log'
import { createByTopic, mayListen, type Watch, watchTopic } from '@pentad/sensing'
import type { ThingsTopics } from './index.ts'

const everyMs = 500
const pauseMs = 300
/** Topics that may be listened to at once: each is asked for anew every time. */
const mostTopics = 500
/** Who may listen and does not come is waited for so long. */
const unheardMs = 10_000

export const thingsTopics =
  (db: Db, base: string, log: Logger) =>
  (publish: (topic: string, payload: string) => void): ThingsTopics => {
    const listeners = new Map<string, number>()
    const watches = new Map<string, { watch: Watch; since: number }>()
    let stopped = false
    let _looking: Promise<void> | undefined

    async function begin(topic: string): Promise<void> {
      if (watches.has(topic)) return
      const watch = await watchTopic(db, base, topic)
      if (watch && !watches.has(topic)) watches.set(topic, { watch, since: Date.now() })
    }
    async function look(): Promise<void> {
      for (const [topic, { since }] of watches)
        if (!listeners.has(topic) && Date.now() - since > unheardMs) watches.delete(topic)
      for (const topic of listeners.keys()) {
        try {
          const begun = watches.get(topic)
          if (begun) for (const payload of await begun.watch.news()) publish(topic, payload)
          else await begin(topic)
        } catch (error) {
          log.debug({ err: error, topic }, 'a topic waits')
        }
      }
    }
    const again = (): void => {
      _looking ??= look().finally(() => {
        _looking = undefined
      })
    }
    const timer = setInterval(again, everyMs)
    return {
      async create(topic, payload, by) {
        // Nobody is acknowledged while the database is away.
        while (!stopped) {
          try {
            return await createByTopic(db, topic, payload, by)
          } catch (error) {
            if (!isOutage(error)) throw error
            await new Promise((go) => setTimeout(go, pauseMs))
          }
        }
        throw new Error('the gateway ends')
      },
      async mayListen(topic, by) {
        if (!watches.has(topic) && watches.size >= mostTopics) return false
        if (!(await mayListen(db, topic, by))) return false
        // Before it is answered: what happens the moment after is news.
        await begin(topic)
        return true
      },
      listen(topic, on) {
        const count = (listeners.get(topic) ?? 0) + (on ? 1 : -1)
        if (count > 0) listeners.set(topic, count)
        else {
          listeners.delete(topic)
          watches.delete(topic)
        }
        if (on) again()
      },
      stop() {
        stopped = true
        clearInterval(timer)
      },
    }
  }
