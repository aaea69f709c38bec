/** The one map as a leader uses it, and what a colleague of one street sees of the same link. */
import { expect, type Page, test } from '@playwright/test'
import { city } from './city.ts'
import { ask, signedIn, wordsIn } from './people.ts'

// A browser without a graphics card draws a map slowly.
test.describe.configure({ timeout: 240_000 })
const drawnWithin = { timeout: 60_000 }

interface Layers {
  layers: { id: string; title: Record<'zh-CN' | 'en', string>; count: number | null }[]
}
interface Lines {
  cases: { id: string; no: string; lon: number; lat: number }[]
}

/** The map is there, with its tiles. */
async function mapOf(page: Page): Promise<void> {
  await expect(page.locator('.maplibregl-canvas')).toBeVisible(drawnWithin)
  await expect(page.locator('.veil')).toHaveCount(0, drawnWithin)
}

for (const language of ['zh-CN', 'en'] as const) {
  test(`[${language}] a leader finds a place and a case, reads the analysis, selects by drawing, looks at yesterday, prints, and sends the link [ONE-12] [ONE-13] [ONE-16] [PUB-20] [INF-14]`, async ({
    browser,
  }) => {
    const { map, case: words } = wordsIn(language).command
    const leader = await signedIn(browser, 'city-leader', '/command/', language)
    const { page } = leader
    const { layers } = await ask<Layers>(leader, '/map/layers')
    const titleOf = (id: string): string => layers.find((l) => l.id === id)?.title[language] ?? id
    const { cases } = await ask<Lines>(leader, '/cases?queue=open&most=200')
    const [first] = cases
    if (!first) throw new Error('the demo city has no open case')
    await page.goto(`${city().base}/command/map?map=${first.lon},${first.lat},15.5`)
    await mapOf(page)
    const detail = page.getByRole('complementary', { name: map.thing.label })

    // A place, then a case by its number.
    const box = page.getByRole('combobox', { name: map.search })
    const hits = page.getByRole('listbox').getByRole('option')
    await box.fill('美术馆后街')
    await expect(hits.first()).toContainText('美术馆后街')
    await box.press('Enter')
    await expect(detail.getByRole('heading', { name: map.tool.here })).toBeVisible()
    await expect(detail).toContainText(/美术馆后街|Meishuguan Back Street/)
    await expect(page).toHaveURL(/here=/)
    await box.fill(first.no)
    await expect(hits.first()).toContainText(first.no)
    await box.press('Enter')
    await expect(page).toHaveURL(new RegExp(`sel=cases(:|%3A)${first.id}`))
    await expect(detail).toContainText(first.no)
    await expect(detail).toContainText(words.no)

    // A layer off and on; the legend follows.
    const layer = page.getByRole('checkbox', { name: titleOf('cases') })
    const legend = page.locator('.legend')
    await expect(layer).toBeChecked()
    await expect(legend.getByRole('heading', { name: titleOf('cases') })).toBeVisible()
    await layer.uncheck()
    await expect(legend.getByRole('heading', { name: titleOf('cases') })).toHaveCount(0)
    await expect(page).toHaveURL(/off=cases/)
    await layer.check()
    await expect(page).not.toHaveURL(/off=/)

    // The analysis: streets coloured, what a colour means, and the streets by name.
    await page.getByRole('radio', { name: map.themeShort.analysis }).click()
    await expect(legend.getByRole('heading', { name: map.legend.open })).toBeVisible()
    await expect(legend.locator('.classes li')).not.toHaveCount(1)
    await expect(page.locator('.ranked tbody tr').first()).toBeVisible()
    await expect(page).toHaveURL(/theme=analysis/)

    // Drawn by hand: two corners around the middle; what lies inside is listed, and opens.
    await page.getByRole('radio', { name: map.themeShort.handling }).click()
    await page.keyboard.press('Escape')
    await expect(detail).toHaveCount(0)
    await page.getByRole('button', { name: map.tool.box, exact: true }).click()
    await expect(page.getByText(map.drawing.box).first()).toBeVisible()
    const canvas = await page.locator('.maplibregl-canvas').boundingBox()
    if (!canvas) throw new Error('the map has no size')
    for (const side of [-0.3, 0.3])
      await page.mouse.click(canvas.x + canvas.width * (0.5 + side), canvas.y + canvas.height * (0.5 + side))
    const count = page.locator('[data-test=inside-count]')
    await expect(count).toHaveText(/^[1-9][\d,]*$/)
    await expect(page).toHaveURL(/shape=box\./)
    await detail.getByRole('button', { name: titleOf('cases') }).click()
    await detail.locator('.group li button').first().click()
    await expect(detail).toContainText(words.no)
    await page.keyboard.press('Escape')

    // Yesterday.
    await page.getByRole('button', { name: map.tool.time, exact: true }).click()
    await page.getByRole('button', { name: map.time.dayBack }).click()
    await expect(page).toHaveURL(/at=\d{4}-/)
    await expect(page.locator('.over .past')).toBeVisible()
    await page.getByRole('slider', { name: map.time.slider }).press('ArrowLeft')
    await expect(page.locator('.time .sum')).toContainText(/\d/)

    // On one sheet of paper, with its legend.
    await page.getByRole('button', { name: map.tool.print, exact: true }).click()
    const sheet = page.locator('.sheet')
    await expect(sheet).toHaveAttribute('data-ready', 'true', drawnWithin)
    await expect(sheet).toContainText(map.legend.title)
    await expect(sheet).toContainText(titleOf('cases'))
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1)
    await page.keyboard.press('Escape')
    await expect(sheet).toHaveCount(0)

    // The same link in the hands of one street: the same view, and only what is theirs.
    await page.getByRole('button', { name: map.tool.link, exact: true }).click()
    await expect(page.getByText(map.copied).or(page.getByText(map.notCopied))).toBeVisible()
    const link = page.url()
    const shown = new URL(link).searchParams
    const street = await signedIn(browser, 'dzm-handler', '/command/', language)
    await street.page.goto(link)
    await mapOf(street.page)
    await expect(street.page.getByRole('radio', { name: map.themeShort.handling })).toBeChecked()
    await expect(street.page.locator('.over .past')).toBeVisible()
    await expect(street.page.locator('[data-test=inside-count]')).toHaveText(/^[\d,]+$/)
    const theirs = new URL(street.page.url()).searchParams
    for (const word of ['theme', 'at', 'shape', 'map']) expect(theirs.get(word)).toBe(shown.get(word))
    const countOf = ({ layers: all }: Layers) => all.find((l) => l.id === 'cases')?.count ?? 0
    const own = countOf(await ask<Layers>(street, '/map/layers'))
    expect(own).toBeGreaterThan(0)
    expect(own).toBeLessThan(countOf(await ask<Layers>(leader, '/map/layers')))
    for (const person of [leader, street]) await person.context.close()
  })
}
