/** The browser of the machine: a story is worth more in what people use, and nothing is downloaded beside the system. */
import { existsSync } from 'node:fs'
import { say } from '../say.ts'
import { installPackages, isRoot, runs } from './debian.ts'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const found = (): string | undefined => [process.env.PENTAD_CHROMIUM ?? '', ...places].find((p) => p && existsSync(p))

/** Where it is; installed first where that is possible. */
export async function findBrowser(): Promise<string | { missing: string }> {
  const there = found()
  // Without a font for it, Chinese is drawn as boxes and measures wrong.
  const readable = !isRoot() || (await runs('sh', ['-c', 'fc-list :lang=zh | grep -q .']))
  if (there && readable) return there
  if (isRoot()) {
    say('· installing Chromium and a Chinese font for the stories')
    await installPackages(...(there ? [] : ['chromium']), 'fonts-noto-cjk', 'fontconfig')
  }
  return (
    found() ?? {
      missing:
        'The stories need Chromium: `apt-get install chromium fonts-noto-cjk`, or set PENTAD_CHROMIUM to its file. `./pentad test --unit --db` goes without.',
    }
  )
}
