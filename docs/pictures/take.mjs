/** Takes the README's picture from a running demo: node docs/pictures/take.mjs BASE PASSWORD */
import { chromium } from '@playwright/test'

const [base = 'http://127.0.0.1:8080', password = ''] = process.argv.slice(2)
const browser = await chromium.launch({
  executablePath: process.env.PENTAD_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-background-networking',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
  ],
})
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
const signIn = await page.request.post(`${base}/api/session`, { data: { login: 'seat6', password } })
if (!signIn.ok()) throw new Error(await signIn.text())
const alarms = await (await page.request.get(`${base}/api/sensing/alarms`)).json()
const caseId = alarms.alarms.find((a) => a.caseId)?.caseId
await page.goto(`${base}/command/?queue=open${caseId ? `&case=${caseId}` : ''}`)
await page.waitForTimeout(12_000)
await page.screenshot({ path: new URL('command.png', import.meta.url).pathname })
await browser.close()
