/** What a person sees while the command works: one line a step, with its count while it runs. */

const live = process.stdout.isTTY === true

export interface Step {
  progress: (text: string) => void
  done: (text?: string) => void
}

/** Begins a step; it says how long it took when it is done. */
export function step(what: string): Step {
  const began = performance.now()
  if (live) process.stdout.write(`  · ${what}`)
  return {
    progress(text) {
      if (live) process.stdout.write(`\r\x1b[K  · ${what} ${text}`)
    },
    done(text = '') {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      process.stdout.write(`${live ? '\r\x1b[K' : ''}  ✓ ${what}${text ? ` ${text}` : ''} (${seconds} s)\n`)
    },
  }
}

export const say = (text: string): void => console.log(text)
export const complain = (text: string): void => console.error(text)
