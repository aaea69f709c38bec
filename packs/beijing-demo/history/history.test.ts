import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { toMetres } from '../gauss-kruger.ts'
import { loadPack } from '../index.ts'
import { dayMs, localHour, monthOf, weekdayOf } from './clock.ts'
import { comparedOrder, observe } from './compare.ts'
import { generateHistory } from './generate.ts'
import * as measure from './measure.ts'
import type { HistoricCase } from './types.ts'

const pack = loadPack()
const { until } = comparedOrder
const before = process.cpuUsage()
const cases = [...generateHistory({ pack, ...comparedOrder })]
const tookMs = process.cpuUsage(before).user / 1000
const ended = (c: HistoricCase): boolean => c.outcome === 'closed' || c.outcome === 'rejected'
const open = cases.filter((c) => !ended(c))
const share = (of: readonly HistoricCase[], test: (c: HistoricCase) => boolean): number =>
  of.filter(test).length / of.length
const ofClass = (code: string): HistoricCase[] => cases.filter((c) => c.kind === 'event' && c.classCode === code)

describe('the simulated past', () => {
  test('gives exactly the cases asked for, in the order of their reports, none after the end', () => {
    expect(cases.length).toBe(50_000)
    expect(cases.every((c, i) => c.reportedAt >= (cases[i - 1]?.reportedAt ?? new Date(0)))).toBe(true)
    expect(cases.every((c) => c.reportedAt < until)).toBe(true)
    expect(new Set(cases.map((c) => c.no)).size).toBe(cases.length)
  })

  test('is written in a few seconds', () => {
    // About three seconds of a processor, whatever else the machine does.
    expect(tookMs).toBeLessThan(12_000)
  })

  test('is the same to the letter for the same seed, and another for another', () => {
    const hash = (seed: number): string => {
      const order = { pack, until, years: 1, count: 2000, seed }
      return createHash('sha256')
        .update(JSON.stringify([...generateHistory(order)]))
        .digest('hex')
    }
    expect(hash(1)).toBe(hash(1))
    expect(hash(1)).not.toBe(hash(2))
  })

  test('the steps of a case follow one another, and nothing happens after the end', () => {
    const disordered = cases.filter((c) => {
      const steps = [
        c.reportedAt,
        c.acceptedAt,
        c.filedAt,
        c.dispatchedAt,
        c.signedAt,
        c.feedbackAt,
        c.checkedAt,
        c.closedAt,
      ]
      const taken = steps.filter((s) => s !== null)
      return taken.some((s, i) => s < (taken[i - 1] ?? s) || s > until)
    })
    expect(disordered).toEqual([])
  })

  test('a closed case went through every step, has a lead unit and a deadline', () => {
    const closed = cases.filter((c) => c.outcome === 'closed')
    const holes = closed.filter(
      (c) =>
        !(c.acceptedAt && c.filedAt && c.dispatchedAt && c.signedAt && c.feedbackAt && c.checkedAt && c.closedAt) ||
        c.leadUnit === null ||
        c.dueAt === null,
    )
    expect(holes).toEqual([])
  })

  test('each state of an open case has the steps before it and none after', () => {
    const reached = (c: HistoricCase): number =>
      [c.acceptedAt, c.filedAt, c.dispatchedAt, c.signedAt, c.feedbackAt, c.checkedAt, c.closedAt].filter(Boolean)
        .length
    const steps: Record<string, number> = {
      reported: 0,
      pending_file: 1,
      pending_dispatch: 2,
      pending_sign: 3,
      disposing: 4,
      feedback: 5,
      checking: 5,
      pending_close: 6,
      rework: 6,
    }
    expect(open.filter((c) => reached(c) !== steps[c.outcome])).toEqual([])
    expect(new Set(open.map((c) => c.outcome))).toEqual(new Set(Object.keys(steps)))
  })

  test('about 130 cases are open, all recent, some overdue, some near the deadline', () => {
    expect(open.length).toBeGreaterThanOrEqual(125)
    expect(open.length).toBeLessThanOrEqual(135)
    expect(open.filter((c) => until.getTime() - c.reportedAt.getTime() > 12 * dayMs)).toEqual([])
    const running = open.filter((c) => c.dueAt !== null && c.feedbackAt === null)
    const leftMs = running.map((c) => (c.dueAt?.getTime() ?? 0) - until.getTime())
    expect(leftMs.filter((ms) => ms < 0).length).toBeGreaterThan(3)
    expect(leftMs.filter((ms) => ms > 0 && ms < dayMs / 3).length).toBeGreaterThan(3)
  })

  test('every point lies in its cell and inside the box of the pack', () => {
    const cells = new Map(pack.cells.map((c) => [c.code, c]))
    const [west, south, east, north] = pack.manifest.bbox
    const strays = cases.filter(({ point, cellCode, communityCode, streetCode }) => {
      const cell = cells.get(cellCode)
      const { xM, yM } = toMetres(point.lon, point.lat)
      const inCell = cell && xM >= cell.xM && xM < cell.xM + 100 && yM >= cell.yM && yM < cell.yM + 100
      const inBox = point.lon >= west && point.lon <= east && point.lat >= south && point.lat <= north
      return !inCell || !inBox || cell.communityCode !== communityCode || cell.streetCode !== streetCode
    })
    expect(strays).toEqual([])
  })

  test('every case is filed under a row of its class, and described in Chinese', () => {
    const rows = new Set(pack.standards.map((s) => `${s.kind}:${s.code}:${s.seq}`))
    expect(cases.filter((c) => !rows.has(`${c.kind}:${c.classCode}:${c.standardSeq}`))).toEqual([])
    expect(cases.filter((c) => !/^\p{Script=Han}.{4,80}。$/u.test(c.description_zh))).toEqual([])
  })

  test('every actor is a person whose membership was valid on that day', () => {
    const memberships = Map.groupBy(pack.memberships, (m) => m.login)
    const local = (at: Date): string => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
    const strangers = cases.filter((c) => {
      const acts: [string | null, Date | null][] = [
        [c.actors.dispatchedBy, c.dispatchedAt],
        [c.actors.signedBy, c.signedAt],
        [c.actors.checkedBy, c.checkedAt],
        [c.actors.closedBy, c.closedAt],
      ]
      return acts.some(([login, at]) => {
        if (at === null) return login !== null
        const valid = (memberships.get(login ?? '') ?? []).some(
          (m) => m.validFrom <= local(at) && (m.validTo === null || local(at) <= m.validTo),
        )
        return !valid
      })
    })
    expect(strangers).toEqual([])
  })

  test('the same person never disposes, checks and closes one case, nor checks what was his own report', () => {
    const mixed = cases.filter(({ actors: { reportedBy, feedbackBy, checkedBy, closedBy } }) => {
      const judges = [checkedBy, closedBy].filter((login) => login !== null)
      return (
        new Set(judges).size < judges.length || judges.includes(feedbackBy ?? '') || (checkedBy ?? '-') === reportedBy
      )
    })
    expect(mixed).toEqual([])
  })
})

