import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { city } from './city.ts'
import { browserOf, desk, type Language, phone, signedIn, wordsIn } from './people.ts'

test.describe.configure({ timeout: 420_000 })

/** Nothing that keeps a person with a keyboard or a screen reader from the work. */
async function axeClean(page: Page, name: string): Promise<void> {
  // A page that is still changing its colours is looked at again; what stays is a fault.
  await expect(async () => {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze()
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
    expect(
      serious.map((v) => `${name}: ${v.id} ${v.nodes[0]?.html}`),
      name,
    ).toEqual([])
  }).toPass({ timeout: 60_000 })
}

async function settled(page: Page): Promise<void> {
  await expect(page.locator('main').first()).toBeVisible()
  await expect(page.locator('.bone')).toHaveCount(0)
}

/** A form over a page is a page of its own. */
async function censusIsClean(page: Page, language: Language): Promise<void> {
  const { census } = wordsIn(language).command
  await page.goto(`${city().base}/command/components`)
  await page.getByRole('button', { name: census.bring, exact: true }).click()
  await expect(page.getByRole('dialog', { name: census.bring })).toBeVisible()
  await axeClean(page, 'the dialogue of a census')
}

const atTheDesk: [login: string, paths: string[]][] = [
  [
    'seat6',
    [
      '/command/',
      '/command/map',
      '/command/map?theme=analysis&time=1',
      '/command/report',
      '/command/cases',
      '/command/alarms',
      '/command/alarms/rules',
      '/command/devices',
      '/command/fences',
      '/command/tracks',
      '/command/coverage',
      '/command/coverage?span=7d&by=ago',
      '/command/search?q=东直门',
      '/command/manual?q=垃圾',
      '/command/codes',
      '/command/laws',
    ],
  ],
  [
    'sysadmin',
    [
      '/command/people',
      '/command/grid',
      '/command/components',
      '/command/components?tab=quality',
      '/command/ledgers',
      '/command/ledgers/markets',
      '/command/data',
      '/command/data/dictionary',
      '/command/data/base-units',
      '/command/packs',
    ],
  ],
  ['auditor', ['/command/audit']],
  ['leader', ['/wall']],
]

/** The boards of the work, each once: half of them light in Chinese, half dark in English. */
const boards: [Language, 'dark' | 'light', [login: string, paths: string[]][]][] = [
  [
    'zh-CN',
    'light',
    [
      ['dispatch', ['/command/board', '/command/packages?new=1', '/command/dispatch-rules', '/command/hung']],
      ['shift', ['/command/checks', '/command/orders']],
    ],
  ],
  [
    'en',
    'dark',
    [
      ['shift', ['/command/handover', '/command/orders?tab=circulars', '/command/hard', '/command/hung?new=1']],
      ['seat6', ['/command/merge', '/command/cases/self-handled']],
      ['sysadmin', ['/command/flow']],
    ],
  ],
]
for (const [language, colorScheme, walked] of boards)
  test(`[${language}, ${colorScheme}] the boards are clean for keyboard and reader`, async ({ browser }) => {
    for (const [login, paths] of walked) {
      const { page, context } = await signedIn(browser, login, '/command/', language, desk)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.evaluate((theme) => localStorage.setItem('pentad.theme', theme), colorScheme)
      for (const path of paths) {
        await page.goto(`${city().base}${path}`)
        await settled(page)
        await axeClean(page, path)
      }
      await context.close()
    }
  })

for (const [language, colorScheme] of [
  ['zh-CN', 'dark'],
  ['en', 'light'],
] as [Language, 'dark' | 'light'][]) {
  test(`[${language}, ${colorScheme}] every page of the desk is clean for keyboard and reader, and breaks no content policy`, async ({
    browser,
  }) => {
    for (const [login, paths] of atTheDesk) {
      const { page, context } = await signedIn(browser, login, '/command/', language, desk)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      // A page has a theme of its own until a person chooses one.
      await page.evaluate((theme) => localStorage.setItem('pentad.theme', theme), colorScheme)
      const complaints: string[] = []
      page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()))
      for (const path of paths) {
        await page.goto(`${city().base}${path}`)
        await settled(page)
        await axeClean(page, path)
      }
      if (login === 'sysadmin') await censusIsClean(page, language)
      expect(complaints).toEqual([])
      await context.close()
    }
  })

  test(`[${language}, ${colorScheme}] the phones’ pages are clean too`, async ({ browser }) => {
    const citizen = await browserOf(browser, language, phone)
    await citizen.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const path of ['/', '/report', '/r/ZZZZZZZZZZ']) {
      await citizen.page.goto(`${city().base}${path}`)
      await settled(citizen.page)
      await axeClean(citizen.page, path)
    }
    await citizen.context.close()
    const officer = await signedIn(browser, 'inspector1', '/officer/', language, phone)
    await officer.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const path of ['/officer/', '/officer/outbox', '/officer/mine', '/officer/report']) {
      await officer.page.goto(`${city().base}${path}`)
      await settled(officer.page)
      await axeClean(officer.page, path)
    }
    await officer.context.close()
  })
}
