/** A district that the city did not have: from the template to the first case in it, in one sitting and by its own staff. */
import { readFile } from 'node:fs/promises'
import { expect, type Page, test } from '@playwright/test'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { withoutMaps } from './browser.ts'
import { city } from './city.ts'
import { ask, browserOf, desk, type Language, type Person, signedIn, wordsIn } from './people.ts'

test.use({ launchOptions: withoutMaps })

test.describe.configure({ timeout: 240_000 })

type Files = Record<string, string>

/** Both stories take place in one city, so each language has a district, ground and names of its own. */
interface District {
  code: string
  login: string
  street: string
  road: string
  units: RegExp
  bounds: [west: number, south: number, east: number, north: number]
  rewrite: (text: string) => string
}
const northDeg = 0.02
const districts: Record<Language, District> = {
  'zh-CN': {
    code: '110199',
    login: 'sl-seat',
    street: '向阳街道',
    road: '向阳路',
    units: /向阳街道办事处|示例区环卫中心/,
    bounds: [116.459, 39.929, 116.473, 39.941],
    rewrite: (text) => text,
  },
  en: {
    code: '110198',
    login: 'ml-seat',
    street: '朝晖街道',
    road: '朝晖路',
    units: /Zhaohui Sub-district Office|Model District Sanitation Centre/,
    bounds: [116.459, 39.949, 116.473, 39.961],
    rewrite: (text) =>
      text
        .replaceAll('110199', '110198')
        .replaceAll('sample-district', 'model-district')
        .replaceAll('Sample', 'Model')
        .replaceAll('示例区', '模范区')
        .replaceAll('向阳', '朝晖')
        .replaceAll('Xiangyang', 'Zhaohui')
        .replaceAll('sl-', 'ml-')
        .replace(/\b39\.9\d*/g, (lat) => (Number(lat) + northDeg).toFixed(4)),
  },
}

const zipOf = (files: Files) =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)]))))

/** The template as the page hands it out. */
async function template(page: Page, name: string): Promise<Files> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name, exact: true }).click(),
  ])
  const files = unzipSync(new Uint8Array(await readFile(await download.path())))
  return Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, strFromU8(bytes)]))
}

const send = (page: Page, name: string, files: Files) =>
  page.locator('input[type=file][accept]').setInputFiles({ name, mimeType: 'application/zip', buffer: zipOf(files) })

interface Editions {
  editions: { number: number; changes: { part: string; added: number; changed: number; retired: number }[] }[]
}
interface Case {
  cell: string
  street: { code: string; name: string }
  placeWords: Record<Language, string>
}

for (const language of ['zh-CN', 'en'] as const) {
  test(`[${language}] a new district is set up from the template in one sitting: faults by file and line, a dry run, an edition; then its own seat signs in and takes the first case there [ONE-04] [ONE-06] [ONE-09] [ONE-33] [DUM-07] [DUM-08] [DUM-02] [FRM-15] [INF-23]`, async ({
    browser,
  }) => {
    const { command } = wordsIn(language)
    const district = districts[language]
    const admin = await signedIn(browser, 'sysadmin', '/command/packs', language)
    const { page } = admin
    const areas = async () =>
      (await ask<{ areas: unknown[] }>(admin, `/geography/areas?within=${district.code}`)).areas.length
    expect(await areas()).toBe(0)

    const given = await template(page, command.packs.template)
    const pack = Object.fromEntries(Object.entries(given).map(([path, text]) => [path, district.rewrite(text)]))
    expect(Object.keys(pack)).toContain('city/README.md')

    // Filled in with three mistakes: each is named where it stands.
    const wrong = {
      ...pack,
      'city/areas/areas.csv':
        pack['city/areas/areas.csv']?.replace(/(002002,community,[^,]*,\d+)002,/, (_, row) => `${row}001,`) ?? '',
      'city/organisation/memberships.csv':
        pack['city/organisation/memberships.csv']?.replace('shift_leader', 'shift_boss') ?? '',
      'city/places/places.cvs.csv': 'id\n',
    }
    await send(page, 'first-try.zip', wrong)
    const faults = (file: string) => page.locator('section.file', { has: page.getByText(file, { exact: false }) })
    await expect(faults('areas/areas.csv').getByRole('listitem')).toContainText(['9'], { timeout: 60_000 })
    await expect(faults('areas/areas.csv')).toContainText(`${district.code}002002`)
    await expect(faults('organisation/memberships.csv').getByRole('listitem')).toContainText([/^3.*shift_boss/])
    await expect(faults('places/places.cvs.csv').getByRole('listitem')).toHaveCount(1)
    await expect(page.getByRole('alert')).toContainText(command.packs.nothingLoaded)

    // Mended: clean, and what it would change is told before anything changes.
    await send(page, 'second-try.zip', pack)
    const panel = page.getByRole('region', { name: 'second-try.zip' })
    await expect(panel.getByText(command.packs.clean)).toBeVisible({ timeout: 60_000 })
    await expect(panel.getByRole('row').filter({ hasText: '7' }).first()).toBeVisible()
    expect(await areas()).toBe(0)
    await panel.getByRole('button', { name: command.packs.load, exact: true }).click()
    await expect(panel.getByRole('progressbar')).toBeVisible()
    await expect(panel.getByText(command.packs.loaded, { exact: true })).toBeVisible({ timeout: 60_000 })
    expect(await areas()).toBe(7)

    // An edition that only adds: nothing of the districts beside it changed or ended.
    const { editions } = await ask<Editions>(admin, '/operations/packs')
    const [edition] = editions
    const added = Object.fromEntries((edition?.changes ?? []).map((c) => [c.part, c.added]))
    expect(added).toMatchObject({ areas: 7, units: 6, people: 6, memberships: 6, places: 6 })
    expect(added.cells).toBeGreaterThan(80)
    expect(edition?.changes.filter((c) => c.changed || c.retired)).toEqual([])
    await page
      .getByRole('button', { name: new RegExp(command.packs.edition.replace('{n}', `${edition?.number}`)) })
      .click()
    await expect(page.getByRole('table', { name: command.packs.changes })).toBeVisible()
    const map = await admin.context.request.get(`${city().base}/tiles/base.json`)
    const { bounds } = (await map.json()) as { bounds: District['bounds'] }
    const [west, south, east, north] = district.bounds
    expect(bounds[0]).toBeLessThan(west - 0.05)
    expect(bounds[1]).toBeLessThanOrEqual(south)
    expect(bounds[2]).toBeGreaterThanOrEqual(east)
    expect(bounds[3]).toBeGreaterThanOrEqual(north)

    const first = await firstPassword(admin, district.login, language)
    const seat = await seatOf(await browserOf(browser, language, desk), district.login, first, language)
    await firstCase(seat, district, language)
    for (const person of [admin, seat]) await person.context.close()
  })
}

