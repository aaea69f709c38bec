/** The city's own way through the life of a case (流程配置): versioned; a case keeps the version that it was filed under. */
import type { Status } from './states.ts'
import { type Need, type StepName, stepOf } from './steps.ts'

/** Stages that a city may do without: a step that would lead there leads past it. */
export const passable = {
  reported: 'pending_file',
  pending_file: 'pending_dispatch',
  pending_sign: 'disposing',
  feedback: 'checking',
  pending_close: 'closed',
} as const satisfies Partial<Record<Status, Status>>
export type Passable = keyof typeof passable
export const passableStages = Object.keys(passable) as [Passable, ...Passable[]]

export interface ReasonChoice {
  code: string
  'zh-CN': string
  en: string
}

export interface Flow {
  /** 0 is the flow that Pentad comes with. */
  version: number
  off: readonly Passable[]
  /** Steps that the city does not use. */
  stepsOff: readonly StepName[]
  /** Roles that take a step instead of those whose permission it is (合并岗位). */
  roles: Partial<Record<StepName, readonly string[]>>
  /** Reasons to choose from; where a step has a list, one of it must be chosen. */
  reasons: Partial<Record<StepName, readonly ReasonChoice[]>>
  /** Minutes that the centre allows itself for a case to leave a status (domain §3.4). */
  minutes: Partial<Record<Status, number>>
  /** From this share of the limit on the light is yellow and the unit is urged (domain §3.4, §3.6). */
  urgeShare: number
  returnsPerUnit: number
  extensionsMost: number
  /** Of the original limit, each time. */
  extensionShareMost: number
  suspensionDaysMost: number
  /** So long after its end a case may be taken up again. */
  reopenDays: number
  /** Evidence must be taken so near to the place, metres. */
  nearM: number
  /** `kind:code prefix` of classes that may be closed by video or sensor, or by the inspector on the spot. */
  remoteClose: readonly string[]
  selfHandle: readonly string[]
  /** The checker is drawn by lot among those on duty. */
  checkerByLot: boolean
}

const said = (code: string, zh: string, en: string): ReasonChoice => ({ code, 'zh-CN': zh, en })

export const defaultFlow: Flow = {
  version: 0,
  off: [],
  stepsOff: [],
  roles: {},
  reasons: {
    ask_suspension: [
      said('season', '季节原因', 'season'),
      said('procedure', '法定程序', 'legal procedure'),
      said('funding', '资金未到位', 'funding'),
      said('ownership', '权属不清', 'ownership unclear'),
    ],
    ask_void: [
      said('no-such', '现场无此问题', 'there is no such problem'),
      said('wrong-place', '地点有误', 'wrong place'),
      said('wrong-class', '分类有误', 'wrong class'),
      said('twice', '重复立案', 'filed twice'),
      said('test', '测试数据', 'a test'),
    ],
  },
  minutes: {
    reported: 15,
    verifying: 30,
    pending_file: 15,
    pending_dispatch: 15,
    return_pending: 30,
    pending_sign: 30,
    feedback: 15,
    checking: 30,
    pending_close: 15,
    rework: 15,
    void_pending: 30,
  },
  urgeShare: 0.8,
  returnsPerUnit: 2,
  extensionsMost: 2,
  extensionShareMost: 1,
  suspensionDaysMost: 365,
  reopenDays: 30,
  nearM: 100,
  remoteClose: ['event:03'],
  selfHandle: ['event:01', 'event:02'],
  checkerByLot: false,
}

/** Past the stages that the city does without. */
export function leadsTo(flow: Flow, status: Status): Status {
  let at = status
  while ((flow.off as readonly Status[]).includes(at)) at = passable[at as Passable]
  return at
}

/** What the step asks for in this flow: where filing is no stage of its own, whoever accepts chooses the standard. */
export function needsOf(flow: Flow, name: StepName): readonly Need[] {
  const { needs } = stepOf(name)
  return name === 'accept' && flow.off.includes('pending_file') ? [...needs, 'standard'] : needs
}

export const classIn = (list: readonly string[], kind: string, code: string): boolean =>
  list.some((prefix) => `${kind}:${code}`.startsWith(prefix))
