import { PointIn } from '@pentad/geography/contract'
import { roles } from '@pentad/identity/model'
import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { acts, dataClasses, fieldTypes, findings, mostFields, purposes, subjects, tones } from './model/index.ts'

const Text = z.object({ 'zh-CN': z.string().max(2000), en: z.string().max(2000) })
const instant = z.iso.datetime()
const day = z.iso.date()
const ledger = z.string().max(40)
const values = z.record(z.string().max(40), z.unknown())

/** The form of a ledger, as it is published and as it stands in a pack. */
export const LedgerSchemaIn = z.strictObject({
  id: ledger,
  title: Text,
  says: Text.default({ 'zh-CN': '', en: '' }),
  major: Text,
  subject: z.enum(subjects),
  proposal: z.boolean().default(false),
  fields: z
    .array(
      z.strictObject({
        key: z.string().max(40),
        title: Text,
        type: z.enum(fieldTypes),
        required: z.boolean().default(false),
        dataClass: z.enum(dataClasses).default('internal'),
        help: Text.optional(),
        unit: z.string().max(20).optional(),
        from: z.number().optional(),
        to: z.number().optional(),
        pattern: z.string().max(120).optional(),
        choices: z
          .array(z.strictObject({ value: z.string().min(1).max(60), title: Text }))
          .max(200)
          .optional(),
        ledger: ledger.optional(),
        was: z.string().max(40).optional(),
      }),
    )
    .max(mostFields),
  states: z
    .array(
      z.strictObject({
        key: z.string().max(40),
        title: Text,
        tone: z.enum(tones),
        terminal: z.boolean().default(false),
      }),
    )
    .max(20),
  transitions: z
    .array(
      z.strictObject({
        from: z.string().max(40),
        to: z.string().max(40),
        name: Text,
        roles: z.array(z.enum(roles)).default([]),
        required: z.array(z.string().max(40)).default([]),
      }),
    )
    .max(100)
    .default([]),
  titleTemplate: z.string().min(1).max(200),
  read: z.array(z.enum(roles)).default([]),
  write: z.array(z.enum(roles)).default([]),
  keeper: z.string().max(64).nullable().default(null),
  updateDays: z.number().int().positive().max(3660).nullable().default(null),
})

export const LedgerLine = z.object({
  id: z.string(),
  version: z.number(),
  schema: LedgerSchemaIn,
  publishedAt: instant,
  /** Entries that the caller may see, and of them: due for an update, verified, with a place. */
  counts: z.object({
    entries: z.number(),
    overdue: z.number(),
    verified: z.number(),
    differing: z.number(),
    placed: z.number(),
    byState: z.record(z.string(), z.number()),
  }),
  mayWrite: z.boolean(),
})

export const listLedgers = route({
  method: 'GET',
  path: '/inspection/ledgers',
  summary: '台账目录 Ledgers with their counts',
  may: 'inspection.read',
  reply: z.object({ ledgers: z.array(LedgerLine) }),
})

export const readLedger = route({
  method: 'GET',
  path: '/inspection/ledgers/:ledger',
  summary: '台账定义及各版本 One ledger: schema, versions, figures by street',
  may: 'inspection.read',
  params: z.object({ ledger }),
  reply: LedgerLine.extend({
    versions: z.array(
      z.object({ version: z.number(), publishedAt: instant, by: z.string().nullable(), schema: LedgerSchemaIn }),
    ),
    byStreet: z.array(
      z.object({
        street: z.string(),
        name: z.string(),
        entries: z.number(),
        overdue: z.number(),
        verified: z.number(),
      }),
    ),
  }),
})

export const publishSchema = route({
  method: 'POST',
  path: '/inspection/ledgers',
  summary: '发布台账定义 Publish a schema: a new ledger, or a new version of one',
  may: 'inspection.define',
  body: z.object({
    schema: LedgerSchemaIn,
    /** The version that was looked at; null for a new ledger. */
    from: z.number().int().positive().nullable(),
  }),
  reply: z.object({ id: z.string(), version: z.number() }),
})

export const retireLedger = route({
  method: 'POST',
  path: '/inspection/ledgers/:ledger/retire',
  summary: '停用台账 Put a ledger out of use; what it holds stays',
  may: 'inspection.define',
  params: z.object({ ledger }),
  body: z.object({ retired: z.boolean() }),
  reply: z.object({ retired: z.boolean() }),
})

