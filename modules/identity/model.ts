/** People, posts and what a role may do (domain §1.3). Pure. */

/** Roles of the two-axis model; `sys_admin`, `sec_admin` and `auditor` are kept apart (GB/T 22239 8.1.5). */
export const roles = [
  'inspector', // 监督员
  'acceptor', // 受理员
  'shift_leader', // 值班长
  'dispatcher', // 派遣员
  'overseer', // 督察员
  'unit_handler', // 处置部门经办
  'unit_manager', // 处置部门负责人
  'officer', // 执法队员
  'auxiliary', // 协管员
  'legal_reviewer', // 法制审核员
  'authority_head', // 行政机关负责人
  'hearing_officer', // 听证主持人
  'evaluator', // 考核评价员
  'leader', // 领导
  'citizen', // 市民
  'business', // 企业
  'utility', // 公服企业
  'community_worker', // 网格员
  'sys_admin', // 系统管理员
  'sec_admin', // 安全管理员
  'auditor', // 审计员
] as const
export type Role = (typeof roles)[number]

const seesCases = ['cases.read', 'sensing.read', 'sensing.read-coverage'] as const
const disposes = ['cases.read', 'cases.report', 'cases.sign', 'cases.handle', 'evidence.add'] as const
/** Whoever answers for a unit assigns its people, and asks for returns, more time, suspension and voiding. */
const answersForUnit = ['cases.assign', 'cases.answer', 'cases.apply', 'cases.ask-void'] as const

/** Ledgers: who writes in them and checks them on the spot. */
const keeps = ['inspection.keep', 'inspection.verify'] as const

/** The city as data: everyone who works for it reads it; whoever runs the system keeps it. */
const readsCity = ['geography.read', 'rulebook.read', 'inspection.read', 'operations.read-data'] as const
const outside: readonly Role[] = ['citizen', 'business']
const forStaff = (may: readonly string[], of: Record<Role, readonly string[]>): Record<Role, readonly string[]> =>
  Object.fromEntries(roles.map((role) => [role, outside.includes(role) ? of[role] : [...of[role], ...may]])) as Record<
    Role,
    readonly string[]
  >

/** What each role may do. Administrators cannot read the content of cases (domain §9.4). */
export const permissionsOf: Record<Role, readonly string[]> = forStaff(readsCity, {
  inspector: [
    'geography.report-component',
    'cases.read',
    'cases.report',
    'cases.check',
    'sensing.read',
    'evidence.add',
    ...keeps,
  ],
  acceptor: [
    ...seesCases,
    'cases.report',
    'cases.accept',
    'cases.split',
    'cases.ask-void',
    'cases.unmask',
    'cases.send-check',
    'evidence.add',
  ],
  shift_leader: [
    ...seesCases,
    'cases.report',
    'cases.file',
    'cases.close',
    'cases.hand-over',
    'cases.unmask',
    'cases.supervise',
    'cases.urge',
    'cases.set-rules',
    'sensing.judge',
    'sensing.set-rules',
    'sensing.command',
    'evidence.add',
    ...keeps,
    'inspection.unmask',
  ],
  dispatcher: [
    ...seesCases,
    'cases.dispatch',
    'cases.split',
    'cases.send-check',
    'cases.ask-void',
    'cases.supervise',
    'cases.urge',
    'cases.answer',
    'cases.set-rules',
    'sensing.judge',
    'sensing.set-rules',
    'sensing.command',
  ],
  overseer: [...seesCases, 'cases.supervise', 'cases.urge', 'inspection.unmask'],
  unit_handler: [...disposes, ...keeps],
  unit_manager: [...disposes, ...answersForUnit, 'sensing.read-coverage', ...keeps, 'inspection.unmask'],
  officer: [...disposes, 'sensing.read', ...keeps, 'inspection.unmask'],
  auxiliary: ['cases.read', 'cases.report', 'evidence.add', 'inspection.verify'],
  legal_reviewer: [],
  authority_head: ['cases.read'],
  hearing_officer: [],
  evaluator: ['cases.read', 'sensing.read-coverage'],
  leader: [...seesCases, 'cases.instruct', 'cases.urge'],
  citizen: [],
  business: [],
  utility: [...disposes, ...answersForUnit],
  community_worker: ['cases.read', 'cases.report', 'evidence.add', ...keeps],
  sys_admin: [
    'geography.manage',
    'geography.report-component',
    'rulebook.manage',
    'cases.configure',
    'cases.set-rules',
    'identity.read-people',
    'identity.manage-people',
    'sensing.read',
    'sensing.read-coverage',
    'sensing.manage-devices',
    'sensing.set-rules',
    'sensing.command',
    'sensing.set-keeping',
    'operations.read',
    'operations.load-pack',
    'inspection.keep',
    'inspection.define',
    'operations.check-data',
  ],
  sec_admin: ['identity.read-people', 'identity.unlock', 'operations.read'],
  auditor: ['identity.read-people', 'identity.read-audit', 'operations.read'],
})

/** Posts whose sign-in needs a second factor as soon as one is enrolled, and which are asked to enrol one (domain §9.1). */
export const privilegedRoles: readonly Role[] = ['sys_admin', 'sec_admin', 'auditor', 'shift_leader']

/** A post's area as the beginning of all codes in it: 110000 is the whole of Beijing, 110100 its districts. */
export const areaPrefix = (code: string): string =>
  /^\d{6}$/.test(code) ? code.replace(/^(\d{2})0000$|^(\d{4})00$/, '$1$2') : code

/** The axis of a unit (双轴心): supervision must not dispose, command must not close. */
export const axes = ['supervision', 'command', 'disposal', 'none'] as const
export type Axis = (typeof axes)[number]

/** Failed sign-ins in a row before the account rests, and for how long in minutes. */
export const failuresAllowed = 5
export const lockMinutes = 15
/** A session ends after so many hours, or after so many minutes without use. */
export const sessionHours = 12
export const sessionIdleMinutes = 8 * 60

/** A name as strangers to the matter see it: 张*. */
export const maskName = (name: string): string => (name.length < 2 ? '*' : `${name[0]}${'*'.repeat(name.length - 1)}`)
/** A phone number as strangers to the matter see it: 138****1234. */
export const maskPhone = (phone: string): string =>
  phone.replace(/\D/g, '').replace(/^(\d{3})\d*(\d{4})$/, '$1****$2') || '****'
