/** The turns that a case can take: back and out again, more time, set aside, failed and reworked, merged and taken apart. */
import { type Browser, expect, type Page, test } from '@playwright/test'
import { withoutMaps } from './browser.ts'
import { city, password } from './city.ts'
import { ask, type Language, lane, type Person, phone, photo, signedIn, wordsIn } from './people.ts'

test.use({ launchOptions: withoutMaps })

test.describe.configure({ timeout: 180_000 })

interface Whole {
  id: string
  no: string
  status: string
  reports: number
  extended: number
  due: string | null
  reworkCount: number
  leadUnit: { id: string } | null
  asked: { kind: string } | null
  kin: { how: string; id: string }[]
  trail: { act: string }[]
}
const whole = (who: Person, id: string) => ask<Whole>(who, `/cases/${id}`)

/** Does something in the name of who is signed in there, without their screen: what the story is not about. */
async function send<T>({ context }: Person, path: string, data: unknown, type = 'application/json'): Promise<T> {
  const headers = { 'idempotency-key': crypto.randomUUID(), 'content-type': type, origin: city().base }
  const response = await context.request.post(`${city().base}/api${path}`, { headers, data: data as never })
  expect(response.ok(), `${path}: ${response.status()} ${await response.text()}`).toBe(true)
  return (await response.json()) as T
}
const step = (who: Person, id: string, name: string, more: object = {}) =>
  send(who, `/cases/${id}/steps`, { step: name, at: new Date().toISOString(), ...more })
const evidence = async (who: Person, name: string): Promise<string[]> => {
  const { buffer, mimeType } = await photo(name)
  return [(await send<{ id: string }>(who, '/evidence/photos', buffer, mimeType)).id]
}

let reported = 0
/** A heap of rubble in the lane, some metres from the last one. */
const report = async (seat: Person, words: string): Promise<string> => {
  // Rows of four, so that the last is still in the district.
  const n = reported++
  const point = { lon: lane.longitude + (n % 4) * 0.0012, lat: lane.latitude + Math.floor(n / 4) * 0.0009 }
  const body = { kind: 'event', classCode: '0111', description: words, source: 'hotline', at: new Date().toISOString() }
  return (await send<{ id: string }>(seat, '/cases', { ...body, point, photoIds: await evidence(seat, 'rubble') })).id
}

interface Cast {
  seat: Person
  shift: Person
  dispatcher: Person
  close(): Promise<void>
}
/** Signed in without a screen: so many windows at once would only slow one another. */
async function quietly(browser: Browser, login: string): Promise<Person> {
  const context = await browser.newContext()
  const headers = { 'idempotency-key': crypto.randomUUID(), origin: city().base }
  const answer = await context.request.post(`${city().base}/api/session`, {
    headers,
    data: { login, password },
  })
  expect(answer.ok(), `${login}: ${answer.status()}`).toBe(true)
  return { context, page: await context.newPage() }
}
async function cast(browser: Browser, language: Language): Promise<Cast> {
  const seat = await quietly(browser, 'seat6')
  const shift = await quietly(browser, 'shift')
  const dispatcher = await signedIn(browser, 'dispatch', '/command/board', language)
  const all = [seat, shift, dispatcher]
  return {
    seat,
    shift,
    dispatcher,
    close: async () => void (await Promise.all(all.map((p) => p.context.close()))),
  }
}
/** A case in the hands of the street office. */
async function inHand({ seat, shift, dispatcher }: Cast, handler: Person, words: string): Promise<string> {
  const id = await report(seat, words)
  await step(seat, id, 'accept')
  const { standards } = await ask<{ standards: { id: string }[] }>(shift, '/rulebook/standards?kind=event&code=0111')
  await step(shift, id, 'file', { standardId: standards[0]?.id })
  await step(dispatcher, id, 'dispatch', { unitId: 'dc-dongzhimen' })
  await step(handler, id, 'sign')
  return id
}

