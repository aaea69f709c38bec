import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { city } from './city.ts'

test('whoever knocks finds the city open: it answers, says what it can, and shows the citizen its page', async ({
  page,
  request,
}) => {
  const { base } = city()
  expect((await request.get(`${base}/readyz`)).status()).toBe(200)
  const api = (await (await request.get(`${base}/api/openapi.json`)).json()) as { openapi: string; paths: object }
  expect(api.openapi).toBe('3.1.0')
  expect(Object.keys(api.paths)).toContain('/api/cases')
  const built = existsSync(join(import.meta.dirname, '..', 'apps', 'citizen', 'dist', 'index.html'))
  if (!built) return
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${base}/`)
  await expect(page.locator('#app')).not.toBeEmpty()
  expect(complaints).toEqual([])
})
