import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { endings } from './model.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()
const cellCode = z.string().regex(/^\d{15}$/)
const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
const day = z.iso.date()
const note = z.string().max(500).default('')

/** The grid as it was at an instant; now when left out. */
const at = { at: instant.optional() }

export const gridAreas = route({
  method: 'GET',
  path: '/geography/grid/areas',
  summary: '网格树 Areas with their cells, at an instant',
  may: 'geography.read',
  query: z.object(at),
  reply: z.object({
    areas: z.array(
      z.object({
        code: z.string(),
        level: z.enum(['city', 'district', 'street', 'community']),
        name: z.string(),
        parentCode: z.string().nullable(),
        cells: z.number(),
        areaM2: z.number(),
        /** West, south, east, north of its cells; null without any. */
        bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
      }),
    ),
    /** 三网融合: schemes of special grids, and how many cells none of theirs holds. */
    schemes: z.array(z.object({ scheme: z.string(), grids: z.number(), without: z.number() })),
  }),
})

/** GeoJSON with `code`, `community`, `grade`; at most 6,000 cells, `more` when there are others. */
export const gridCells = route({
  method: 'GET',
  path: '/geography/grid/cells',
  summary: '单元网格(按时间) Cells of an area or a box, at an instant',
  may: 'geography.read',
  query: z.object({
    ...at,
    within: z
      .string()
      .regex(/^\d{0,15}$/)
      .optional(),
    west: z.coerce.number().optional(),
    south: z.coerce.number().optional(),
    east: z.coerce.number().optional(),
    north: z.coerce.number().optional(),
  }),
  reply: z.object({
    type: z.literal('FeatureCollection'),
    more: z.boolean(),
    features: z.array(
      z.object({
        type: z.literal('Feature'),
        properties: z.object({ code: z.string(), community: z.string(), grade: z.string().nullable() }),
        geometry: z.object({ type: z.literal('Polygon'), coordinates: z.array(z.array(z.array(z.number()))) }),
      }),
    ),
  }),
})

const attributes = {
  landUse: z.string().max(100).nullable(),
  grade: z.string().max(100).nullable(),
  responsible: z.string().max(200).nullable(),
  note: z.string().max(1000).nullable(),
}

export const CellVersion = z.object({
  from: instant.nullable(),
  to: instant.nullable(),
  areaM2: z.number(),
  communityCode: z.string(),
  ...attributes,
  ending: z.enum(endings).nullable(),
  replacedBy: z.array(z.string()),
  /** Who made this version, and with what words. */
  edition: z.object({
    id: z.uuid(),
    at: instant,
    kind: z.enum(['first', 'pack', 'census', 'edit']),
    note: z.string(),
    by: Text.nullable(),
  }),
})

export const DutyGrid = z.object({
  id: z.uuid(),
  code: z.string(),
  name: Text,
  unit: z.string().nullable(),
  people: z.array(z.object({ id: z.uuid(), login: z.string(), name: Text })),
  cells: z.array(z.string()),
  validFrom: day,
  validTo: day.nullable(),
})

export const gridCell = route({
  method: 'GET',
  path: '/geography/grid/cells/:code',
  summary: '网格档案 One cell with its versions, special grids and duty grids',
  may: 'geography.read',
  params: z.object({ code: z.string() }),
  query: z.object(at),
  reply: z.object({
    code: z.string(),
    community: z.object({ code: z.string(), name: z.string() }),
    street: z.object({ code: z.string(), name: z.string() }),
    lon: z.number(),
    lat: z.number(),
    areaM2: z.number(),
    ...attributes,
    ring: z.array(position),
    /** Is it in force now? Only such are edited. */
    current: z.boolean(),
    /** The edit that made it, while that may still be undone. */
    undo: z.uuid().nullable(),
    versions: z.array(CellVersion),
    special: z.array(z.object({ scheme: z.string(), code: z.string(), name: Text })),
    duty: z.array(DutyGrid),
  }),
})

