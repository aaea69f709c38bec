import fc from 'fast-check'
import { expect, test } from 'vitest'
import { delimiterOf, type Record, recordsOf, takeFrom } from './records.ts'

async function* chunksOf(text: string, sizes: readonly number[]) {
  let at = 0
  for (let i = 0; at < text.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield text.slice(at, at + size)
    at += size
  }
}
const all = async (text: string, sizes: readonly number[] = [7], delimiter = ',') => {
  const records: Record[] = []
  for await (const r of recordsOf(chunksOf(text, sizes), delimiter)) records.push(r)
  return records
}

test('any table is read back as it was written, however the text is cut into chunks', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '渣', '"', ',', '\n', '\r', ' ') })
  const row = fc.array(cell, { minLength: 2, maxLength: 4 }).filter((r) => r.some((c) => c.trim() !== ''))
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.constantFrom('\n', '\r\n'),
      async (rows, sizes, end) => {
        const text = rows.map((r) => r.map((c) => `"${c.replaceAll('"', '""')}"`).join(',')).join(end)
        const read = await all(text, sizes)
        expect(read.map((r) => ('fields' in r ? r.fields : r.broken))).toEqual(rows)
      },
    ),
  )
})

test('a record is named by the line that it begins on, also after quoted line breaks and empty lines', async () => {
  const read = await all('a,b\r\n"x\r\ny",2\r\n\r\n3,4\r\n')
  expect(read.map((r) => r.line)).toEqual([1, 2, 5])
})

test('a quote that is never closed costs its own line and no other', async () => {
  expect(await all('a,b\n1,"open\n2,fine\n')).toEqual([
    { line: 1, fields: ['a', 'b'] },
    { line: 2, broken: '1,"open' },
    { line: 3, fields: ['2', 'fine'] },
  ])
})

test('a quote within a word is a sign like any other', () => {
  const { records } = takeFrom('6" pipe,"say ""no""" x\n', { delimiter: ',', line: 1, last: true })
  expect(records).toEqual([{ line: 1, fields: ['6" pipe', 'say "no" x'] }])
})

test('columns cut by semicolon, tab or bar are told apart from commas in the text', () => {
  expect(delimiterOf('id;text;x\n1;a, b, c;2\n2;d, e;3\n')).toBe(';')
  expect(delimiterOf('id\ttext\n1\ta,b\n')).toBe('\t')
  expect(delimiterOf('id|text\n1|a,b\n')).toBe('|')
  expect(delimiterOf('id,text\n1,"a;b;c"\n')).toBe(',')
})
