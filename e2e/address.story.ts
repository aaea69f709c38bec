import { expect, test } from '@playwright/test'
import { ask, signedIn, wordsIn } from './people.ts'

test.describe.configure({ timeout: 240_000 })

/** The lane is long; the caller means the bookshop beside it, which comes second. */
const spoken = '就是美术馆后街靠近三联书店那儿嘛'

interface Found {
  places: { name: string; lon: number; lat: number }[]
}
interface Lines {
  cases: { lon: number; lat: number }[]
}

for (const language of ['zh-CN', 'en'] as const) {
  test(`[${language}] an address spoken by a citizen is found while typing; the second candidate is right, Enter takes it, the report is filed there [DUM-04] [PUB-20] [DUM-02]`, async ({
    browser,
  }) => {
    const words = wordsIn(language).command
    const seat = await signedIn(browser, 'seat6', '/command/report', language)
    const { page } = seat
    const said = `暴露垃圾没人清 ${language} ${Date.now()}`
    await page.locator('textarea').fill(said)

    const box = page.getByRole('combobox', { name: words.report.place, exact: true })
    await box.pressSequentially(spoken, { delay: 40 })
    const options = page.getByRole('listbox', { name: words.report.places }).getByRole('option')
    await expect(page.locator('.heard u')).toHaveText(['美术馆后街'])
    // Why it is proposed, and how sure that is, stand beside it.
    await expect(options.nth(1)).toContainText('“三联书店”')
    await expect(options.nth(1)).toContainText(/\d+%/)
    await box.press('ArrowDown')
    await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true')
    await box.press('Enter')
    await expect(page.locator('.labelled .ok').first()).toBeVisible()

    // The class comes from the words; the seat confirms it.
    await page.locator('.classes input[type=radio]').first().check()
    await page.locator('button[type=submit]').click()
    await expect(page.locator('.form.done')).toBeVisible()

    const { places } = await ask<Found>(seat, `/geography/search?q=${encodeURIComponent(spoken)}`)
    const { cases } = await ask<Lines>(seat, `/cases?queue=reported&most=200&q=${encodeURIComponent(said)}`)
    expect(places[1]?.name).toBe('三联书店')
    expect(cases.map(({ lon, lat }) => [lon, lat])).toEqual([[places[1]?.lon, places[1]?.lat]])
  })
}