describe('the shape of the past', () => {
  test('weekends are present, though quieter', () => {
    const weekend = share(cases, (c) => weekdayOf(c.reportedAt.getTime()) >= 5)
    expect(weekend).toBeGreaterThan(0.15)
    expect(weekend).toBeLessThan(0.27)
  })

  test('vendors come on weekday evenings, noise at night', () => {
    const hour = (c: HistoricCase): number => localHour(c.reportedAt.getTime())
    const vendors = ofClass('0401').filter((c) => weekdayOf(c.reportedAt.getTime()) < 5)
    expect(share(vendors, (c) => hour(c) >= 17 && hour(c) < 19)).toBeGreaterThan(0.2)
    expect(share(ofClass('0189'), (c) => hour(c) >= 21 || hour(c) < 6)).toBeGreaterThan(0.5)
  })

  test('leaves fall in autumn, roads flood in summer, snow lies in winter', () => {
    const month = (c: HistoricCase): number => monthOf(c.reportedAt.getTime())
    expect(share(ofClass('0118'), (c) => month(c) === 9 || month(c) === 10)).toBeGreaterThan(0.25)
    expect(share(ofClass('0506'), (c) => month(c) >= 5 && month(c) <= 8)).toBe(1)
    expect(share(ofClass('0507'), (c) => month(c) === 11 || month(c) <= 2)).toBe(1)
  })

  test('reports come back to the same places, much as in the real data', () => {
    const real = pack.shape.place
    const observed = cases.map(observe)
    expect(Math.abs(measure.repeatShare(observed) - real.repeat50m30d)).toBeLessThan(0.06)
    const top = measure.busiestCells(observed)
    expect(Math.abs(top[0] - real.busiestCells[0])).toBeLessThan(0.05)
  })

  test('the hours of litter follow the fit', () => {
    const hours = cases
      .map(observe)
      .filter((o) => o.group === 'litter')
      .map((o) => o.hour ?? 0)
    expect(measure.totalVariation(measure.shares(hours, 24), pack.shape.groups.litter.hour)).toBeLessThan(0.12)
  })

  test('inspectors report most, but no longer nearly all', () => {
    const inspectors = share(cases, (c) => c.channel === 'inspector')
    expect(inspectors).toBeGreaterThan(0.45)
    expect(inspectors).toBeLessThan(0.65)
  })
})