/** Given on the people page; whoever got it must change it at once. */
async function firstPassword({ page }: Person, login: string, language: Language): Promise<string> {
  const { people } = wordsIn(language).command
  await page.goto(`${city().base}/command/people`)
  await page.getByRole('searchbox', { name: people.search }).fill(login)
  await page.getByRole('row').filter({ hasText: login }).getByRole('button').click()
  const details = page.getByRole('complementary', { name: people.details })
  await expect(details.getByText(people.noPassword)).toBeVisible()
  await details.getByRole('button', { name: people.firstPassword, exact: true }).click()
  const given = details.locator('.given code')
  await expect(given).toHaveText(/\S{10,}/)
  return (await given.textContent()) ?? ''
}

async function seatOf(person: Person, login: string, first: string, language: Language): Promise<Person> {
  const { web } = wordsIn(language)
  const { page } = person
  const own = `${login}-own-password`
  await page.goto(`${city().base}/command/report`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(first)
  await page.getByRole('button', { name: web.signIn.submit, exact: true }).click()
  await expect(page.getByRole('heading', { name: web.password.own })).toBeVisible()
  await page.getByLabel(web.password.next, { exact: true }).fill(own)
  await page.getByLabel(web.password.repeat, { exact: true }).fill(own)
  await page.getByRole('button', { name: web.password.submit, exact: true }).click()
  await expect(page.locator('textarea')).toBeVisible()
  return person
}

/** By the house number of the pack, in a cell that was drawn for it, to a unit of its own. */
async function firstCase(seat: Person, district: District, language: Language): Promise<void> {
  const { report, alarm } = wordsIn(language).command
  const { page } = seat
  await page.locator('textarea').fill(`暴露垃圾没人清 ${language} ${Date.now()}`)
  const box = page.getByRole('combobox', { name: report.place, exact: true })
  await box.fill(`${district.road}35号`)
  const options = page.getByRole('listbox', { name: report.places }).getByRole('option')
  await expect(options.first()).toContainText(district.road)
  await box.press('Enter')
  await expect(page.locator('.labelled .ok').first()).toBeVisible()
  await page.locator('.classes input[type=radio]').first().check()
  await expect(page.locator('.around dl.facts')).toContainText(district.units)
  await page.locator('button[type=submit]').click()
  await page.getByRole('link', { name: alarm.openCase, exact: true }).click()

  await expect(page).toHaveURL(/\/command\/cases\/[0-9a-f-]{36}$/)
  const whole = await ask<Case>(seat, `/cases/${page.url().split('/').at(-1)}`)
  expect(whole.cell).toMatch(new RegExp(`^${district.code}001002\\d{3}$`))
  expect(whole.street).toEqual({ code: `${district.code}001`, name: district.street })
  expect(whole.placeWords['zh-CN']).toContain(district.road)
  await expect(page.locator('dl.facts', { hasText: whole.cell }).first()).toBeVisible()
  await expect(page.getByRole('main').last()).toContainText(whole.placeWords[language])
}
