/** The one map, as a leader uses it; and what a colleague of one street sees of the same link. */
import { expect, test } from '@playwright/test'
import { city } from './city.ts'
import { ask, type Language, signedIn, wordsIn } from './people.ts'

// A browser without a graphics card draws a map slowly.
test.describe.configure({ timeout: 300_000 })

interface Layers {
  layers: { id: string; count: number | null }[]
}
interface Lines {
  cases: { id: string; lon: number; lat: number; street: { code: string } }[]
}

for (const language of ['zh-CN', 'en'] as Language[]) {
  test(`[${language}] a leader reads the analysis, draws a shape, opens a case, looks at yesterday, prints, and sends the link [ONE-12] [ONE-13] [PUB-20] [INF-14]`, async ({
    browser,
  }) => {
    const { command } = wordsIn(language)
    const leader = await signedIn(browser, 'city-leader', '/command/', language)
    const { page } = leader
    const { cases } = await ask<Lines>(leader, '/cases?queue=open&most=200')
    const [first] = cases
    if (!first) throw new Error('the demo city has no open case')

    // By the thing itself: a box of about 400 m around one case, as the address of a drawn shape says it.
    await page.goto(`${city().base}/command/map?map=${first.lon},${first.lat},15.5`)
    await expect(page.getByRole('radiogroup', { name: command.map.themes })).toBeVisible()
    await page.keyboard.press('1')
    await expect(page.getByRole('radio', { name: command.map.themeShort.analysis })).toBeChecked()
    await expect(page.locator('.ranked tbody tr').first()).toBeVisible()
    await page.keyboard.press('4')

    // Drawing by keyboard: the rectangle takes what is in view.
    await expect(page.locator('.maplibregl-canvas')).toBeVisible({ timeout: 60_000 })
    await page.getByRole('button', { name: command.map.tool.box }).click()
    await expect(page.getByText(command.map.drawing.box).last()).toBeVisible()
    await page.locator('body').press('Enter')
    const count = page.locator('[data-test=inside-count]')
    await expect(count).toHaveText(/^\d+$/)
    expect(Number(await count.textContent())).toBeGreaterThan(0)
    await expect(page).toHaveURL(/shape=box\./)

    await page.locator('.detail .group .head').first().click()
    await page.locator('.detail .group li button').first().click()
    await expect(page.locator('.detail')).toContainText(command.case.no)
    await expect(page).toHaveURL(/sel=cases/)

    // Yesterday.
    await page.keyboard.press('t')
    await page.getByRole('button', { name: command.map.time.dayBack }).click()
    await expect(page).toHaveURL(/at=\d{4}-/)
    await expect(page.locator('.time .when')).toContainText(/\d/)
    await page.getByRole('slider', { name: command.map.time.slider }).press('ArrowLeft')

    // On paper: two pages would be one too many.
    await page.keyboard.press('Control+p')
    const sheet = page.locator('.sheet')
    await expect(sheet).toHaveAttribute('data-ready', 'true', { timeout: 90_000 })
    await expect(sheet).toContainText(command.map.legend.title)
    await expect(sheet).toContainText(command.map.theme.handling)
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1)
    await page.keyboard.press('Escape')
    await expect(sheet).toHaveCount(0)

    // The same link in the hands of one street.
    const link = page.url()
    const street = await signedIn(browser, 'dzm-handler', '/command/', language)
    await street.page.goto(link)
    await expect(street.page.getByRole('radio', { name: command.map.themeShort.handling })).toBeChecked()
    await expect(street.page.locator('.time')).toBeVisible()
    const all = await ask<Layers>(leader, '/map/layers')
    const theirs = await ask<Layers>(street, '/map/layers')
    const of = (layers: Layers) => layers.layers.find((l) => l.id === 'cases')?.count ?? 0
    expect(of(theirs)).toBeLessThan(of(all))
    const seen = (await ask<Lines>(street, '/cases?queue=open&most=200')).cases
    expect(of(theirs)).toBe(seen.length)
    await street.context.close()
    await leader.context.close()
  })
}
