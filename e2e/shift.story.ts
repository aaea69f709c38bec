/** Many cases in one go, each with a result of its own; and a shift that is left and taken over with two signatures. */

import { expect, test } from '@playwright/test'
import { withoutMaps } from './browser.ts'
import { ask, clerk, desk, lane, signedIn, tell, wordsIn } from './people.ts'

test.use({ launchOptions: withoutMaps })

test.describe.configure({ timeout: 180_000 })

test('three cases are chosen and dispatched at once, one that somebody else took first says so; then the shift is handed over [CMD-20] [DUM-02]', async ({
  browser,
}) => {
  const { console: words, step } = wordsIn('zh-CN').command
  const seat = await clerk(browser, 'seat6', 'zh-CN')
  const shift = await clerk(browser, 'shift', 'zh-CN')
  const night = await clerk(browser, 'dc-dispatch-night', 'zh-CN')
  const subject = `批量${Date.now()}`
  const { standards } = await ask<{ standards: { id: string }[] }>(shift, '/rulebook/standards?kind=event&code=0111')
  const made: { id: string; no: string }[] = []
  for (let n = 0; n < 3; n++) {
    // Far enough apart to be three matters.
    const point = { lon: lane.longitude - n * 0.0012, lat: lane.latitude - 0.0018 }
    const at = () => new Date().toISOString()
    const body = {
      kind: 'event',
      classCode: '0111',
      point,
      description: `${subject} ${n}`,
      source: 'hotline',
      at: at(),
    }
    const c = await tell<{ id: string; no: string }>(seat, '/cases', body)
    await tell(seat, `/cases/${c.id}/steps`, { step: 'accept', at: at() })
    await tell(shift, `/cases/${c.id}/steps`, { step: 'file', standardId: standards[0]?.id, at: at() })
    made.push(c)
  }
  const [, taken] = made
  if (!taken) throw new Error('three cases were to be made')

  const { page, context } = await signedIn(browser, 'dispatch', `/command/cases?queue=dispatch&q=${subject}`, 'zh-CN')
  const rows = page.locator('table.grid tbody tr')
  await expect(rows).toHaveCount(3)
  await page.getByRole('checkbox', { name: words.bulk.all, exact: true }).check()
  const bar = page.getByRole('region', { name: words.bulk.title })
  await bar.getByRole('button', { name: step.dispatch }).first().click()
  await bar.getByRole('combobox').click()
  await page.keyboard.type('东直门街道办事处')
  await page.locator('.el-select-dropdown__item:visible').first().click()
  // While it is on its way, the other dispatcher sends one of the three.
  await page.route(`**/api/cases/${taken.id}/steps`, async (route) => {
    const at = new Date().toISOString()
    await tell(night, `/cases/${taken.id}/steps`, { step: 'dispatch', unitId: 'dc-beixinqiao', at })
    await route.continue()
  })
  await bar.getByRole('button', { name: words.bulk.go.replace('{n}', '3').replace('{step}', step.dispatch) }).click()
  await expect(bar.getByRole('status')).toContainText(words.bulk.done.replace('{n}', '2').replace('{all}', '3'))
  await expect(bar.getByRole('status')).toContainText(words.bulk.refused.replace('{n}', '1'))
  const refused = bar.locator('li.no')
  await expect(refused).toHaveCount(1)
  await expect(refused).toContainText(taken.no)
  await expect(refused).toContainText(/待签收/)
  await page.screenshot({ path: 'test-results/bulk.png' })
  const units = await Promise.all(
    made.map(async ({ id }) => (await ask<{ leadUnit: { id: string } | null }>(shift, `/cases/${id}`)).leadUnit?.id),
  )
  expect(units).toEqual(['dc-dongzhimen', 'dc-beixinqiao', 'dc-dongzhimen'])
  await context.close()

  const day = await signedIn(browser, 'shift', '/command/handover', 'zh-CN')
  await expect(day.page.getByRole('heading', { level: 1, name: words.shift.title })).toBeVisible()
  await day.page.getByRole('button', { name: words.shift.sign, exact: true }).click()
  await expect(day.page.getByText(words.shift.noteNeeded)).toBeVisible()
  const note = `${subject}：三件渣土已派，请盯签收`
  await day.page.getByRole('textbox', { name: words.shift.note }).fill(note)
  await day.page.getByRole('button', { name: words.shift.sign, exact: true }).click()
  await expect(day.page.locator('.unread')).toContainText(note)
  await expect(day.page.locator('.unread')).toContainText(words.shift.waits)
  await day.page.screenshot({ path: 'test-results/handover-left.png' })

  const next = await signedIn(browser, 'dc-shift-night', '/command/handover', 'en', desk)
  const english = wordsIn('en').command.console.shift
  await expect(next.page.locator('.unread .note')).toHaveText(note)
  await next.page.getByRole('button', { name: english.take, exact: true }).click()
  await expect(next.page.locator('.unread')).toHaveCount(0)
  await next.page.locator('details').first().locator('summary').click()
  await expect(next.page.locator('details').first()).toContainText(note)
  await next.page.screenshot({ path: 'test-results/handover-taken.png' })
  // Whoever left it sees that it was taken.
  await day.page.reload()
  await expect(day.page.locator('.unread')).toHaveCount(0)
  for (const person of [seat, shift, night, day, next]) await person.context.close()
})
