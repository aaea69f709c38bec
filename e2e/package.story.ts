import { newId } from '@pentad/platform/id'
import { expect, test } from '@playwright/test'
import { withoutMaps } from './browser.ts'
import { city } from './city.ts'
import { lane, type Person, signedIn, wordsIn } from './people.ts'

test.use({ launchOptions: withoutMaps })

test.describe.configure({ timeout: 300_000 })

async function send<T>({ context }: Person, path: string, data: unknown): Promise<T> {
  const reply = await context.request.post(`${city().base}/api${path}`, {
    data,
    headers: { 'idempotency-key': newId() },
  })
  expect(reply.ok(), await reply.text()).toBe(true)
  return (await reply.json()) as T
}
const now = () => new Date().toISOString()

for (const [language, size] of [
  ['zh-CN', 50],
  ['en', 5],
] as const) {
  test(`[${language}] ${size} cases are bundled by a word, given to one unit at once, and the board shows how far they are [FRM-25] [DUM-04]`, async ({
    browser,
  }) => {
    const { many } = wordsIn(language).command
    const seat = await signedIn(browser, 'seat6', '/command/cases', language)
    const shift = await signedIn(browser, 'shift', '/command/cases', language)
    const subject = `package${language}${Date.now()}`
    const point = { lon: lane.longitude, lat: lane.latitude }
    const { standards } = (await (
      await shift.context.request.get(`${city().base}/api/rulebook/standards?kind=event&code=0111`)
    ).json()) as { standards: { id: string }[] }
    const standardId = standards[0]?.id
    await Promise.all(
      Array.from({ length: size }, async (_, n) => {
        const { id } = await send<{ id: string }>(seat, '/cases', {
          kind: 'event',
          classCode: '0111',
          point,
          description: `${subject} ${n}`,
          source: 'hotline',
          at: now(),
        })
        await send(seat, `/cases/${id}/steps`, { step: 'accept', at: now() })
        await send(shift, `/cases/${id}/steps`, { step: 'file', standardId, at: now() })
      }),
    )

    const dispatcher = await signedIn(browser, 'dispatch', '/command/packages', language)
    const { page } = dispatcher
    await page.getByRole('button', { name: many.package.make, exact: true }).click()
    await page.locator('input[name=words]').fill(subject)
    await expect(page.locator('table.grid tbody tr')).toHaveCount(size)
    await page.getByRole('button', { name: many.package.pickAll, exact: true }).click()
    await page.locator('input[name=title]').fill(subject)
    await page.getByRole('combobox', { name: many.unit, exact: true }).click()
    await page.locator('.el-select-dropdown__item:visible').first().click()
    await page.screenshot({ path: `test-results/package-${language}-chosen.png` })
    await page.locator('footer button[type=submit]').click()

    const board = page.locator('.board').first()
    await expect(board.locator('h2')).toContainText(subject)
    await expect(board.locator('.sum .waiting dd')).toHaveText(String(size))
    await board.getByRole('button', { name: many.package.dispatch.replace('{n}', String(size)), exact: true }).click()
    await expect(board.locator('.sum .working dd')).toHaveText(String(size), { timeout: 40_000 })
    await expect(board.locator('.results')).toContainText(
      many.results.replace('{done}', String(size)).replace('{not}', '0'),
    )
    await page.screenshot({ path: `test-results/package-${language}-board.png` })
    await page.goto(`${city().base}/command/hard`)
    await expect(page.getByRole('heading', { level: 1, name: many.hard.title })).toBeVisible()
    await page.screenshot({ path: `test-results/package-${language}-hard.png` })
    await page.goto(`${city().base}/command/hung?new=1`)
    await expect(page.getByRole('heading', { level: 1, name: many.hung.title })).toBeVisible()
    await page.screenshot({ path: `test-results/package-${language}-hung.png` })
    for (const person of [seat, shift, dispatcher]) await person.context.close()
  })
}