/** It has come to this board by itself; it is chosen there. */
async function onTheBoard(page: Page, id: string): Promise<void> {
  const line = page.locator(`#line-${id}`)
  await expect(line).toBeVisible({ timeout: 30_000 })
  await line.click()
  await expect(page).toHaveURL(new RegExp(`case=${id}`))
  await expect(page.locator('.steps')).toBeVisible()
}
const act = (page: Page, name: string) =>
  page
    .locator('.steps')
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .last()
/** The sanitation centre: proposed once it has had a case like this, else found by its name. */
async function toAnotherUnit(page: Page, language: Language): Promise<void> {
  const proposed = page.locator('.units label', { hasText: /环境卫生|Sanitation/ })
  await expect(page.locator('.units label').first()).toBeVisible()
  if (await proposed.count()) return proposed.first().click()
  await page.locator('.units .other input').click()
  await page.locator('.units .other input').fill(language === 'en' ? 'Dongcheng Sanitation' : '东城区环境卫生')
  await page
    .getByRole('option', { name: /环境卫生|Sanitation/ })
    .first()
    .click()
}
const becomes = (who: Person, id: string, expected: Record<string, unknown>) =>
  expect(async () => expect(await whole(who, id)).toMatchObject(expected)).toPass({ timeout: 30_000 })

