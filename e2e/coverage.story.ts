/** Whoever plans patrols sees which cells nobody looked at, and goes from a cell to who passed there. */
import { expect, test } from '@playwright/test'
import { city } from './city.ts'
import { ask, clerk, lane, signedIn, tell, wordsIn } from './people.ts'
import { drive } from './terminal.ts'

// The worker looks once a minute, and a browser without a graphics card draws a map slowly.
test.describe.configure({ timeout: 300_000 })
const drawnWithin = { timeout: 60_000 }
interface Told {
  cells: { code: string; by: string; lastAt: string | null }[]
}

for (const language of ['zh-CN', 'en'] as const) {
  test(`[${language}] a shift leader sees by whom a lane was looked at and when, which cells nobody saw, and asks who it was [SEN-14] [CMD-16]`, async ({
    browser,
  }) => {
    const { coverage, tracks } = wordsIn(language).command
    const chance = String(Date.now() % 1_000_000).padStart(6, '0')
    const [phone, plate] = [`1378${chance}2`, `京V·${language === 'en' ? 'E' : 'Z'}${chance.slice(-4)}`]
    const admin = await clerk(browser, 'sysadmin', language)
    const place = { lon: lane.longitude, lat: lane.latitude }
    await tell(admin, '/sensing/devices', {
      ...{ kind: 'vehicle', address: phone, name: plate, nameEn: plate, label: plate },
      ...place,
    })
    const { cell } = await ask<{ cell: string }>(admin, `/geography/at?lon=${place.lon}&lat=${place.lat}`)
    await admin.context.close()
    const began = Math.floor(Date.now() / 1000) * 1000
    await drive(
      phone,
      plate,
      [0, 1, 2].map((n) => ({ at: new Date(began + n * 1000), ...place, speedKmh: 12 })),
    )

    const leader = await signedIn(browser, 'shift', '/command/', language)
    const { page } = leader
    const seen = async () => {
      const { cells } = await ask<Told>(leader, `/sensing/coverage?within=${cell.slice(0, 6)}`)
      const mine = cells.find((c) => c.code === cell)
      return mine?.by === 'moving' || mine?.by === 'both' ? Date.parse(mine.lastAt ?? '') : 0
    }
    await expect.poll(seen, { timeout: 180_000, intervals: [5000] }).toBeGreaterThanOrEqual(began)

    await page.goto(`${city().base}/command/coverage`)
    await expect(page.locator('.maplibregl-canvas')).toBeVisible(drawnWithin)
    const details = page.getByRole('complementary', { name: coverage.details })
    const unseen = details.getByRole('table', { name: coverage.unseen })
    await expect(unseen.getByRole('row').nth(1)).toBeVisible()
    // Longest unseen first: the keyboard walks down the list into a cell that nobody saw.
    await page.keyboard.press('j')
    await expect(page).toHaveURL(/[?&]cell=\d{15}/)
    await expect(details.getByText(coverage.by.none).first()).toBeVisible()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: coverage.spans['7d'], exact: true }).click()
    await expect(page).toHaveURL(/[?&]span=7d/)
    await page.getByRole('button', { name: coverage.tints.ago, exact: true }).click()
    await expect(page.getByRole('list', { name: coverage.legend }).getByText(coverage.age.never)).toBeVisible()

    await page.goto(`${city().base}/command/coverage?cell=${cell}`)
    await expect(details.getByRole('heading', { name: coverage.hours })).toBeVisible(drawnWithin)
    // Kinds and numbers; who that was is asked for, and the question is kept.
    await expect(details.getByText(plate)).toHaveCount(0)
    await details.getByRole('button', { name: tracks.near.ask, exact: true }).click()
    await details.getByRole('link', { name: plate }).click()
    await expect(page).toHaveURL(/\/command\/tracks\?d=/)
    await leader.context.close()
  })
}