export const EntryLine = z.object({
  id: z.uuid(),
  ledger: z.string(),
  no: z.string(),
  title: z.string(),
  state: z.string(),
  lon: z.number().nullable(),
  lat: z.number().nullable(),
  street: z.object({ code: z.string(), name: z.string() }).nullable(),
  placeWords: Text,
  keeper: z.object({ id: z.string(), name: Text }).nullable(),
  changedAt: instant,
  verifiedAt: instant.nullable(),
  finding: z.enum(findings).nullable(),
  dueOn: day.nullable(),
  overdue: z.boolean(),
  retired: z.boolean(),
  /** In the newest version of the schema; personal fields masked. */
  values,
  /** Fields that hold more than is shown. */
  hidden: z.array(z.string()),
})

const boxQuery = {
  west: z.coerce.number(),
  south: z.coerce.number(),
  east: z.coerce.number(),
  north: z.coerce.number(),
}
const flag = z.stringbool()
const filters = {
  q: z.string().max(80).optional(),
  state: z.string().max(40).optional(),
  street: z.string().max(9).optional(),
  overdue: flag.optional(),
  /** `none`: never looked at. */
  finding: z.enum([...findings, 'none']).optional(),
  /** One field and the value that it must have; never a masked one. */
  field: z.string().max(40).optional(),
  is: z.string().max(200).optional(),
  retired: flag.optional(),
}

export const listEntries = route({
  method: 'GET',
  path: '/inspection/ledgers/:ledger/entries',
  summary: '台账条目 Entries of a ledger',
  may: 'inspection.read',
  params: z.object({ ledger }),
  query: z.object({
    ...filters,
    sort: z.enum(['changed', 'no', 'title', 'due']).default('changed'),
    cursor: z.string().max(400).optional(),
    most: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ entries: z.array(EntryLine), next: z.string().nullable(), count: z.number() }),
})

export const entriesOnMap = route({
  method: 'GET',
  path: '/inspection/ledgers/:ledger/map',
  summary: '台账上图 Entries in view',
  may: 'inspection.read',
  params: z.object({ ledger }),
  query: z.object({ ...boxQuery, ...filters }),
  reply: z.object({
    points: z.array(
      z.object({
        id: z.uuid(),
        lon: z.number(),
        lat: z.number(),
        state: z.string(),
        title: z.string(),
        overdue: z.boolean(),
      }),
    ),
    more: z.number(),
  }),
})

const id = z.object({ id: z.uuid() })

export const readEntry = route({
  method: 'GET',
  path: '/inspection/entries/:id',
  summary: '条目详情 One entry, whole',
  may: 'inspection.read',
  about: 'ledger-entry',
  params: id,
  reply: EntryLine.extend({
    /** The version that it was last written under, and the newest. */
    version: z.number(),
    newest: z.number(),
    rev: z.number(),
    /** Fields that the newest version asks for. */
    owed: z.array(z.string()),
    cell: z.string().nullable(),
    /** Titles of linked entries by id. */
    links: z.record(z.string(), z.object({ title: z.string(), ledger: z.string() })),
    /** Where the caller may move it. */
    moves: z.array(z.object({ to: z.string(), name: Text, required: z.array(z.string()) })),
    mayWrite: z.boolean(),
  }),
})

export const EventLine = z.object({
  seq: z.number(),
  act: z.enum(acts),
  actor: z.string().nullable(),
  unitName: Text.nullable(),
  at: instant,
  recorded: instant,
  version: z.number(),
  /** What changed; personal fields masked. */
  changes: z.array(z.object({ key: z.string(), title: Text, before: z.unknown(), after: z.unknown() })),
  note: z.string(),
  photoIds: z.array(z.uuid()),
})

export const entryHistory = route({
  method: 'GET',
  path: '/inspection/entries/:id/history',
  summary: '条目历史 What an entry was, who changed it',
  may: 'inspection.read',
  about: 'ledger-entry',
  params: id,
  reply: z.object({ events: z.array(EventLine) }),
})

export const addEntry = route({
  method: 'POST',
  path: '/inspection/ledgers/:ledger/entries',
  summary: '新增条目 Add an entry',
  may: 'inspection.keep',
  params: z.object({ ledger }),
  body: z.object({ values, state: z.string().max(40).optional(), keeper: z.string().max(64).optional() }),
  reply: z.object({ id: z.uuid(), no: z.string() }),
})

export const changeEntry = route({
  method: 'PATCH',
  path: '/inspection/entries/:id',
  summary: '修改条目 Change fields; null empties one',
  may: 'inspection.keep',
  about: 'ledger-entry',
  params: id,
  body: z.object({ rev: z.number().int(), values, note: z.string().max(500).default('') }),
  reply: z.object({ rev: z.number() }),
})

