/** Who takes part in the stories, each in a browser of their own; and what they carry. */
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test'
import sharp from 'sharp'
import citizenEn from '../apps/citizen/src/messages/en.ts'
import citizenZh from '../apps/citizen/src/messages/zh-CN.ts'
import commandEn from '../apps/command/src/messages/en.ts'
import commandZh from '../apps/command/src/messages/zh-CN.ts'
import officerEn from '../apps/officer/src/messages/en.ts'
import officerZh from '../apps/officer/src/messages/zh-CN.ts'
import webEn from '../web/messages/en.ts'
import webZh from '../web/messages/zh-CN.ts'
import { city, password } from './city.ts'

export type Language = 'zh-CN' | 'en'
/** The pages' own words, so that a story reads the same in both languages. */
export const wordsIn = (language: Language) =>
  language === 'en'
    ? { citizen: citizenEn, command: commandEn, officer: officerEn, web: webEn }
    : { citizen: citizenZh, command: commandZh, officer: officerZh, web: webZh }

export const desk = { width: 1440, height: 900 }
export const phone = { width: 390, height: 844 }

/** A lane in Dongzhimen, where the story's people have their posts. */
export const lane = { longitude: 116.4335, latitude: 39.9405 }

export interface Person {
  page: Page
  context: BrowserContext
}

export async function browserOf(
  browser: Browser,
  language: Language,
  viewport: typeof desk,
  near = lane,
): Promise<Person> {
  const context = await browser.newContext({
    locale: language,
    viewport,
    geolocation: near,
    permissions: ['geolocation'],
  })
  return { context, page: await context.newPage() }
}

/** Signs in on the page itself. */
export async function signedIn(
  browser: Browser,
  login: string,
  path: string,
  language: Language,
  viewport = desk,
): Promise<Person> {
  const person = await browserOf(browser, language, viewport)
  const { web } = wordsIn(language)
  await person.page.goto(`${city().base}${path}`)
  await person.page.locator('input[name=login]').fill(login)
  await person.page.locator('input[name=password]').fill(password)
  await person.page.getByRole('button', { name: web.signIn.submit, exact: true }).click()
  const later = person.page.getByRole('button', { name: web.enrol.later, exact: true })
  const inside = person.page.locator('nav, .tabs, .page .top')
  await expect(later.or(inside).first()).toBeVisible()
  // A privileged post is asked for a second factor; the demo lets it wait.
  if (await later.isVisible()) await later.click()
  await expect(inside.first()).toBeVisible()
  return person
}

let shade = 0
/** A picture that no other story took. */
export async function photo(name: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  shade += 17
  const background = { r: (shade * 7) % 256, g: (shade * 3) % 256, b: Date.now() % 256 }
  const stain = await sharp({
    create: { width: 300 + (shade % 90), height: 200, channels: 3, background: { r: 230, g: 210, b: shade % 256 } },
  })
    .png()
    .toBuffer()
  const buffer = await sharp({ create: { width: 1200, height: 900, channels: 3, background } })
    .composite([{ input: stain, left: 80, top: 120 }])
    .jpeg()
    .toBuffer()
  return { name: `${name}.jpg`, mimeType: 'image/jpeg', buffer }
}

/** Asks the API in the name of who is signed in there. */
export async function ask<T>({ context }: Person, path: string): Promise<T> {
  const response = await context.request.get(`${city().base}/api${path}`)
  expect(response.ok(), `${path}: ${response.status()}`).toBe(true)
  return (await response.json()) as T
}

/** Does something over the API in the name of who is signed in there, or of nobody. */
export async function tell<T>({ context }: Person, path: string, body: object): Promise<T> {
  const headers = { 'idempotency-key': crypto.randomUUID() }
  const response = await context.request.post(`${city().base}/api${path}`, { data: body, headers })
  expect(response.ok(), `${path}: ${response.status()} ${await response.text()}`).toBe(true)
  return (await response.json()) as T
}

/** The id of a picture that was sent. */
export async function upload({ context }: Person, { buffer, mimeType }: { buffer: Buffer; mimeType: string }) {
  const headers = { 'content-type': mimeType }
  const response = await context.request.post(`${city().base}/api/evidence/photos`, { data: buffer, headers })
  expect(response.ok(), `photo: ${response.status()} ${await response.text()}`).toBe(true)
  return ((await response.json()) as { id: string }).id
}

/** Signs in over the API, for those of whom a story needs no page, or a later one. */
export async function clerk(browser: Browser, login: string, language: Language, viewport = desk): Promise<Person> {
  const person = await browserOf(browser, language, viewport)
  const response = await person.context.request.post(`${city().base}/api/session`, { data: { login, password } })
  expect(response.ok(), `${login}: ${response.status()}`).toBe(true)
  return person
}