for (const language of ['zh-CN', 'en'] as const) {
  const { command, officer } = wordsIn(language)

  test(`[${language}] a unit returns a case from the phone, the centre takes it back and sends it to another unit [DUM-03] [CMD-23]`, async ({
    browser,
  }) => {
    const people = await cast(browser, language)
    const manager = await signedIn(browser, 'dzm-manager', '/officer/', language, phone)
    const id = await inHand(people, manager, 'return')
    const { page } = manager
    await page.goto(`${city().base}/officer/cases/${id}`)
    await page.getByRole('button', { name: officer.ask.more }).click()
    await page.getByRole('button', { name: officer.step.ask_return }).click()
    await page.getByRole('button', { name: officer.ask.usual.ask_return[0] ?? '' }).click()
    await page.getByRole('button', { name: officer.step.ask_return }).last().click()

    const desk = people.dispatcher.page
    await onTheBoard(desk, id)
    await expect(desk.locator('.asked')).toContainText(officer.ask.usual.ask_return[0] ?? '')
    await act(desk, command.step.approve_return).click()
    await becomes(people.dispatcher, id, { status: 'pending_dispatch', asked: null })

    await onTheBoard(desk, id)
    await toAnotherUnit(desk, language)
    await desk.locator('.steps button[type=submit]').click()
    await becomes(people.dispatcher, id, { status: 'pending_sign', leadUnit: { id: 'dc-sanitation' } })
    await manager.context.close()
    await people.close()
  })

  test(`[${language}] more time is asked for and given, then the case is set aside, taken up again by hand, and once more by the clock [DUM-03] [DUM-22] [CMD-20]`, async ({
    browser,
  }) => {
    const people = await cast(browser, language)
    const manager = await signedIn(browser, 'dzm-manager', '/command/cases', language)
    const id = await inHand(people, manager, 'time')
    const before = await whole(manager, id)
    const { page } = manager
    await page.goto(`${city().base}/command/cases/${id}`)
    await act(page, command.step.ask_extension).click()
    await page.locator('.steps input[type=number]').fill('1')
    await page.getByRole('button', { name: command.reasons.ask_extension[0] ?? '', exact: true }).click()
    await page.locator('.steps button[type=submit]').click()
    await expect(page.locator('.asked')).toBeVisible()

    const desk = people.dispatcher.page
    await onTheBoard(desk, id)
    await act(desk, command.step.approve_extension).click()
    await becomes(people.dispatcher, id, { extended: 1, asked: null })
    const extended = await whole(manager, id)
    expect(Date.parse(extended.due ?? '')).toBeGreaterThan(Date.parse(before.due ?? ''))

    // What the centre answered is on the unit's screen by itself.
    await expect(page.locator('.asked')).toHaveCount(0)
    await act(page, command.step.ask_suspension).click()
    await page.locator('.steps').getByRole('button', { name: /^30/ }).click()
    const [season] = ['season'].map((code) => (language === 'en' ? code : '季节原因'))
    await page.getByRole('button', { name: season ?? '', exact: true }).click()
    await page.locator('.steps button[type=submit]').click()
    await onTheBoard(desk, id)
    await act(desk, command.step.approve_suspension).click()
    await becomes(people.dispatcher, id, { status: 'suspended' })

    await desk.goto(`${city().base}/command/cases/${id}`)
    await act(desk, command.step.resume).click()
    await becomes(people.dispatcher, id, { status: 'disposing' })
    const { due } = await whole(manager, id)
    expect(Date.parse(due ?? '')).toBeGreaterThanOrEqual(Date.parse(extended.due ?? ''))

    // Set aside once more, for some seconds: the clock takes it up again, and the page that shows it follows by itself.
    await step(manager, id, 'ask_suspension', {
      until: new Date(Date.now() + 30_000).toISOString(),
      reasonCode: 'season',
      reason: 'until the frost is over',
    })
    await step(people.dispatcher, id, 'approve_suspension')
    await expect(desk.locator('.steps').getByRole('button', { name: command.step.resume })).toBeVisible()
    await expect(desk.locator('.steps').getByRole('button', { name: command.step.resume })).toHaveCount(0, {
      timeout: 60_000,
    })
    const woken = await whole(people.dispatcher, id)
    expect(woken.status).toBe('disposing')
    expect(woken.trail.at(-1)).toMatchObject({ act: 'resume', actor: null })
    await manager.context.close()
    await people.close()
  })

  test(`[${language}] a check fails on the spot, the same unit works again, and the second check closes it [CMD-19] [DUM-02]`, async ({
    browser,
  }) => {
    const people = await cast(browser, language)
    const handler = await quietly(browser, 'dzm-handler')
    const inspector = await signedIn(browser, 'inspector1', '/officer/', language, phone)
    const id = await inHand(people, handler, 'rework')
    await step(handler, id, 'report_done', { photoIds: await evidence(handler, 'done') })
    await step(people.dispatcher, id, 'send_check')

    const { page } = inspector
    await page.goto(`${city().base}/officer/cases/${id}/check`)
    await page.getByLabel(officer.do.add).setInputFiles(await photo('still'))
    await page.getByRole('radio', { name: officer.stepShort.fail_check, exact: true }).click()
    await page.getByRole('button', { name: officer.do.reasons.still, exact: true }).click()
    await page.getByRole('button', { name: officer.step.fail_check }).last().click()

    const desk = people.dispatcher.page
    await onTheBoard(desk, id)
    await act(desk, command.step.dispatch_again).click()
    await becomes(people.dispatcher, id, { status: 'pending_sign', reworkCount: 1 })
    await step(handler, id, 'sign')
    await step(handler, id, 'report_done', { photoIds: await evidence(handler, 'done') })

    // The pictures before and after stand side by side where the check is sent and the case is closed.
    await desk.goto(`${city().base}/command/checks`)
    await onTheBoard(desk, id)
    await expect(desk.locator('.beside figure.before img, .beside figure.after img').first()).toBeVisible()
    await act(desk, command.step.send_check).click()
    await becomes(people.dispatcher, id, { status: 'checking' })
    await step(inspector, id, 'pass_check', { photoIds: await evidence(inspector, 'checked') })
    const leader = await signedIn(browser, 'shift', '/command/checks', language)
    await onTheBoard(leader.page, id)
    await act(leader.page, command.step.close).click()
    await becomes(people.shift, id, { status: 'closed' })
    for (const person of [handler, inspector, leader]) await person.context.close()
    await people.close()
  })

  test(`[${language}] two reports of one heap are merged photo beside photo, and taken apart again as they were [CMD-27]`, async ({
    browser,
  }) => {
    const people = await cast(browser, language)
    const clerk = await signedIn(browser, 'seat6', '/command/merge', language)
    const { page } = clerk
    const said = `heap ${language} ${Date.now()}`
    const master = await report(people.seat, said)
    reported--
    const twin = await report(people.seat, said)
    const { no } = await whole(people.seat, master)
    await page.goto(`${city().base}/command/merge?case=${twin}`)
    const pair = page.locator('article', { has: page.getByRole('link', { name: no, exact: true }) })
    await pair.getByRole('button', { name: command.console.merge.into }).click()
    await becomes(people.seat, twin, { status: 'merged', kin: [{ how: 'into', id: master }] })
    expect(await whole(people.seat, master)).toMatchObject({ reports: 2 })

    await onTheBoard(page, twin)
    await page.getByRole('button', { name: command.reasons.unmerge[0] ?? '', exact: true }).click()
    await page.locator('.steps button[type=submit]').click()
    await becomes(people.seat, twin, { status: 'reported', kin: [] })
    expect(await whole(people.seat, master)).toMatchObject({ reports: 1 })
    await clerk.context.close()
    await people.close()
  })
}
