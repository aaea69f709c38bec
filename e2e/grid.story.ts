import { newId } from '@pentad/platform/id'
import { expect, test } from '@playwright/test'
import { city } from './city.ts'
import { ask, lane, type Person, signedIn, wordsIn } from './people.ts'

test.describe.configure({ timeout: 240_000 })

interface Point {
  lon: number
  lat: number
}

/** A seat takes a call about this place. */
async function reported({ context }: Person, point: Point, description: string): Promise<string> {
  const data = { kind: 'event', classCode: '0111', point, description, source: 'hotline', at: new Date().toISOString() }
  const reply = await context.request.post(`${city().base}/api/cases`, {
    data,
    headers: { 'idempotency-key': newId() },
  })
  expect(reply.ok(), await reply.text()).toBe(true)
  return ((await reply.json()) as { id: string }).id
}

for (const [language, east] of [
  ['zh-CN', 0],
  ['en', 0.004],
] as const) {
  test(`[${language}] a cell is split on the map; the case from before keeps the old cell and says so, the next one gets a new cell [DUM-08] [ONE-06] [FRM-08]`, async ({
    browser,
  }) => {
    const words = wordsIn(language).command
    const seat = await signedIn(browser, 'seat6', '/command/cases', language)
    const admin = await signedIn(browser, 'sysadmin', '/command/people', language)
    const here = `lon=${lane.longitude + east}&lat=${lane.latitude}`
    const { cell } = await ask<{ cell: string }>(seat, `/geography/at?${here}`)
    const middle = await ask<Point>(admin, `/geography/grid/cells/${cell}`)
    const point = { lon: middle.lon, lat: middle.lat + 0.0002 }
    const before = await reported(seat, point, `grid before ${language} ${Date.now()}`)

    // Chosen by its code, then cut from west to east through its middle.
    const { page } = admin
    await page.goto(`${city().base}/command/grid?cell=${cell}&map=${middle.lon},${middle.lat},17`)
    await expect(page.locator('aside h2', { hasText: cell })).toBeVisible({ timeout: 40_000 })
    await page.getByRole('button', { name: words.grid.tool.split, exact: true }).click()
    const canvas = page.locator('.maplibregl-canvas')
    await expect(page.locator('.veil')).toHaveCount(0, { timeout: 40_000 })
    const box = await canvas.boundingBox()
    if (!box) throw new Error('the map has no size')
    for (const side of [-0.36, 0.36]) await page.mouse.click(box.x + box.width * (0.5 + side), box.y + box.height / 2)
    await expect(page.getByText(words.grid.points.replace('{n}', '2'))).toBeVisible()
    await page.locator('aside form button[type=submit]').click()
    // The first part is chosen, and says who made it.
    await expect(page).not.toHaveURL(new RegExp(cell))
    await expect(page.locator('aside h2.big')).toContainText(cell.slice(0, 12))
    await expect(page.locator('aside')).toContainText(words.grid.kind.edit)

    const old = await ask<{ current: boolean; versions: { replacedBy: string[] }[] }>(
      seat,
      `/geography/grid/cells/${cell}`,
    )
    const parts = old.versions.at(-1)?.replacedBy ?? []
    expect(old.current).toBe(false)
    expect(parts).toHaveLength(2)

    await seat.page.goto(`${city().base}/command/cases/${before}`)
    const facts = seat.page.locator('dl.facts', { hasText: cell }).first()
    await expect(facts).toContainText(cell)
    for (const part of parts) await expect(facts).toContainText(part)

    const after = await reported(seat, point, `grid after ${language} ${Date.now()}`)
    const { cell: newCell } = await ask<{ cell: string }>(seat, `/cases/${after}`)
    expect(parts).toContain(newCell)

    // And back: the edit is undone while nothing newer touched it.
    await page.getByRole('button', { name: words.grid.undo, exact: true }).click()
    await expect(page).toHaveURL(new RegExp(`cell=${cell}`))
    const again = await ask<{ current: boolean }>(seat, `/geography/grid/cells/${cell}`)
    expect(again.current).toBe(true)
    for (const person of [seat, admin]) await person.context.close()
  })
}
