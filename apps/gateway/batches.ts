/**
 * Many letters, one commit. A letter is answered only after what it carries is safe; while the database is away letters
 * wait, bounded, and whoever brings more is held up.
 */
import { errorCode } from '@pentad/platform/db'
import type { Logger } from '@pentad/platform/log'

export interface Letter<Row> {
  rows: readonly Row[]
  /** Devices of whom the letter is a sign of life. */
  deviceIds: readonly string[]
  /** Called once, after the commit (`true`), or when the database will never take it (`false`). */
  done: (stored: boolean) => void
}

export interface Batches<Row> {
  post: (letter: Letter<Row>) => void
  /** Letters not yet committed. */
  readonly waiting: number
  /** No more can be taken: bring nothing until `onRoom`. */
  readonly full: boolean
  /** The commit at hand has lasted longer than any does that goes well: devices wait for us, not we for them. */
  readonly stalled: boolean
  onRoom: (again: () => void) => void
  /** Stores what waits, gives up after so long, and takes no more. */
  stop: (patienceMs: number) => Promise<void>
}

export interface BatchOptions<Row> {
  name: string
  store: (rows: readonly Row[], deviceIds: readonly string[]) => Promise<void>
  /** A commit waits so long for company, in milliseconds. */
  everyMs: number
  /** Letters of one commit. */
  most: number
  /** Letters that may wait. */
  mostWaiting: number
  /** A try that lasts longer, in milliseconds, hangs on a connection whose other end is gone: it is made anew. */
  longestTryMs?: number
  /** Such a try was given up. */
  onHang?: (() => void) | undefined
  /** A commit ended, and its letters wait no more. */
  onCommit?: () => void
  log: Logger
}

/** The database itself ends any statement after 60 s. */
const longestTry = 75_000
/** In milliseconds. */
const commitGoesWell = 1000
/** Waits between tries while the database is away, in milliseconds; the last one for ever. */
const pausesMs = [50, 100, 200, 500, 1000]

export function createBatches<Row>(options: BatchOptions<Row>): Batches<Row> {
  const { name, store, everyMs, most, mostWaiting, longestTryMs = longestTry, onHang, onCommit, log } = options
  let queue: Letter<Row>[] = []
  let inHand = 0
  let inHandSince = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let stopping = false
  let givenUp = false
  const again: (() => void)[] = []

  const waiting = () => queue.length + inHand

  function post(letter: Letter<Row>): void {
    if (stopping) return
    queue.push(letter)
    if (running) return
    if (queue.length >= most) run()
    else timer ??= setTimeout(run, everyMs)
  }

  function run(): void {
    clearTimeout(timer)
    timer = undefined
    running ??= drain().finally(() => {
      running = undefined
      if (queue.length > 0 && !givenUp) run()
    })
  }

  async function drain(): Promise<void> {
    while (queue.length > 0 && !givenUp) {
      const letters = queue.slice(0, most)
      queue = queue.slice(most)
      inHand = letters.length
      inHandSince = Date.now()
      await keep(letters)
      inHand = 0
      onCommit?.()
      if (waiting() < mostWaiting / 2) for (const go of again.splice(0)) go()
    }
  }

  /** All at once; when the data themselves are refused, halves, so that one bad letter costs no other. */
  async function keep(letters: readonly Letter<Row>[]): Promise<void> {
    for (let tries = 0; !givenUp; tries++) {
      try {
        await within(
          longestTryMs,
          store(
            letters.flatMap((l) => l.rows),
            letters.flatMap((l) => l.deviceIds),
          ),
        )
        if (tries > 0) log.info({ batches: name, tries, letters: letters.length }, 'the database is back')
        for (const letter of letters) letter.done(true)
        return
      } catch (error) {
        if (error instanceof HangError) onHang?.()
        if (isOfTheData(error)) {
          if (letters.length === 1) {
            log.error({ err: error, batches: name }, 'a letter cannot be stored')
            for (const letter of letters) letter.done(false)
            return
          }
          const half = letters.length >> 1
          await keep(letters.slice(0, half))
          await keep(letters.slice(half))
          return
        }
        if (tries === 0)
          log.warn({ err: error, batches: name, waiting: waiting() }, 'the database is away: nobody is answered')
        await new Promise((go) => setTimeout(go, pausesMs[Math.min(tries, pausesMs.length - 1)]))
      }
    }
  }

  return {
    post,
    get waiting() {
      return waiting()
    },
    get full() {
      return waiting() >= mostWaiting
    },
    get stalled() {
      return inHand > 0 && Date.now() - inHandSince > commitGoesWell
    },
    onRoom: (go) => again.push(go),
    async stop(patienceMs) {
      stopping = true
      if (queue.length > 0) run()
      const patience = setTimeout(() => {
        givenUp = true
      }, patienceMs)
      while (running) await running
      clearTimeout(patience)
    },
  }
}

/** Several commits at once: while the engine writes one, the next is gathered. A device keeps to its lane, so that its letters keep their order. */
export function createLanes<Row>(count: number, { mostWaiting, ...options }: BatchOptions<Row>): Batches<Row> {
  const again: (() => void)[] = []
  const lanes = Array.from({ length: count }, (_, n) =>
    createBatches({
      ...options,
      name: `${options.name} ${n + 1}`,
      // Together they hold what one would.
      mostWaiting: Number.POSITIVE_INFINITY,
      onCommit: () => {
        if (waiting() < mostWaiting / 2) for (const go of again.splice(0)) go()
      },
    }),
  )
  const waiting = () => lanes.reduce((sum, lane) => sum + lane.waiting, 0)
  return {
    post: (letter) => lanes[laneOf(letter.deviceIds[0] ?? '', count)]?.post(letter),
    get waiting() {
      return waiting()
    },
    get full() {
      return waiting() >= mostWaiting
    },
    get stalled() {
      return lanes.some((lane) => lane.stalled)
    },
    onRoom: (go) => again.push(go),
    async stop(patienceMs) {
      await Promise.all(lanes.map((lane) => lane.stop(patienceMs)))
    },
  }
}
/** The last hexadecimal digits of an id are its random ones. */
const laneOf = (deviceId: string, count: number): number => (Number.parseInt(deviceId.slice(-4), 16) || 0) % count

class HangError extends Error {}

/** The work that was given up may still go through: storing again what is stored changes nothing. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let late: NodeJS.Timeout | undefined
  const patience = new Promise<never>((_, fail) => {
    late = setTimeout(() => fail(new HangError(`the database gave no answer for ${milliseconds} ms`)), milliseconds)
  })
  try {
    await Promise.race([work, patience])
  } finally {
    clearTimeout(late)
  }
}

/** Classes 22 (data exception) and 23 (constraint) say that the data are wrong; anything else may pass. */
const isOfTheData = (error: unknown): boolean => /^(22|23)/.test(errorCode(error) ?? '')
