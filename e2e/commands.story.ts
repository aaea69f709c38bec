import { expect, test } from '@playwright/test'
import { withoutMaps } from './browser.ts'
import { city } from './city.ts'
import { ask, signedIn, wordsIn } from './people.ts'

test.use({ launchOptions: withoutMaps })

test.describe.configure({ timeout: 300_000 })

interface Devices {
  devices: { id: string; kind: string; state: string; label: string | null }[]
}

test('a text goes to a vehicle and its answer is seen as it comes; a monitor gives its history; a rule of keeping is tried [SEN-02] [SEN-09] [SEN-29]', async ({
  browser,
}) => {
  const zh = wordsIn('zh-CN').command
  const en = wordsIn('en').command
  const desk = await signedIn(browser, 'dispatch', '/command/devices', 'zh-CN')
  // Vehicles of other stories (京S, 京V) say where they were and hang up.
  const stays = ({ label }: { label: string | null }) => !label || !/^京[SV]/.test(label)
  const online = async (kind: string) =>
    (await ask<Devices>(desk, '/sensing/devices')).devices.find(
      (d) => d.kind === kind && d.state === 'online' && stays(d),
    )?.id
  await expect.poll(() => online('vehicle'), { timeout: 60_000 }).toBeTruthy()
  await expect.poll(() => online('noise_monitor'), { timeout: 60_000 }).toBeTruthy()

  await desk.page.goto(`${city().base}/command/devices?device=${await online('vehicle')}`)
  const panel = desk.page.getByRole('complementary', { name: zh.device.details })
  await panel.getByRole('button', { name: zh.command.say, exact: true }).click()
  await panel.getByLabel(zh.command.words, { exact: true }).fill('请到东直门外大街核查占道')
  await panel.getByRole('button', { name: zh.command.send, exact: true }).click()
  // By news, without asking again.
  const said = panel.getByRole('listitem').filter({ hasText: '请到东直门外大街核查占道' })
  await expect(said.getByText(zh.command.state.answered)).toBeVisible()
  // A dispatcher speaks to devices and does not change them.
  await panel.getByRole('button', { name: zh.command.say, exact: true }).click()
  await expect(panel.getByRole('option', { name: zh.command.name['set-interval'] })).toHaveCount(0)

  const admin = await signedIn(browser, 'sysadmin', `/command/devices?device=${await online('noise_monitor')}`, 'en')
  const side = admin.page.getByRole('complementary', { name: en.device.details })
  await side.getByRole('button', { name: en.command.say, exact: true }).click()
  await side.getByRole('button', { name: en.command.send, exact: true }).click()
  await expect(
    side.getByRole('listitem').filter({ hasText: en.command.answer.values.replace('{n}', '120') }),
  ).toBeVisible()

  await admin.page.getByRole('button', { name: en.registry.view.keeping, exact: true }).click()
  await admin.page.getByRole('button', { name: en.keeping.change, exact: true }).click()
  await admin.page.getByLabel(en.keeping.field.realtimeDays).fill('3')
  await admin.page.getByRole('button', { name: en.keeping.try, exact: true }).click()
  await expect(admin.page.getByRole('table', { name: en.keeping.trial })).toHaveCount(0)
  await admin.page.getByLabel(en.keeping.field.realtimeDays).fill('30')
  await admin.page.getByRole('button', { name: en.keeping.try, exact: true }).click()
  const trial = admin.page.getByRole('table', { name: en.keeping.trial })
  await expect(trial.getByRole('row')).toHaveCount(7)
})
