/** What an inspector settles on the spot, without a network: a report that is verified, and a small matter handled at once. */
import { expect, test } from '@playwright/test'
import { withoutMaps } from './browser.ts'
import { city } from './city.ts'
import { ask, clerk, lane, phone, photo, signedIn, tell, wordsIn } from './people.ts'

test.use({ launchOptions: withoutMaps })

test.describe.configure({ timeout: 180_000 })

test('[zh-CN] a report is verified on the phone in a basement, found untrue with a reason, and the answer is there with the network [DUM-02] [CMD-23]', async ({
  browser,
}) => {
  const { officer } = wordsIn('zh-CN')
  const seat = await clerk(browser, 'seat6', 'zh-CN')
  const point = { lon: lane.longitude - 0.0006, lat: lane.latitude + 0.0006 }
  const at = () => new Date().toISOString()
  const description = `井盖响${Date.now()}`
  const body = { kind: 'event', classCode: '0113', point, description, source: 'hotline', at: at() }
  const { id } = await tell<{ id: string }>(seat, '/cases', body)
  await tell(seat, `/cases/${id}/steps`, { step: 'send_verify', at: at() })

  const { page, context } = await signedIn(browser, 'inspector1', '/officer/', 'zh-CN', phone)
  await expect(page.locator(`a[href$="/cases/${id}"]`).first()).toBeVisible()
  await page.goto(`${city().base}/officer/cases/${id}`)
  await expect(page.getByRole('button', { name: officer.step.verify_true, exact: true })).toBeVisible()
  await page.screenshot({ path: 'test-results/verify-case.png' })
  await page.getByRole('button', { name: officer.step.verify_false, exact: true }).click()
  await context.setOffline(true)
  const send = page.locator('footer button')
  await expect(page.locator('footer .why')).toHaveText(officer.do.needPhoto)
  await page.getByLabel(officer.do.add).setInputFiles(await photo('nothing-there'))
  await page.getByRole('radio', { name: officer.stepShort.verify_false, exact: true }).click()
  await expect(page.locator('footer .why')).toHaveText(officer.do.needReason)
  await page.getByRole('button', { name: officer.ask.reasons.none, exact: true }).click()
  await page.screenshot({ path: 'test-results/verify-form.png' })
  await send.click()
  await expect(page.getByText(officer.lights.savedOne).first()).toBeVisible()
  await context.setOffline(false)
  await expect
    .poll(async () => (await ask<{ status: string; verified: boolean | null }>(seat, `/cases/${id}`)).verified, {
      timeout: 30_000,
    })
    .toBe(false)
  const { status, trail } = await ask<{ status: string; trail: { act: string; reason: string | null }[] }>(
    seat,
    `/cases/${id}`,
  )
  expect(status).toBe('reported')
  expect(trail.at(-1)).toMatchObject({ act: 'verify_false', reason: officer.ask.reasons.none })
  for (const one of [seat.context, context]) await one.close()
})

test('[en] a small matter is handled on the spot with photos before and after, and waits at the desk for a second look [DUM-01] [FRM-28]', async ({
  browser,
}) => {
  const { officer } = wordsIn('en')
  const { page, context } = await signedIn(browser, 'inspector1', '/officer/', 'en', phone)
  await page.goto(`${city().base}/officer/report`)
  await page
    .getByLabel(officer.do.add)
    .first()
    .setInputFiles(await photo('rubble'))
  await page.getByRole('button', { name: officer.report.other }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByRole('searchbox').fill('0112')
  await sheet.locator('.options button').first().click()
  const words = `swept ${Date.now()}`
  await page.locator('textarea').fill(words)
  await page.getByRole('checkbox', { name: officer.ask.handled }).check()
  await expect(page.locator('footer .why')).toHaveText(officer.ask.needAfter)
  await page
    .locator('.self')
    .getByLabel(officer.do.add)
    .setInputFiles(await photo('clean'))
  await page.screenshot({ path: 'test-results/self-handle-form.png', fullPage: true })
  await page.locator('footer button').click()
  await expect(page.getByText(officer.report.sentHere).first()).toBeVisible()

  const seat = await signedIn(browser, 'seat6', '/command/cases/self-handled', 'en')
  await expect(async () => {
    await seat.page.reload()
    await expect(seat.page.getByText(words)).toBeVisible({ timeout: 5000 })
  }).toPass({ timeout: 60_000 })
  await seat.page.screenshot({ path: 'test-results/self-handled-desk.png' })
  for (const one of [seat.context, context]) await one.close()
})
