/** Where the stages of the flow stand on its drawing, and how the steps run between them. Pure. */
import { type Flow, leadsTo, type Passable, type Status, type StepName, stepNames, stepOf } from '@pentad/cases/model'

export const nodeWidth = 104
export const nodeHeight = 40
const column = 132
const row = 92

/** Column and row: the main line in the middle, what comes before or aside above, what sends back or ends below. */
const places: Partial<Record<Status, [number, number]>> = {
  reported: [0, 1],
  verifying: [0, 0],
  pending_file: [1, 1],
  merged: [1, 0],
  rejected: [0.5, 2],
  pending_dispatch: [2, 1],
  void_pending: [2, 2],
  voided: [2, 3],
  return_pending: [2.5, 0],
  pending_sign: [3, 1],
  disposing: [4, 1],
  suspended: [4, 0],
  transferred: [4, 2],
  feedback: [5, 1],
  checking: [6, 1],
  rework: [5, 2],
  pending_close: [7, 1],
  closed: [8, 1],
}
export const drawnSize = { width: column * 8 + nodeWidth + 16, height: row * 3 + nodeHeight + 16 }

export interface DrawnNode {
  status: Status
  x: number
  y: number
  off: boolean
  minutes: number | null
}
export const nodesOf = (flow: Flow): DrawnNode[] =>
  Object.entries(places).map(([status, [c, r]]) => ({
    status: status as Status,
    x: 8 + c * column,
    y: 8 + r * row,
    off: (flow.off as readonly string[]).includes(status),
    minutes: flow.minutes[status as Status] ?? null,
  }))

export interface DrawnEdge {
  step: StepName
  path: string
  off: boolean
  back: boolean
}

/** Of a step that leaves many stages one line is drawn, from where it is taken most. */
const drawnFrom: Partial<Record<StepName, Status>> = {
  ask_void: 'pending_dispatch',
  transfer: 'disposing',
  merge: 'pending_file',
  ask_return: 'pending_sign',
}

/** The lines that one sees: past stages that are left out, and none for steps that stay where they are. */
export function edgesOf(flow: Flow): DrawnEdge[] {
  return stepNames.flatMap((step): DrawnEdge[] => {
    const { from, to } = stepOf(step)
    if (to === 'same' || to === 'back') return []
    const off = flow.stepsOff.includes(step)
    const start = drawnFrom[step] ?? from.find((s) => places[s] && !(flow.off as readonly string[]).includes(s))
    const end = leadsTo(flow, to)
    const [a, b] = [start && places[start], places[end]]
    if (!start || !a || !b || (flow.off as readonly string[]).includes(start)) return []
    return [{ step, path: pathBetween(a, b), off, back: b[0] < a[0] }]
  })
}

function pathBetween([c1, r1]: [number, number], [c2, r2]: [number, number]): string {
  const middle = (c: number, r: number) => [8 + c * column + nodeWidth / 2, 8 + r * row + nodeHeight / 2] as const
  const [x1, y1] = middle(c1, r1)
  const [x2, y2] = middle(c2, r2)
  const w = nodeWidth / 2
  const h = nodeHeight / 2
  if (r1 === r2) {
    // Straight on; further than the next one, or back, in a bow.
    if (c2 > c1 && c2 - c1 <= 1) return `M${x1 + w} ${y1}H${x2 - w - 5}`
    const bow = c2 > c1 ? -34 : 34
    const side = c2 > c1 ? -h : h
    return `M${x1} ${y1 + side}C${x1} ${y1 + side + bow} ${x2} ${y2 + side + bow} ${x2} ${y2 + side + (side > 0 ? 5 : -5)}`
  }
  const down = r2 > r1
  const [from, to] = down ? [y1 + h, y2 - h - 5] : [y1 - h, y2 + h + 5]
  const lean = c1 === c2 ? (down ? 14 : -14) : 0
  const half = (from + to) / 2
  return `M${x1 + lean} ${from}C${x1 + lean} ${half} ${x2 + lean} ${half} ${x2 + lean} ${to}`
}

/** The steps that can be set for a stage: those that leave it. */
export const stepsOfStage = (status: Status): StepName[] => stepNames.filter((s) => stepOf(s).from.includes(status))

export function withStage(flow: Flow, stage: Passable, on: boolean): Flow {
  return { ...flow, off: on ? flow.off.filter((s) => s !== stage) : [...flow.off, stage] }
}
export function withStep(flow: Flow, step: StepName, on: boolean): Flow {
  return { ...flow, stepsOff: on ? flow.stepsOff.filter((s) => s !== step) : [...flow.stepsOff, step] }
}
