import { expect, test } from '@playwright/test'
import { withoutMaps } from './browser.ts'
import { city } from './city.ts'
import { ask, browserOf, clerk, lane, type Person, phone, photo, signedIn, tell, upload, wordsIn } from './people.ts'

test.use({ launchOptions: withoutMaps })

test.describe.configure({ timeout: 240_000 })

const here = { lon: lane.longitude, lat: lane.latitude }
interface Case {
  id: string
  status: string
  due: string | null
  checker: { id: string; name: string } | null
  trail: {
    act: string
    actor: { id: string } | null
    detail: { lot?: { candidates: string[]; drawn: string } } | null
  }[]
  kin: { how: string; id: string; status: string }[]
}

for (const language of ['zh-CN', 'en'] as const) {
  test(`[${language}] a citizen says that it is not fixed: the closed case stays, somebody else is drawn to look, and the link follows [PUB-16] [INS-29] [DUM-22]`, async ({
    browser,
  }) => {
    const words = wordsIn(language)
    const seat = await clerk(browser, 'seat6', language)
    const shift = await clerk(browser, 'shift', language)
    const dispatcher = await clerk(browser, 'dispatch', language)
    const handler = await clerk(browser, 'dzm-handler', language)
    const inspector = await clerk(browser, 'inspector1', language)
    const other = await signedIn(browser, 'inspector2', '/officer/', language, phone)
    const citizen = await browserOf(browser, language, phone)

    const { id, code } = await closedCase({ seat, shift, dispatcher, handler, inspector, citizen })
    const before = await ask<Case>(shift, `/cases/${id}`)
    const firstChecker = before.trail.find((e) => e.act === 'pass_check')?.actor?.id

    // Before and after beside each other, and the question.
    await citizen.page.goto(`${city().base}/r/${code}`)
    const card = citizen.page.locator('section.word')
    await expect(card.getByRole('heading', { name: words.citizen.word.asks })).toBeVisible()
    await expect(card.locator('.photos img')).toHaveCount(2)
    await card.getByRole('button', { name: words.citizen.word.no }).click()
    await card.getByRole('button', { name: words.citizen.word.send }).click()
    await expect(card.getByRole('alert')).toContainText(words.citizen.word.need)
    await card.getByRole('textbox').fill('垃圾还在 still there')
    await card.getByLabel(words.citizen.word.photo).setInputFiles(await photo('still'))
    await expect(card.locator('.mine img')).toBeVisible()
    await card.getByRole('button', { name: words.citizen.word.send }).click()
    await expect(citizen.page.locator('.now h1')).toContainText(words.citizen.stage.checking)
    await expect(card).toContainText('still there')

    const old = await ask<Case>(shift, `/cases/${id}`)
    expect(old.status).toBe('closed')
    const next = await ask<Case>(shift, `/cases/${old.kin.find((k) => k.how === 'again')?.id ?? ''}`)
    expect(next).toMatchObject({ status: 'checking', due: before.due })
    const lot = next.trail[0]?.detail?.lot
    expect(lot?.candidates).not.toContain(firstChecker)
    expect(next.checker?.id).toBe(lot?.drawn)
    expect(next.checker?.id).not.toBe(firstChecker)

    // Whoever was drawn has it on the phone; the former checker has not.
    const me = await ask<{ id: string }>(other, '/session')
    const hers = other.page.locator('article.card', { has: other.page.locator(`a[href$="/cases/${next.id}"]`) })
    if (next.checker?.id === me.id) await expect(hers).toBeVisible({ timeout: 40_000 })
    const his = await ask<{ cases: { id: string }[] }>(inspector, '/cases?queue=mine&most=200')
    expect(his.cases.map((c) => c.id)).not.toContain(next.id)

    // The desk sees what was said and who was drawn.
    await shift.page.goto(`${city().base}/command/cases/${next.id}`)
    await expect(shift.page.locator('.truth')).toContainText('still there')
    await expect(shift.page.locator('.truth')).toContainText(words.command.truth.lot)
    for (const person of [seat, shift, dispatcher, handler, inspector, other, citizen]) await person.context.close()
  })
}

type People = Record<'seat' | 'shift' | 'dispatcher' | 'handler' | 'inspector' | 'citizen', Person>

/** The long way, by everybody whose post it is. */
async function closedCase(who: People): Promise<{ id: string; code: string }> {
  const said = `objection ${Date.now()}`
  const { code } = await tell<{ code: string }>(who.citizen, '/reports', {
    kind: 'event',
    classCode: '0111',
    point: here,
    pointBy: 'gps',
    text: said,
    photoIds: [await upload(who.citizen, await photo('rubble'))],
  })
  const { cases } = await ask<{ cases: { id: string }[] }>(
    who.seat,
    `/cases?queue=reported&q=${encodeURIComponent(said)}`,
  )
  const id = cases[0]?.id ?? ''
  const step = async (person: Person, name: string, extra: object = {}) =>
    tell(person, `/cases/${id}/steps`, { step: name, at: new Date().toISOString(), ...extra })
  await step(who.seat, 'accept')
  const { standards } = await ask<{ standards: { id: string }[] }>(
    who.shift,
    '/rulebook/standards?kind=event&code=0111',
  )
  await step(who.shift, 'file', { standardId: standards[0]?.id })
  const { units } = await ask<{ units: { id: string }[] }>(who.dispatcher, `/cases/${id}/units`)
  await step(who.dispatcher, 'dispatch', { unitId: units[0]?.id })
  await step(who.handler, 'sign')
  await step(who.handler, 'report_done', { photoIds: [await upload(who.handler, await photo('clean'))], point: here })
  await step(who.dispatcher, 'send_check')
  await step(who.inspector, 'pass_check', { photoIds: [await upload(who.inspector, await photo('seen'))], point: here })
  await step(who.shift, 'close')
  return { id, code }
}
