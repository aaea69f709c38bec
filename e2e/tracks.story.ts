/** Where crews and cars were: asked at a place, replayed with what happened on the way; fences drawn, watched and ended. */
import { readFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { newId } from '@pentad/platform/id'
import { type Browser, expect, type Page, test } from '@playwright/test'
import { city } from './city.ts'
import { clerk, type Language, lane, signedIn, tell, wordsIn } from './people.ts'
import { drive } from './terminal.ts'

// A browser without a graphics card draws a map slowly.
test.describe.configure({ timeout: 300_000 })
const drawnWithin = { timeout: 60_000 }
const minute = 60_000

async function mapOf(page: Page): Promise<void> {
  await expect(page.locator('.maplibregl-canvas')).toBeVisible(drawnWithin)
  await expect(page.locator('.veil')).toHaveCount(0, drawnWithin)
}
async function axeClean(page: Page): Promise<void> {
  await expect(async () => {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze()
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
    expect(serious.map((v) => `${v.id} ${v.nodes[0]?.html}`)).toEqual([])
  }).toPass({ timeout: 60_000 })
}
async function vehicle(browser: Browser, language: Language): Promise<{ phone: string; plate: string }> {
  const chance = String(Date.now() % 1_000_000).padStart(6, '0')
  const [phone, plate] = [`1377${chance}1`, `京S·${language === 'en' ? 'E' : 'Z'}${chance.slice(-4)}`]
  const admin = await clerk(browser, 'sysadmin', language)
  const place = { lon: lane.longitude, lat: lane.latitude }
  const named = { name: plate, nameEn: plate, label: plate }
  await tell(admin, '/sensing/devices', { kind: 'vehicle', address: phone, ...named, ...place })
  await admin.context.close()
  return { phone, plate }
}
const { longitude, latitude } = lane

for (const language of ['zh-CN', 'en'] as const) {
  test(`[${language}] a shift leader asks who was in a lane, replays the way with its stop and its gap, and takes it away as a table [CMD-17] [CMD-16] [SEN-02]`, async ({
    browser,
  }) => {
    const { tracks } = wordsIn(language).command
    const { phone, plate } = await vehicle(browser, language)
    const end = Date.now() - minute
    const fix = (minutesAgo: number, eastM: number, speedKmh: number) => ({
      ...{ at: new Date(end - minutesAgo * minute), speedKmh, lat: latitude },
      lon: longitude + eastM / 85_000,
    })
    await drive(phone, plate, [
      ...Array.from({ length: 20 }, (_, n) => fix(30 - n * 0.5, -800 + n * 40, 15)),
      ...Array.from({ length: 10 }, (_, n) => fix(20 - n * 0.6, 0, 0)),
      ...Array.from({ length: 8 }, (_, n) => fix(4 - n * 0.5, 500 + n * 60, 20)),
    ])

    const leader = await signedIn(browser, 'shift', '/command/', language)
    const { page } = leader
    await page.goto(`${city().base}/command/map?here=${longitude},${latitude}&map=${longitude},${latitude},15.5`)
    await mapOf(page)
    const near = page.locator('section', { hasText: tracks.near.says })
    await near.getByRole('button', { name: tracks.near.ask, exact: true }).click()
    await near.getByRole('link', { name: plate }).click()

    await expect(page).toHaveURL(/\/command\/tracks\?d=/)
    await mapOf(page)
    const whom = page.getByRole('complementary', { name: tracks.whom })
    await expect(whom.getByRole('heading', { name: `A · ${plate}` })).toBeVisible()
    await expect(whom.getByText(tracks.times.replace('{n}', '1')).first()).toBeVisible()
    const happened = page.getByRole('complementary', { name: tracks.happened })
    await expect(happened.getByRole('button', { name: `A · ${tracks.kind.stop}` })).toHaveCount(1)
    // Before it was first heard, and where it fell silent on the way.
    await expect(happened.getByRole('button', { name: `A · ${tracks.kind.gap}` }).nth(1)).toBeVisible()

    // In the gap nobody says where it is.
    await happened
      .getByRole('button', { name: `A · ${tracks.kind.gap}` })
      .last()
      .click()
    const moment = page.getByRole('slider', { name: tracks.moment })
    const gapAt = Number(await moment.inputValue())
    expect(Math.abs(gapAt - (end - 14.6 * minute))).toBeLessThan(2 * minute)
    await page.locator('.middle').click({ position: { x: 200, y: 120 } })
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await expect(whom.getByText(tracks.lost)).toBeVisible()

    // Played by the keyboard, ten minutes a second.
    await page.keyboard.press('5')
    await expect(page.getByRole('button', { name: '600×' })).toHaveAttribute('aria-pressed', 'true')
    await page.keyboard.press('b')
    const before = Number(await moment.inputValue())
    await page.keyboard.press(' ')
    await expect.poll(async () => Number(await moment.inputValue())).toBeGreaterThan(before + minute)
    await expect(page.getByRole('button', { name: tracks.play, exact: true })).toBeVisible({ timeout: 30_000 })
    await expect(page).toHaveURL(/[?&]at=/)
    await axeClean(page)

    const saved = page.waitForEvent('download')
    await happened.getByRole('button', { name: tracks.exportReport }).click()
    const table = readFileSync(await (await saved).path(), 'utf8')
    expect(table).toContain(plate)
    expect(table).toContain(tracks.kind.stop)
    expect(table).toContain(tracks.way)
    await leader.context.close()
  })

  test(`[${language}] a fence is drawn on the map, knows who comes and goes, is changed and ended, and forgets nothing [CMD-28] [SEN-32]`, async ({
    browser,
  }) => {
    const { fences } = wordsIn(language).command
    const { phone, plate } = await vehicle(browser, language)
    // A little apart for each language, so that two stories at once do not meet.
    const [x, y] = [longitude - 0.004 - (language === 'en' ? 0.004 : 0), latitude - 0.004]
    const leader = await signedIn(browser, 'shift', '/command/', language)
    const { page } = leader
    await page.goto(`${city().base}/command/fences?map=${x},${y},16`)
    await mapOf(page)
    await page.getByRole('button', { name: fences.new, exact: true }).click()
    await expect(page.getByText(fences.drawing).first()).toBeVisible()
    const canvas = page.locator('.maplibregl-canvas')
    const box = await canvas.boundingBox()
    if (!box) throw new Error('there is no map')
    const [midX, midY] = [box.x + box.width / 2, box.y + box.height / 2]
    const corners = [
      [-90, -70],
      [90, -70],
      [90, 70],
      [-90, 70],
      [-90, -70],
    ] as const
    const side = page.getByRole('complementary', { name: fences.details })
    await expect(async () => {
      for (const [dx, dy] of corners) {
        await page.mouse.move(midX + dx, midY + dy, { steps: 3 })
        await page.mouse.click(midX + dx, midY + dy)
      }
      await expect(side.getByText(fences.corners.replace('{n}', '4'))).toBeVisible({ timeout: 3000 })
    }).toPass({ timeout: 60_000 })
    const name = `${language === 'en' ? 'Story fence' : '故事围栏'} ${newId().slice(-4)}`
    await side.locator('input[name=fence-name]').fill(name)
    await side.getByRole('button', { name: fences.save, exact: true }).click()
    const row = page.getByRole('row', { name: new RegExp(name) })
    await expect(row).toBeVisible()
    await expect(row.getByText(fences.state.holds)).toBeVisible()
    await axeClean(page)

    const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000)
    const far = x - 0.008
    await drive(phone, plate, [{ at: at(180), lon: far, lat: y, speedKmh: 20 }])
    // Gateways know a new fence within seconds, and a vehicle in it says again and again where it is.
    let ago = 120
    await expect(async () => {
      await drive(phone, plate, [{ at: at(ago--), lon: x, lat: y, speedKmh: 20 }])
      await expect(side.getByRole('link', { name: plate })).toBeVisible({ timeout: 6000 })
    }).toPass({ timeout: 60_000 })
    await expect(row.getByRole('cell').last()).toHaveText('1', { timeout: 40_000 })
    await drive(phone, plate, [{ at: at(0), lon: far, lat: y, speedKmh: 20 }])
    await expect(row.getByRole('cell').last()).toHaveText('0', { timeout: 40_000 })
    await expect(side.getByRole('table', { name: fences.before }).getByRole('row', { name: plate })).toBeVisible({
      timeout: 40_000,
    })

    await page.keyboard.press('1')
    await side.locator('input[name=fence-name]').fill(`${name} B`)
    await side.getByRole('button', { name: fences.save, exact: true }).click()
    await expect(side.getByText(fences.edition.replace('{n}', '2'))).toBeVisible()
    await side.getByRole('button', { name: fences.end, exact: true }).click()
    await side.getByRole('button', { name: fences.endSure, exact: true }).click()
    await expect(page.getByRole('row', { name: new RegExp(name) })).toHaveCount(0)
    await page.getByRole('button', { name: fences.showEnded, exact: true }).click()
    await page.getByRole('row', { name: new RegExp(`${name} B`) }).click()
    await expect(side.getByRole('row', { name: plate })).toBeVisible()
    await leader.context.close()
  })
}
