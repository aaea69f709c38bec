/** Which packages reach a city (on its server or in its pages), and under which licence, from the lock file alone. */

interface Locked {
  version?: string
  license?: string
  link?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}
export interface Lock {
  packages: Record<string, Locked>
}
export interface Shipped {
  name: string
  version: string
  licence: string
  where: 'server' | 'pages' | 'both'
}

/** Used to write, test and build; nothing of them is handed on. Anything else that is declared is. */
const tools =
  /^(?:@axe-core\/playwright|@biomejs\/biome|@playwright\/test|@types\/.+|@vitejs\/plugin-vue|dependency-cruiser|fake-indexeddb|fast-check|knip|node|oxlint|oxlint-tsgolint|typescript|vite|vite-plugin-pwa|vitest|vue-tsc)$/
/** Parts that a build tool puts into a page: the service worker's library. */
const builtIn = /^workbox-(?!build$)/

/** Where `name`, asked for by the package at `from`, is found: the nearest folder upwards. */
function placeOf(lock: Lock, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const place = `${at ? `${at}/` : ''}node_modules/${name}`
    if (lock.packages[place]) return place
    if (!at) return undefined
  }
}

function reached(lock: Lock, names: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const walk = (from: string, asked: readonly string[]) => {
    for (const name of asked) {
      const place = placeOf(lock, from, name)
      if (!place || seen.has(place)) continue
      seen.add(place)
      const { dependencies, optionalDependencies, peerDependencies } = lock.packages[place] ?? {}
      walk(
        place,
        Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter((n) => !tools.test(n)),
      )
    }
  }
  walk('', names)
  return seen
}

const nameOf = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** `licenceAt` is asked where the lock file is silent. */
export function shippedBy(lock: Lock, licenceAt: (place: string) => string | undefined): Shipped[] {
  const own = lock.packages[''] ?? {}
  const server = reached(lock, Object.keys({ ...own.dependencies, ...own.optionalDependencies }))
  const pages = reached(lock, [
    ...Object.keys(own.devDependencies ?? {}).filter((n) => !tools.test(n)),
    ...Object.keys(lock.packages)
      .map(nameOf)
      .filter((n) => builtIn.test(n)),
  ])
  const all = new Map<string, Shipped>()
  for (const place of [...server, ...pages]) {
    const { version = '', license, link } = lock.packages[place] ?? {}
    if (link) continue
    const where = server.has(place) ? (pages.has(place) ? 'both' : 'server') : 'pages'
    const name = nameOf(place)
    all.set(`${name}@${version}`, { name, version, licence: meant(license ?? licenceAt(place) ?? 'unknown'), where })
  }
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1))
}

/** splaytree-ts names its licence with two letters changed; its LICENSE file is the BSD 3-clause text. */
const meant = (licence: string): string => (licence === 'BDS-3-Clause' ? 'BSD-3-Clause' : licence)

/** Licences that ask for no more than their notice. */
const free = new Set(
  '0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause CC0-1.0 ISC MIT MIT-0 PostgreSQL Python-2.0 Unlicense WTFPL Zlib'.split(
    ' ',
  ),
)

/** Allowed beside those, each for a reason that stands in the notices. */
export const exceptions: readonly { name: RegExp; licence: string; reason: string }[] = [
  {
    name: /^@img\/sharp(?:-libvips)?-/,
    licence: 'LGPL-3.0-or-later',
    reason:
      'libvips, which reads and writes pictures, is a library of its own that is loaded when the server runs; it is used unchanged and can be replaced.',
  },
]

/** Reads an SPDX expression of names, AND, OR and brackets. */
export function allowed(expression: string, accepts: (licence: string) => boolean): boolean {
  const words = expression.match(/\(|\)|[^\s()]+/g) ?? []
  let at = 0
  const either = (): boolean => {
    let yes = both()
    while (words[at] === 'OR') {
      at++
      const next = both()
      yes = yes || next
    }
    return yes
  }
  const both = (): boolean => {
    let yes = one()
    while (words[at] === 'AND') {
      at++
      const next = one()
      yes = yes && next
    }
    return yes
  }
  const one = (): boolean => {
    const word = words[at++] ?? ''
    if (word !== '(') return accepts(word)
    const yes = either()
    at++
    return yes
  }
  return either() && at === words.length
}

/** What may not be handed on. */
export const forbidden = (packages: readonly Shipped[]): Shipped[] =>
  packages.filter(
    ({ name, licence }) =>
      !allowed(licence, (l) => free.has(l) || exceptions.some((e) => e.licence === l && e.name.test(name))),
  )