export const moveEntry = route({
  method: 'POST',
  path: '/inspection/entries/:id/state',
  summary: '变更状态 Move an entry to another state',
  may: 'inspection.keep',
  about: 'ledger-entry',
  params: id,
  body: z.object({ to: z.string().max(40), note: z.string().max(500).default('') }),
  reply: z.object({ state: z.string(), rev: z.number() }),
})

export const verifyEntry = route({
  method: 'POST',
  path: '/inspection/entries/:id/verify',
  summary: '现场核对 Check an entry against reality',
  may: 'inspection.verify',
  about: 'ledger-entry',
  params: id,
  body: z.object({
    finding: z.enum(findings),
    at: instant.transform((t) => new Date(t)),
    /** With `differs`: how it is instead. */
    differences: values.default({}),
    note: z.string().max(500).default(''),
    point: PointIn.optional(),
    photoIds: z.array(z.uuid()).max(12).default([]),
  }),
  reply: z.object({ rev: z.number() }),
})

export const retireEntry = route({
  method: 'POST',
  path: '/inspection/entries/:id/retire',
  summary: '注销或恢复条目 Take an entry off the ledger, or put it back',
  may: 'inspection.keep',
  about: 'ledger-entry',
  params: id,
  body: z.object({ retired: z.boolean(), note: z.string().max(500) }),
  reply: z.object({ rev: z.number() }),
})

export const unmaskEntry = route({
  method: 'POST',
  path: '/inspection/entries/:id/unmask',
  summary: '查看个人信息(留痕) See the personal fields; logged',
  may: 'inspection.unmask',
  about: 'ledger-entry',
  params: id,
  body: z.object({ purpose: z.enum(purposes) }),
  reply: z.object({ values }),
})

export const entryPhoto = route({
  method: 'GET',
  path: '/inspection/entries/:id/photos/:photoId',
  summary: '条目照片 A photo of an entry',
  may: 'inspection.read',
  about: 'ledger-entry',
  params: z.object({ id: z.uuid(), photoId: z.uuid() }),
  query: z.object({ view: z.enum(['thumb', 'full', 'original']).default('full') }),
  replyType: 'image/*',
})

/** CSV in UTF-8 or GBK. `check` writes nothing; `clean` takes all or nothing; `good` takes the good lines and names the rest. */
export const importEntries = route({
  method: 'POST',
  path: '/inspection/ledgers/:ledger/import',
  summary: '导入条目 Import entries from a table',
  may: 'inspection.keep',
  params: z.object({ ledger }),
  query: z.object({ mode: z.enum(['check', 'clean', 'good']) }),
  file: {
    types: ['text/csv', 'application/octet-stream', 'text/plain', 'application/vnd.ms-excel'],
    maxBytes: 20_000_000,
  },
  reply: z.object({
    encoding: z.enum(['utf-8', 'gbk']),
    columns: z.array(z.object({ head: z.string(), field: z.string().nullable() })),
    rows: z.number(),
    added: z.number(),
    changed: z.number(),
    same: z.number(),
    faulty: z.number(),
    /** At most 500. */
    faults: z.array(
      z.object({
        line: z.number(),
        field: z.string().nullable(),
        code: z.string(),
        details: z.record(z.string(), z.union([z.string(), z.number()])),
      }),
    ),
    written: z.boolean(),
  }),
})

/** Fields for a ledger that does not exist yet, read from a table that does. */
export const guessSchema = route({
  method: 'POST',
  path: '/inspection/guess',
  summary: '由表格推荐字段 Fields proposed from a table',
  may: 'inspection.define',
  file: {
    types: ['text/csv', 'application/octet-stream', 'text/plain', 'application/vnd.ms-excel'],
    maxBytes: 20_000_000,
  },
  reply: z.object({ fields: LedgerSchemaIn.shape.fields, rows: z.number() }),
})

export const exportEntries = route({
  method: 'GET',
  path: '/inspection/ledgers/:ledger/export',
  summary: '导出条目 The entries as CSV, personal fields masked',
  may: 'inspection.read',
  params: z.object({ ledger }),
  query: z.object(filters),
  replyType: 'text/csv',
})

export const exportUnmasked = route({
  method: 'POST',
  path: '/inspection/ledgers/:ledger/export',
  summary: '导出条目(含个人信息,留痕) The entries as CSV with personal fields; logged',
  may: 'inspection.unmask',
  params: z.object({ ledger }),
  query: z.object(filters),
  body: z.object({ purpose: z.enum(purposes) }),
  reply: z.object({ csv: z.string(), entries: z.number() }),
})