export const checkedGrid = route({
  method: 'GET',
  path: '/geography/grid/check',
  summary: '网格校核 What is wrong with the grid of an area',
  may: 'geography.read',
  perMinute: 60,
  query: z.object({
    within: z
      .string()
      .regex(/^\d{0,12}$/)
      .optional(),
  }),
  reply: z.object({
    cells: z.number(),
    total: z.number(),
    /** At most 500. */
    faults: z.array(z.object({ code: z.string(), said: Text, cells: z.array(z.string()), at: position.nullable() })),
  }),
})

const Edited = z.object({ edition: z.uuid(), made: z.array(z.string()), ended: z.array(z.string()) })

export const splitCell = route({
  method: 'POST',
  path: '/geography/grid/split',
  summary: '拆分网格 Split a cell along a line',
  may: 'geography.manage',
  body: z.object({ code: cellCode, line: z.array(position).min(2).max(200), note }),
  reply: Edited,
})

export const mergeCells = route({
  method: 'POST',
  path: '/geography/grid/merge',
  summary: '合并网格 Merge adjacent cells of a community',
  may: 'geography.manage',
  body: z.object({ codes: z.array(cellCode).min(1).max(100), note }),
  reply: Edited,
})

export const reassignCells = route({
  method: 'POST',
  path: '/geography/grid/reassign',
  summary: '划转网格 Give cells to another community',
  may: 'geography.manage',
  body: z.object({ codes: z.array(cellCode).min(1).max(500), communityCode: z.string().regex(/^\d{12}$/), note }),
  reply: Edited,
})

export const changeCell = route({
  method: 'POST',
  path: '/geography/grid/change',
  summary: '变更网格属性 Change what is said of a cell',
  may: 'geography.manage',
  body: z.object({ code: cellCode, attributes: z.object(attributes).partial(), note }),
  reply: Edited,
})

export const undoEdit = route({
  method: 'POST',
  path: '/geography/grid/undo',
  summary: '撤销网格编辑 Undo an edit that nothing newer has touched',
  may: 'geography.manage',
  body: z.object({ edition: z.uuid(), note }),
  reply: Edited,
})

export const cellsWithout = route({
  method: 'GET',
  path: '/geography/grid/without',
  summary: '未入专业网格 Cells that no grid of a scheme holds',
  may: 'geography.read',
  query: z.object({
    scheme: z.string().min(1).max(100),
    within: z
      .string()
      .regex(/^\d{0,12}$/)
      .optional(),
  }),
  /** At most 1,000. */
  reply: z.object({ cells: z.array(z.string()) }),
})

export const listDutyGrids = route({
  method: 'GET',
  path: '/geography/grid/duty',
  summary: '责任网格 Duty grids, on a day or of a cell',
  may: 'geography.read',
  query: z.object({
    day: day.optional(),
    cell: cellCode.optional(),
    within: z
      .string()
      .regex(/^\d{0,9}$/)
      .optional(),
  }),
  reply: z.object({ grids: z.array(DutyGrid) }),
})

export const assignDuty = route({
  method: 'POST',
  path: '/geography/grid/duty',
  summary: '划定责任网格 Give adjacent cells to people or a unit, for a period',
  may: 'geography.manage',
  body: z.object({
    /** Left out: the next number of the first cell's street. */
    code: z
      .string()
      .regex(/^\d{9}G\d{3}$/)
      .optional(),
    name: z.string().min(1).max(100),
    cells: z.array(cellCode).min(1).max(999),
    logins: z.array(z.string().max(64)).max(50).default([]),
    unitId: z.string().max(63).nullable().default(null),
    validFrom: day,
    validTo: day.nullable().default(null),
    note,
  }),
  reply: z.object({ id: z.uuid(), code: z.string() }),
})

export const endDuty = route({
  method: 'POST',
  path: '/geography/grid/duty/end',
  summary: '结束责任网格 End a duty grid',
  may: 'geography.manage',
  body: z.object({ id: z.uuid(), lastDay: day, note }),
  reply: z.object({ id: z.uuid() }),
})
