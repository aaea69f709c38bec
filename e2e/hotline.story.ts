/** A call to the hotline through four posts to its closing, all at their desks. */
import { expect, type Page, test } from '@playwright/test'
import { withoutMaps } from './browser.ts'
import { city } from './city.ts'
import { ask, type Language, type Person, photo, signedIn, wordsIn } from './people.ts'

test.use({ launchOptions: withoutMaps })

test.describe.configure({ timeout: 420_000 })

/** What the caller says of the place; in Dongzhimen. */
const spoken = '东直门南大街'

interface Lines {
  cases: { id: string }[]
}

async function atTheDesk(page: Page, id: string): Promise<void> {
  const line = page.locator(`#line-${id}`)
  await expect(line).toBeVisible({ timeout: 40_000 })
  await line.click()
  await expect(page).toHaveURL(new RegExp(`case=${id}`))
}
const becomes = (who: Person, id: string, status: string) =>
  expect(async () => expect(await ask<{ status: string }>(who, `/cases/${id}`)).toMatchObject({ status })).toPass({
    timeout: 40_000,
  })
async function send<T>({ context }: Person, path: string, data: unknown, type = 'application/json'): Promise<T> {
  const headers = { 'idempotency-key': crypto.randomUUID(), 'content-type': type, origin: city().base }
  const response = await context.request.post(`${city().base}/api${path}`, { headers, data: data as never })
  expect(response.ok(), `${path}: ${response.status()}`).toBe(true)
  return (await response.json()) as T
}
const act = (page: Page, name: string) => page.locator('.steps').getByRole('button', { name: new RegExp(`^${name}`) })

for (const language of ['zh-CN', 'en'] as const satisfies Language[]) {
  test(`[${language}] a call to the hotline is registered while it is spoken, filed by its rule, sent, done and closed; each post finds it by itself [DUM-01] [DUM-02] [DUM-22] [CMD-18] [CMD-23] [PUB-20]`, async ({
    browser,
  }) => {
    const { command } = wordsIn(language)
    const said = `积存垃圾渣土没人清运 ${language} ${Date.now()}`
    const seat = await signedIn(browser, 'seat6', '/command/report', language)
    const shift = await signedIn(browser, 'shift', '/command/', language)
    const dispatcher = await signedIn(browser, 'dispatch', '/command/', language)
    const handler = await signedIn(browser, 'dzm-handler', '/command/', language)

    const { page } = seat
    await page.locator('textarea').fill(said)
    const box = page.getByRole('combobox', { name: command.report.place, exact: true })
    await box.pressSequentially(spoken, { delay: 30 })
    await expect(page.getByRole('listbox', { name: command.report.places }).getByRole('option').first()).toBeVisible()
    await box.press('Enter')
    await page
      .locator('.classes label', { hasText: /积存垃圾渣土|rubble/ })
      .locator('input')
      .check()
    await page.locator('input[type=tel]').fill('13800001234')
    await page.locator('button[type=submit]').click()
    await expect(page.locator('.form.done')).toBeVisible()
    const { cases } = await ask<Lines>(seat, `/cases?queue=reported&most=200&q=${encodeURIComponent(said)}`)
    const id = cases[0]?.id ?? ''

    await page.goto(`${city().base}/command/`)
    await atTheDesk(page, id)
    await act(page, command.step.accept).first().click()

    await atTheDesk(shift.page, id)
    await shift.page.locator('input[name=standard]').first().check()
    await act(shift.page, command.step.file).first().click()

    await atTheDesk(dispatcher.page, id)
    await expect(dispatcher.page.locator('.units label').first()).toBeVisible()
    await dispatcher.page
      .locator('.units label', { hasText: /东直门|Dongzhimen/ })
      .first()
      .click()
    await dispatcher.page.locator('.steps button[type=submit]').click()

    await atTheDesk(handler.page, id)
    await act(handler.page, command.step.sign).first().click()
    await becomes(shift, id, 'disposing')
    // The desk has gone on to the next case that waits; the work on this one is done later.
    await handler.page.goto(`${city().base}/command/cases/${id}`)
    await expect(act(handler.page, command.step.report_done).first()).toBeVisible()
    const pictures = handler.page.locator('.steps .photos')
    if ((await pictures.count()) === 0) await act(handler.page, command.step.report_done).first().click()
    await pictures.locator('input[type=file]').setInputFiles(await photo('cleared'))
    await expect(pictures.locator('img')).toBeVisible()
    await handler.page.locator('.steps button[type=submit]').click()
    await becomes(shift, id, 'feedback')

    await atTheDesk(dispatcher.page, id)
    await act(dispatcher.page, command.step.send_check).first().click()
    await becomes(shift, id, 'checking')

    // The inspector’s own screen is another story; here the place was looked at.
    const inspector = await signedIn(browser, 'inspector1', '/officer/', language)
    const { buffer, mimeType } = await photo('checked')
    const picture = await send<{ id: string }>(inspector, '/evidence/photos', buffer, mimeType)
    const passed = { step: 'pass_check', at: new Date().toISOString(), photoIds: [picture.id] }
    await send(inspector, `/cases/${id}/steps`, passed)

    await atTheDesk(shift.page, id)
    await act(shift.page, command.step.close).first().click()
    await becomes(shift, id, 'closed')
    for (const person of [seat, shift, dispatcher, handler, inspector]) await person.context.close()
  })
}
