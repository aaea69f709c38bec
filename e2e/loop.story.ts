import { expect, type Page, test } from '@playwright/test'
import { city } from './city.ts'
import { ask, browserOf, type Language, lane, type Person, phone, photo, signedIn, wordsIn } from './people.ts'

test.describe.configure({ timeout: 240_000 })

interface Lines {
  cases: { id: string; description: string; status: string }[]
}

for (const language of ['zh-CN', 'en'] as const) {
  test(`[${language}] a citizen’s photo goes through five posts to the closed case, the officer having no network while handling [PUB-12] [PUB-16] [PUB-26] [SEN-12] [CMD-01] [CMD-04] [CMD-23] [DUM-02] [DUM-03] [FRM-02] [ONE-37]`, async ({
    browser,
  }) => {
    const words = wordsIn(language)
    const said = `story ${language} ${Date.now()}`
    // Everybody is at their post before anything happens: what follows must appear by itself.
    const seat = await signedIn(browser, 'seat6', '/command/', language)
    const shift = await signedIn(browser, 'shift', '/command/', language)
    const dispatcher = await signedIn(browser, 'dispatch', '/command/', language)
    const handler = await signedIn(browser, 'dzm-handler', '/officer/', language, phone)
    const inspector = await signedIn(browser, 'inspector1', '/officer/', language, phone)

    const citizen = await browserOf(browser, language, phone)
    await reports(citizen, language, said)
    await stageIs(citizen.page, language, 'received')

    const { cases } = await ask<Lines>(seat, `/cases?queue=reported&most=200&q=${encodeURIComponent(said)}`)
    const id = cases[0]?.id ?? ''
    await atTheDesk(seat.page, id)
    await submit(seat.page, words.command.step.accept)
    await stageIs(citizen.page, language, 'accepted')

    await atTheDesk(shift.page, id)
    await shift.page.locator('input[name=standard]').first().check()
    await submit(shift.page, words.command.step.file)

    await atTheDesk(dispatcher.page, id)
    const proposals = dispatcher.page.locator('.units label')
    await expect(proposals.first()).toBeVisible()
    await dispatcher.page.keyboard.press('1')
    await dispatcher.page
      .locator('.steps button[type=submit]')
      .click({ timeout: 3000 })
      .catch(() => undefined)
    await stageIs(citizen.page, language, 'assigned')

    await handles(handler, id, language)
    await stageIs(citizen.page, language, 'checking')

    await atTheDesk(dispatcher.page, id)
    await submit(dispatcher.page, words.command.step.send_check)

    await checks(inspector, id, language)

    await atTheDesk(shift.page, id)
    await submit(shift.page, words.command.step.close)
    await stageIs(citizen.page, language, 'done')

    const whole = await ask<{ status: string; trail: { act: string }[] }>(shift, `/cases/${id}`)
    expect(whole.status).toBe('closed')
    expect(whole.trail.map((e) => e.act)).toEqual([
      'report',
      'accept',
      'file',
      'dispatch',
      'sign',
      'report_done',
      'send_check',
      'pass_check',
      'close',
    ])
    for (const person of [seat, shift, dispatcher, handler, inspector, citizen]) await person.context.close()
  })
}

/** Photo, place, class, send; then the page that follows it. */
async function reports({ page }: Person, language: Language, said: string): Promise<void> {
  const { citizen } = wordsIn(language)
  await page.goto(`${city().base}/`)
  await page.getByLabel(citizen.start.photo).setInputFiles(await photo('rubble'))
  await expect(page).toHaveURL(/\/report/)
  await expect(page.getByRole('radio').first()).toBeVisible()
  await page.locator('textarea').fill(`${said} 积存垃圾渣土`)
  await expect(page.getByRole('radio', { name: /积存垃圾渣土|rubble/ })).toHaveAttribute('aria-checked', 'true')
  await page.locator('footer button.main').click()
  await expect(page).toHaveURL(/\/r\/[0-9A-Z]{10}/, { timeout: 40_000 })
}

async function stageIs(
  page: Page,
  language: Language,
  stage: keyof ReturnType<typeof wordsIn>['citizen']['stage'],
): Promise<void> {
  await expect(page.locator('.now h1')).toContainText(wordsIn(language).citizen.stage[stage], { timeout: 40_000 })
}

/** The case has come into this person's queue by itself; they choose it. */
async function atTheDesk(page: Page, id: string): Promise<void> {
  const line = page.locator(`#line-${id}`)
  await expect(line).toBeVisible({ timeout: 40_000 })
  await line.click()
  await expect(page).toHaveURL(new RegExp(`case=${id}`))
}

async function submit(page: Page, name: string): Promise<void> {
  await page.locator('.steps').getByRole('button', { name }).first().click()
}

/** Signs and does the work in a cellar: the phone saves, says so, and sends when it is up again. */
async function handles({ page, context }: Person, id: string, language: Language): Promise<void> {
  const { officer } = wordsIn(language)
  const card = page.locator('article.card', { has: page.locator(`a[href$="/cases/${id}"]`) })
  await expect(card).toBeVisible({ timeout: 40_000 })
  await context.setOffline(true)
  await card.getByRole('button', { name: officer.step.sign }).click()
  await expect(card.getByRole('button', { name: officer.step.report_done })).toBeVisible()
  // The page itself comes back without a network, with what was done.
  await page.reload()
  await card.getByRole('button', { name: officer.step.report_done }).click()
  await page.getByLabel(officer.do.add).setInputFiles(await photo('clean'))
  await expect(page.locator('.kept')).toBeVisible()
  await page.getByRole('button', { name: officer.step.report_done }).last().click()
  await expect(page.getByText(officer.lights.saved).first()).toBeVisible()
  await context.setOffline(false)
  await expect(async () => {
    const { status } = await ask<{ status: string }>({ page, context }, `/cases/${id}`)
    expect(status).toBe('feedback')
  }).toPass({ timeout: 45_000 })
}

async function checks({ page }: Person, id: string, language: Language): Promise<void> {
  const { officer } = wordsIn(language)
  const card = page.locator('article.card', { has: page.locator(`a[href$="/cases/${id}"]`) })
  await expect(card).toBeVisible({ timeout: 40_000 })
  await card.getByRole('button', { name: officer.check }).click()
  await page.getByLabel(officer.do.add).setInputFiles(await photo('checked'))
  await page.getByRole('radio', { name: officer.stepShort.pass_check, exact: true }).click()
  await page.getByRole('button', { name: officer.step.pass_check }).last().click()
}

test('a place outside the city is refused on the page before anything is sent, and says what to do', async ({
  browser,
}) => {
  const { page, context } = await browserOf(browser, 'zh-CN', phone, {
    longitude: lane.longitude + 5,
    latitude: lane.latitude,
  })
  await page.goto(`${city().base}/report`)
  await expect(page.getByRole('alert')).toContainText('不在本市管理范围内')
  await context.close()
})
