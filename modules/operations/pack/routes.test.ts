import { readFile } from 'node:fs/promises'
import { addPersonRow, identity } from '@pentad/identity'
import { inTransaction } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { logger } from '@pentad/platform/log'
import { noChanges, type PackPart, part } from '@pentad/platform/pack'
import { RefusalError, refuse } from '@pentad/platform/refusal'
import { actorWith, testServer } from '@pentad/platform/testing'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { operationsOver } from '../index.ts'
import { cancelPackLoad, listPackLoads, readPackLoad, sendPack, startPackLoad, templatePack } from './contract.ts'

const manifest = `id: test-city
nameZh: 测试市
nameEn: Test City
version: '1'
bbox: [116.3, 39.8, 116.5, 40]
`
const units = 'id,parent_id,name_zh,name_en,kind,axis,area_code\ndc,,东城区,Dongcheng,district,none,110101\n'
const zip = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries({ 'pack.yaml': manifest, ...files }).map(([p, t]) => [p, strToU8(t)])))

/** A part that takes its time, and can be told to go on. */
function slowPart(): { part: PackPart; goOn: () => void } {
  let goOn = (): void => undefined
  const gate = new Promise<void>((done) => {
    goOn = done
  })
  return {
    goOn,
    part: part<number>({
      name: 'slow',
      files: ['slow.csv'],
      read: async () => 1,
      async lay({ signal, onProgress }) {
        onProgress(5, 10)
        await Promise.race([
          gate,
          new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason as Error))),
        ])
        return { ...noChanges(), added: 1 }
      },
    }) as PackPart,
  }
}

async function desk(more: readonly PackPart[] = []) {
  const below = [identity, { name: 'slow', pack: more }]
  const operations = operationsOver(below)
  const server = await testServer([identity, operations])
  const id = newId()
  await addPersonRow(server.db, { id, login: 'keeper', nameZh: '管理员', nameEn: 'Keeper', phone: null, password: '!' })
  const keeper = server.as(actorWith({ may: ['operations.load-pack'] }, id))
  const work = async (name: string, loadId: string): Promise<void> => {
    const job = operations.jobs?.find((j) => j.name === name)
    await job?.run(
      { id: loadId },
      {
        db: server.db,
        pool: server.pool,
        blobs: server.blobs,
        log: logger('test', 'silent'),
        transaction: (inside) => inTransaction(server.db, inside),
      },
    )
  }
  const send = async (file: Uint8Array, name = 'city.zip') =>
    (await keeper(sendPack, { query: { name } }, { file, fileType: 'application/zip' })).id
  const read = (loadId: string) => keeper(readPackLoad, { params: { id: loadId } })
  return { ...server, keeper, work, send, read }
}

test('a pack that was sent is checked, shows what it will change, and is loaded by its keeper’s word [ONE-04] [DUM-08]', async () => {
  const { keeper, work, send, read } = await desk()
  const id = await send(zip({ 'organisation/units.csv': units }))
  expect((await read(id)).state).toBe('checking')
  await work('operations.check-pack', id)
  expect(await read(id)).toMatchObject({ state: 'checked', pack: 'test-city', changes: [{ part: 'units', added: 1 }] })
  expect((await keeper(listPackLoads)).editions).toEqual([])
  await keeper(startPackLoad, { params: { id } })
  await work('operations.lay-pack', id)
  expect(await read(id)).toMatchObject({ state: 'laid', changes: [{ part: 'units', title: '机构', added: 1 }] })
  expect((await keeper(listPackLoads)).editions).toMatchObject([
    { kind: 'pack', by: '管理员', pack: 'test-city', packVersion: '1' },
  ])
  // A job that runs twice lays nothing twice.
  await work('operations.lay-pack', id)
  expect((await keeper(listPackLoads)).editions).toHaveLength(1)
})

test('faults come back as sentences in the reader’s language, and such a pack cannot be loaded [ONE-09]', async () => {
  const { keeper, work, send, read } = await desk()
  const id = await send(zip({ 'organisation/units.csv': `${units}x,none,,,,,\n` }))
  await work('operations.check-pack', id)
  const told = await read(id)
  expect(told).toMatchObject({ state: 'faulty' })
  expect(told.faults).toContainEqual({
    file: 'organisation/units.csv',
    line: 3,
    code: 'pack/missing',
    sentence: '“name_zh”不能为空。',
  })
  await expect(keeper(startPackLoad, { params: { id } })).rejects.toMatchObject({
    refusal: { refused: 'operations/pack-not-checked' },
  })
  await expect(send(strToU8('no zip'))).rejects.toMatchObject({ refusal: { refused: 'operations/not-a-zip' } })
  const torn = await send(zip({}).slice(0, 60))
  await work('operations.check-pack', torn)
  expect((await read(torn)).faults).toMatchObject([{ code: 'pack/not-a-zip' }])
})

test('a load shows how far it is, and cancelling it leaves everything as it was [ONE-04]', async () => {
  const { part: slow } = slowPart()
  const { keeper, work, send, read } = await desk([slow])
  const id = await send(zip({ 'organisation/units.csv': units, 'slow.csv': 'a\n' }))
  const working = work('operations.check-pack', id)
  await expect.poll(async () => (await read(id)).progress, { timeout: 5000 }).toMatchObject({ done: 5, of: 10 })
  await keeper(cancelPackLoad, { params: { id } })
  await working
  expect((await read(id)).state).toBe('cancelled')
  expect((await keeper(listPackLoads)).editions).toEqual([])
})

test('what only the city as it stands refuses comes back as a fault with a sentence, not as a code [ONE-09]', async () => {
  const strict = part<number>({
    name: 'slow',
    files: ['slow.csv'],
    read: async () => 1,
    lay: () => Promise.reject(new RefusalError(refuse('pack/unknown-unit', { unit: 'x', file: 'slow.csv', line: 7 }))),
  }) as PackPart
  const { work, send, read } = await desk([strict])
  const id = await send(zip({ 'slow.csv': 'a\n' }))
  await work('operations.check-pack', id)
  expect(await read(id)).toMatchObject({
    state: 'faulty',
    faults: [{ file: 'slow.csv', line: 7, sentence: '没有编号为“x”的机构。' }],
  })
})

test('the template that is handed out holds its guide and a district', async () => {
  const { base, cookieOf } = await desk()
  const reply = await fetch(`${base}/api${templatePack.path}`, {
    headers: { cookie: cookieOf(actorWith({ may: ['operations.load-pack'] })) },
  })
  const files = unzipSync(new Uint8Array(await reply.arrayBuffer()))
  expect(Object.keys(files)).toContain('city/README.md')
  expect(files['city/areas/areas.csv']).toEqual(
    new Uint8Array(await readFile(new URL('../../../packs/template/areas/areas.csv', import.meta.url))),
  )
})
