import type { Messages } from '@pentad/platform/module'

export const coverageMessages: Messages = {
  'zh-CN': {
    'pack/part/reach': '固定设备覆盖半径',
    'sensing/coverage-moves': '只有固定设备才有覆盖半径。',
    'sensing/coverage-changed': '覆盖规则已被他人修改,请重新查看后再设定。',
  },
  en: {
    'pack/part/reach': 'Reach of fixed devices',
    'sensing/coverage-moves': 'Only devices that stay where they are have a reach.',
    'sensing/coverage-changed': 'Somebody else has set another rule; look at it first.',
  },
}
