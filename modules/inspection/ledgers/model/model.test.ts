import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cellOut,
  cellRead,
  changedKeys,
  columnsOf,
  creditCheckSign,
  creditSigns,
  dayMeant,
  decideMove,
  dueDay,
  emptySchema,
  type Field,
  faultsIn,
  fieldsFrom,
  idCheckSign,
  isCreditCode,
  isIdNumber,
  isPhone,
  keysThrough,
  type LedgerSchema,
  masked,
  maskedValues,
  mayRead,
  mayWrite,
  migrated,
  moved,
  openTransitions,
  patched,
  patternOf,
  rowRead,
  schemaChange,
  schemaFaults,
  searchText,
  tableOut,
  tidy,
  titleOf,
} from './index.ts'

const text = (zh: string, en = zh) => ({ 'zh-CN': zh, en })
const field = (key: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  key,
  title: text(`字段${key}`, `Field ${key}`),
  type,
  required: false,
  dataClass: 'internal',
  ...more,
})
const schema = (fields: Field[], more: Partial<LedgerSchema> = {}): LedgerSchema => ({
  ...emptySchema('test'),
  fields,
  titleTemplate: `{${fields[0]?.key ?? 'name'}}`,
  ...more,
})
const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`))

describe('numbers that prove themselves', () => {
  test('the examples of the standards hold: GB 11643 annex, GB 32100 annex A [ONE-07]', () => {
    expect(isIdNumber('11010519491231002X')).toBe(true)
    expect(isIdNumber('440524188001010014')).toBe(true)
    expect(isCreditCode('91350100M000100Y43')).toBe(true)
    expect([isPhone('13800001234'), isPhone('1380000123'), isPhone('12800001234')]).toEqual([true, false, false])
  })

  test('an id number with one sign changed is none; so is a day of birth that never was [ONE-07]', () => {
    const base = '11010519491231002'
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const whole = base + idCheckSign(base)
        const other = String((Number(whole[at]) + by) % 10)
        return !isIdNumber(whole.slice(0, at) + other + whole.slice(at + 1))
      }),
    )
    const february30 = '11010519490230002'
    expect(isIdNumber(february30 + idCheckSign(february30))).toBe(false)
  })

  test('every credit code with its right sign is one, and with any sign exchanged is none [ONE-07]', () => {
    fc.assert(
      fc.property(
        digits(6),
        fc.array(fc.constantFrom(...creditSigns), { minLength: 9, maxLength: 9 }),
        fc.integer({ min: 0, max: 17 }),
        fc.constantFrom(...creditSigns),
        (district, body, at, sign) => {
          const first = `91${district}${body.join('')}`
          const whole = first + creditCheckSign(first)
          expect(isCreditCode(whole)).toBe(true)
          if (whole[at] !== sign) expect(isCreditCode(whole.slice(0, at) + sign + whole.slice(at + 1))).toBe(false)
        },
      ),
    )
  })
})

const choices = [
  { value: 'a', title: text('甲', 'A') },
  { value: 'b', title: text('乙', 'B') },
]
const good: [Field, unknown][] = [
  [field('t', 'text', { to: 5 }), '五个字以内'],
  [field('n', 'number', { from: 0, to: 10 }), 3.5],
  [field('i', 'integer'), 7],
  [field('m', 'money'), 12_345],
  [field('d', 'date'), '2024-02-29'],
  [field('c', 'choice', { choices }), 'a'],
  [field('u', 'multi', { choices }), ['a', 'b']],
  [field('p', 'point'), { lon: 116.4, lat: 39.9 }],
  [
    field('r', 'area'),
    [
      [116.4, 39.9],
      [116.41, 39.9],
      [116.41, 39.91],
    ],
  ],
  [field('h', 'phone'), '13800001234'],
  [field('x', 'id-number'), '11010519491231002X'],
  [field('k', 'credit-code'), '91350100M000100Y43'],
  [field('l', 'link', { ledger: 'test' }), '0192f0c4-0000-7000-8000-000000000000'],
  [field('f', 'photo'), ['0192f0c4-0000-7000-8000-000000000000']],
  [field('person', 'person'), '张三'],
]
const bad: [string, Field, unknown][] = [
  ['long', field('t', 'text', { to: 5 }), '六个字六个字'],
  ['pattern', field('t', 'text', { pattern: '[A-Z]\\d+' }), 'a1'],
  ['number', field('n', 'number'), '3.5'],
  ['range', field('n', 'number', { from: 0, to: 10 }), 11],
  ['whole', field('i', 'integer'), 7.5],
  ['range', field('m', 'money'), -1],
  ['day', field('d', 'date'), '2023-02-29'],
  ['choice', field('c', 'choice', { choices }), 'c'],
  ['list', field('u', 'multi', { choices }), ['a', 'a']],
  ['point', field('p', 'point'), { lon: 200, lat: 39.9 }],
  [
    'outline',
    field('r', 'area'),
    [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
    ],
  ],
  ['phone', field('h', 'phone'), '010-123456'],
  ['id', field('x', 'id-number'), '110105194912310021'],
  ['credit', field('k', 'credit-code'), '91350100M000100Y44'],
  ['link', field('l', 'link', { ledger: 'test' }), 'A-1'],
  ['photo', field('f', 'photo'), 'a'],
]

describe('values are checked by the schema', () => {
  test.each(good)('$type takes what it should [ONE-07]', (f, value) => {
    expect(faultsIn({ fields: [f] }, { [f.key]: value })).toEqual([])
  })
  test.each(bad)('%s is a fault of its field [ONE-07]', (code, f, value) => {
    expect(faultsIn({ fields: [f] }, { [f.key]: value })).toMatchObject([
      { field: f.key, code: `pack/ledger-value-${code}` },
    ])
  })

  test('whatever comes in, the check answers and never throws; only what is known and fitting has no fault', () => {
    const fields = good.map(([f]) => f)
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...fields.map((f) => f.key), 'zz'), fc.anything()), (values) => {
        const faults = faultsIn({ fields }, values)
        const named = new Set(faults.map((f) => f.field))
        if (Object.hasOwn(values, 'zz')) expect(named.has('zz')).toBe(true)
        for (const f of fields) {
          const alone = faultsIn({ fields: [f] }, Object.hasOwn(values, f.key) ? { [f.key]: values[f.key] } : {})
          expect(named.has(f.key)).toBe(alone.length > 0)
        }
      }),
    )
  })

  test('what is required and empty is missing, whatever emptiness it is', () => {
    const f = field('t', 'text', { required: true })
    for (const empty of [undefined, null, '', []])
      expect(faultsIn({ fields: [f] }, { t: empty })).toMatchObject([{ code: 'pack/ledger-value-missing' }])
  })

  test('tidying twice is tidying once, and a patch of nothing changes nothing', () => {
    const fields = good.map(([f]) => f)
    const all = Object.fromEntries(good.map(([f, v]) => [f.key, v]))
    fc.assert(
      fc.property(fc.subarray(fields), (some) => {
        const values = Object.fromEntries(some.map((f) => [f.key, all[f.key]]))
        const once = tidy({ fields }, values)
        expect(tidy({ fields }, once)).toEqual(once)
        expect(changedKeys(once, patched({ fields }, once, {}))).toEqual([])
      }),
    )
    expect(patched({ fields }, all, { t: null }).t).toBeUndefined()
  })
})

describe('schemas', () => {
  test('the schema that a new ledger begins with may be published as soon as it has names [INF-16]', () => {
    expect(schemaFaults(emptySchema('new'))).toEqual([])
  })
  test.each<[string, string, Partial<LedgerSchema>]>([
    ['two fields of one key', 'pack/ledger-key-twice', { fields: [field('name', 'text'), field('name', 'text')] }],
    ['a key of the system', 'pack/ledger-key-reserved', { fields: [field('name', 'text'), field('lon', 'number')] }],
    ['a choice of nothing', 'pack/ledger-no-choices', { fields: [field('name', 'text'), field('c', 'choice')] }],
    [
      'a pattern that could run for ever',
      'pack/ledger-pattern',
      { fields: [field('name', 'text', { pattern: '(a+)+b' })] },
    ],
    ['a link to nowhere', 'pack/ledger-no-link', { fields: [field('name', 'text'), field('l', 'link')] }],
    [
      'a title that shows a person',
      'pack/ledger-personal-title',
      { fields: [field('name', 'person', { dataClass: 'personal' })] },
    ],
    [
      'a transition to no state',
      'pack/ledger-no-state',
      { transitions: [{ from: 'active', to: 'x', name: text('x'), roles: [], required: [] }] },
    ],
  ])('%s: refused', (_, code, change) => {
    expect(schemaFaults({ ...emptySchema('new'), ...change }).map((f) => f.code)).toContain(code)
  })
  test('moving an item down and up again gives the same order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 2 }), fc.nat(), (items, n) => {
        const at = n % (items.length - 1)
        expect(moved(moved(items, at, 1), at + 1, -1)).toEqual(items)
      }),
    )
  })
  test('a pattern is of the whole text', () => {
    expect(patternOf('[A-Z]{2}')?.test('ABC')).toBe(false)
  })
})

describe('versions', () => {
  const v1 = schema([field('a', 'text'), field('b', 'integer'), field('old', 'text')])
  const v2 = schema([field('a', 'text'), field('b', 'text'), field('new', 'text', { was: 'old' })])
  const v3 = schema([
    field('a', 'choice', { choices: [{ value: 'x', title: text('甲') }], required: true }),
    field('newest', 'text', { was: 'new' }),
    field('added', 'date', { required: true }),
  ])
  const versions = [v1, v2, v3].map((s, i) => ({ version: i + 1, schema: s }))

  test('an entry of an old version opens in the newest: renamed fields move, types follow where nothing is lost, the rest is kept beside [ONE-07]', () => {
    expect(migrated(versions, { a: '甲', b: 3, old: '旧' }, 'active')).toEqual({
      values: { a: 'x', newest: '旧' },
      left: { b: '3' },
      state: 'active',
      owed: ['added'],
    })
  })
  test('an entry of the newest version opens as it is', () => {
    const values = { a: 'x', newest: 'y', added: '2024-01-01' }
    expect(migrated(versions.slice(2), values, 'active')).toEqual({ values, left: {}, state: 'active', owed: [] })
  })
  test('nothing is lost on the way: each value is in the entry or beside it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer(), fc.string({ minLength: 1 }), (a, b, old) => {
        const m = migrated(versions, { a, b, old }, 'gone')
        const all = JSON.stringify([m.values, m.left])
        expect(all).toContain(JSON.stringify(old))
        expect(all).toContain(String(b))
        expect(m.values.a === 'x' ? a === 'x' || a === '甲' : m.left.a === a).toBe(true)
        expect(m.state).toBe('active')
      }),
    )
  })
  test('a question over a field asks under all names that it has had', () => {
    expect(keysThrough(versions, 'newest')).toEqual(['newest', 'new', 'old'])
    expect(keysThrough(versions, 'a')).toEqual(['a'])
  })
  test('a change of the form is told before it is published', () => {
    expect(schemaChange(v1, v2)).toEqual({
      added: [],
      removed: [],
      renamed: [{ from: 'old', to: 'new' }],
      retyped: ['b'],
    })
    expect(schemaChange(v2, v3)).toMatchObject({ added: ['added'], removed: ['b'], retyped: ['a'] })
  })
})

describe('personal fields', () => {
  const fields = [
    field('name', 'text', { dataClass: 'public' }),
    field('who', 'person', { dataClass: 'personal' }),
    field('phone', 'phone', { dataClass: 'personal' }),
    field('card', 'id-number', { dataClass: 'sensitive' }),
  ]
  test('are masked, each in its own way [ONE-07]', () => {
    const values = { name: '店', who: '张三丰', phone: '13800001234', card: '11010519491231002X' }
    expect(maskedValues({ fields }, values)).toEqual({
      values: { name: '店', who: '张**', phone: '138****1234', card: '110105**********2X' },
      hidden: ['who', 'phone', 'card'],
    })
  })
  test('no mask ever shows the whole of what it hides', () => {
    fc.assert(
      fc.property(fc.constantFrom(...good.map(([f]) => f.type)), fc.string({ minLength: 1 }), (type, value) => {
        expect(masked({ type }, value)).not.toBe(/^\*+$/.test(value) ? undefined : value)
      }),
    )
  })
  test('a key that no schema knows stays hidden', () => {
    expect(maskedValues({ fields }, { secret: 1 })).toEqual({ values: {}, hidden: ['secret'] })
  })
  test('never enter titles or what a search finds', () => {
    const s = schema(fields, { titleTemplate: '{name}{who}' })
    const values = { name: '店', who: '张三丰', phone: '13800001234' }
    expect([titleOf(s, values), searchText(s, values)].join()).not.toMatch(/张|1234/)
  })
})

describe('the life of an entry', () => {
  const s = schema([field('name', 'text'), field('why', 'text')], {
    transitions: [{ from: 'active', to: 'ended', name: text('注销'), roles: ['officer'], required: ['why'] }],
    read: ['inspector'],
    write: ['officer'],
    updateDays: 30,
  })
  test('it moves only along the transitions, by the posts they name, with what they ask for [ONE-07]', () => {
    const entry = { state: 'active', values: { why: '拆除' } }
    expect(decideMove(s, entry, 'ended', ['officer'])).toMatchObject({ to: 'ended' })
    expect(decideMove(s, entry, 'ended', ['inspector'])).toMatchObject({ refused: 'inspection/not-your-transition' })
    expect(decideMove(s, entry, 'active', ['officer'])).toMatchObject({ refused: 'inspection/no-transition' })
    expect(decideMove(s, { state: 'active', values: {} }, 'ended', ['officer'])).toMatchObject({
      refused: 'inspection/fields-owed',
      detail: { missing: ['why'] },
    })
    expect(openTransitions(s, 'active', ['inspector'])).toEqual([])
  })
  test('who writes may read; who reads may not write [ONE-07]', () => {
    expect([mayRead(s, ['officer']), mayRead(s, ['inspector']), mayRead(s, ['leader'])]).toEqual([true, true, false])
    expect([mayWrite(s, ['officer']), mayWrite(s, ['inspector'])]).toEqual([true, false])
  })
  test('it is due again after its interval, and never once it has ended [ONE-08]', () => {
    expect(dueDay(s, 'active', '2024-02-01')).toBe('2024-03-02')
    expect(dueDay(s, 'ended', '2024-02-01')).toBeNull()
    expect(dueDay({ ...s, updateDays: null }, 'active', '2024-02-01')).toBeNull()
  })
})

describe('tables', () => {
  const s = schema(
    good.map(([f]) => (f.key === 'p' ? { ...f, title: text('位置', 'Place') } : f)),
    { titleTemplate: '{t}' },
  )
  test('columns are known by key or title, with units, stars and blanks around them [ONE-07]', () => {
    expect(columnsOf(s, ['编号', '字段t*', 'Field N (元)', ' 经度 ', 'lat', '备注', 't'])).toEqual([
      { row: 'no' },
      { field: 't' },
      { field: 'n' },
      { row: 'lon' },
      { row: 'lat' },
      null,
      null,
    ])
  })
  test('cells are read as people write them', () => {
    expect(['2024/1/5', '2024.01.05', '2024年1月5日', '20240105'].map(dayMeant)).toEqual(Array(4).fill('2024-01-05'))
    expect(dayMeant('2024/13/5')).toBeNull()
    expect(cellRead(field('m', 'money'), '¥1,234.56元')).toEqual({ value: 123_456 })
    expect(cellRead(field('h', 'phone'), '+86 138-0000-1234')).toEqual({ value: '13800001234' })
    expect(cellRead(field('c', 'choice', { choices }), '乙')).toEqual({ value: 'b' })
    expect(cellRead(field('u', 'multi', { choices }), '甲、乙')).toEqual({ value: ['a', 'b'] })
  })
  test('no cell that goes out is a formula', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const out = cellOut(text).replace(/^"/, '')
        expect(/^[=+@]/.test(out)).toBe(false)
      }),
    )
  })
  test('what goes out as a table comes in again as it was [ONE-09]', () => {
    const values = tidy(s, Object.fromEntries(good.filter(([f]) => f.type !== 'photo').map(([f, v]) => [f.key, v])))
    for (const language of ['zh-CN', 'en'] as const) {
      const [head = '', line = ''] = tableOut(s, [{ no: 'T-1', state: 'active', values, title: '' }], language)
        .replace(/^\uFEFF/, '')
        .trim()
        .split('\r\n')
      const parse = (row: string): string[] => {
        const out: string[] = []
        let at = 0
        while (at <= row.length) {
          if (row[at] === '"') {
            const end = row.indexOf('"', at + 1)
            out.push(row.slice(at + 1, end))
            at = end + 2
          } else {
            const end = row.indexOf(',', at)
            out.push(row.slice(at, end < 0 ? undefined : end))
            at = (end < 0 ? row.length : end) + 1
          }
        }
        return out
      }
      const row = rowRead(s, columnsOf(s, parse(head)), parse(line))
      expect(row).toEqual({ no: 'T-1', state: 'active', values, faults: [] })
    }
  })
  test('a spreadsheet that exists already proposes the fields of its ledger [INF-16]', () => {
    const rows = Array.from({ length: 9 }, (_, i) => [
      `店${i}`,
      `1380000123${i}`,
      '2024/1/5',
      i % 2 ? '正常' : '停业',
      '1,200.50',
      '116.4',
      '39.9',
    ])
    const fields = fieldsFrom(['名称', '电话', '登记日期', '状况', '押金金额', '经度', '纬度'], rows)
    expect(fields.map((f) => [f.title['zh-CN'], f.type, f.dataClass])).toEqual([
      ['名称', 'text', 'internal'],
      ['电话', 'phone', 'personal'],
      ['登记日期', 'date', 'internal'],
      ['状况', 'choice', 'internal'],
      ['押金金额', 'money', 'internal'],
      ['位置', 'point', 'public'],
    ])
    expect(schemaFaults({ ...emptySchema('new'), fields, titleTemplate: '{f1}' })).toEqual([])
  })
})
