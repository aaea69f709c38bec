/** Who may import whom, as rules of dependency-cruiser. The order of the modules gives most of them. */
import type { IForbiddenRuleType } from 'dependency-cruiser'

/** Files of the platform that run in a browser too. */
export const browserSafe = ['refusal', 'time', 'id', 'geo', 'contract', 'rights', 'live', 'picture', 'client'] as const

/** The doors of a module: for the server, and those that a browser may enter as well. */
const anyDoor = String.raw`^modules/[^/]+/(?:index|model|contract)(?:/index)?\.ts$`
const pureDoor = String.raw`^modules/[^/]+/(?:model|contract)(?:/index)?\.ts$`
/** Everything behind a pure door, and other files of the same promise deeper in a module. */
const pureFile = String.raw`^modules/.*/(?:model|contract)(?:\.ts$|/)`
const safePlatform = String.raw`^platform/(?:${browserSafe.join('|')})\.ts$`
const zod = '(?:^|/)zod(?:/|$)'
const test = String.raw`\.(?:test|story|test-help)\.ts$`
const testHelp = String.raw`(?:^|/)testing(?:/index)?\.ts$`
const web = '^(?:web|apps/(?:command|officer|citizen))/'
const builder = String.raw`(?:^web/vite|/vite\.config)\.ts$`
const ours = '^(?:platform|protocols|modules|apps|web|packs|bench|soak|e2e)/'

export function rulesFrom(order: readonly string[]): IForbiddenRuleType[] {
  return [...order.map(looksDownOnly(order)), ...doors, ...browsers, ...layers, ...hygiene]
}

const looksDownOnly =
  (order: readonly string[]) =>
  (name: string, i: number): IForbiddenRuleType => ({
    name: `${name}-looks-down-only`,
    comment: `${name} may call only modules before it in modules/order.mjs; tell those after it by news`,
    severity: 'error',
    // What a module does is seen by those above it, too: its tests may look there by their doors.
    from: { path: `^modules/${name}/`, pathNot: test },
    to: { path: `^modules/(?:${order.slice(i + 1).join('|') || 'none'})/` },
  })

const doors: IForbiddenRuleType[] = [
  {
    name: 'public-door-only',
    comment: 'enter another module by its index, model or contract',
    severity: 'error',
    from: { path: '^modules/([^/]+)/', pathNot: test },
    to: { path: '^modules/', pathNot: ['^modules/$1/', '^modules/order', anyDoor] },
  },
  {
    name: 'tests-enter-by-door-or-testing',
    comment: "a test may also use another module's testing.ts, nothing else behind its door",
    severity: 'error',
    from: { path: `^modules/([^/]+)/.*${test}` },
    to: { path: '^modules/', pathNot: ['^modules/$1/', '^modules/order', anyDoor, testHelp] },
  },
  {
    name: 'outside-enters-by-door',
    comment: 'what is no module enters modules by index, model or contract',
    severity: 'error',
    from: { path: '^(?:platform|protocols|apps|web|packs|bench|soak|e2e)/', pathNot: test },
    to: { path: '^modules/', pathNot: ['^modules/order', anyDoor] },
  },
  {
    name: 'model-and-contract-are-pure',
    comment:
      'they run on a phone: no Node.js, no database, no HTTP; only models, contracts, zod and browser-safe platform',
    severity: 'error',
    from: { path: pureFile, pathNot: test },
    to: { pathNot: [pureFile, safePlatform, zod] },
  },
  {
    name: 'test-help-is-for-tests',
    comment: 'testing.ts and platform/testing are imported by tests and by one another only',
    severity: 'error',
    from: { pathNot: [test, testHelp, '^platform/testing/', '^(?:bench|soak|e2e)/', '^vitest'] },
    to: { path: [testHelp, '^platform/testing/', test] },
  },
]

const browsers: IForbiddenRuleType[] = [
  {
    name: 'webs-enter-by-pure-doors',
    comment: "a page knows a module's model and contract only",
    severity: 'error',
    from: { path: web },
    to: { path: '^modules/', pathNot: pureDoor },
  },
  {
    name: 'webs-use-browser-safe-platform',
    comment: `a page may use platform/{${browserSafe.join(',')}}.ts`,
    severity: 'error',
    from: { path: web, pathNot: test },
    to: { path: '^platform/', pathNot: safePlatform },
  },
  {
    name: 'webs-know-only-themselves',
    comment: 'a web app imports its own files and web/; web/ imports no app',
    severity: 'error',
    from: { path: '^(?:apps/(command|officer|citizen)|web)/' },
    to: { path: '^(?:apps|protocols|packs|bench|soak|e2e)/', pathNot: '^apps/$1/' },
  },
  {
    name: 'webs-without-node',
    comment: 'a browser has no Node.js; only what builds a page has',
    severity: 'error',
    from: { path: web, pathNot: [test, builder] },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'platform-keeps-its-browser-promise',
    comment: 'the browser-safe files of the platform import one another and zod',
    severity: 'error',
    from: { path: safePlatform },
    to: { pathNot: [safePlatform, zod] },
  },
]

const layers: IForbiddenRuleType[] = [
  {
    name: 'protocols-stand-alone',
    comment: 'a codec knows bytes, and nothing of ours',
    severity: 'error',
    from: { path: '^protocols/([^/]+)/' },
    to: { path: ours, pathNot: '^protocols/$1/' },
  },
  {
    name: 'platform-knows-no-domain',
    comment: 'the platform imports the platform',
    severity: 'error',
    from: { path: '^platform/' },
    to: { path: ours, pathNot: '^platform/' },
  },
  {
    name: 'modules-know-no-app',
    comment: 'modules are run by apps and filled by packs, not the other way round',
    severity: 'error',
    from: { path: '^modules/' },
    to: { path: '^(?:apps|web|packs|bench|soak|e2e)/', pathNot: String.raw`^apps/server/modules\.ts$` },
  },
  {
    name: 'only-tests-run-all-modules',
    comment: 'inside a module only its tests may bring up the whole server',
    severity: 'error',
    from: { path: '^modules/', pathNot: test },
    to: { path: '^apps/' },
  },
  {
    name: 'packs-are-data',
    comment: 'a pack is laid into a city by a command; it knows pure doors and browser-safe platform at most',
    severity: 'error',
    from: { path: '^packs/', pathNot: test },
    to: { path: ours, pathNot: ['^packs/', pureDoor, safePlatform] },
  },
  {
    name: 'servers-know-no-page',
    comment: 'processes serve built pages; they import none of their source',
    severity: 'error',
    from: { path: '^apps/(?:server|worker|gateway|media|simulator|cli)/', pathNot: test },
    to: { path: web },
  },
]

const hygiene: IForbiddenRuleType[] = [
  {
    name: 'no-circle',
    comment: 'two files that need each other are one file, or three; types and pages loaded later are no circle',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
  },
  {
    name: 'everything-is-there',
    comment: 'an import that leads nowhere',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^virtual:' },
  },
]
