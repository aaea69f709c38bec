import type { Messages } from '@pentad/platform/module'

export const manyMessages: Messages = {
  'zh-CN': {
    'cases/in-another-package': '案件已在打包任务 {no} 中。',
    'cases/package-empty': '没有一件案件可以打包：{why}',
    'cases/package-closed': '打包任务已办结。',
    'cases/package-full': '一个打包任务最多 {most} 件案件。',
    'cases/package-unfinished': '还有 {n} 件案件未办结，不能办结打包任务。',
    'cases/day-is-past': '请选择今后的时限。',
    'cases/decided-already': '会议已对该案件作出决定。',
    'cases/nothing-decided': '会议尚未对该案件作出决定。',
    'cases/not-a-co-unit': '您的单位不是该案件的协办单位。',
    'cases/not-at-work': '案件不在处置阶段。',
    'cases/co-done-already': '该协办单位已报告完成。',
  },
  en: {
    'cases/in-another-package': 'The case is already in package {no}.',
    'cases/package-empty': 'Not one of the cases can be bundled: {why}',
    'cases/package-closed': 'The package is closed.',
    'cases/package-full': 'A package holds {most} cases at most.',
    'cases/package-unfinished': '{n} of its cases are not over yet; the package cannot be closed.',
    'cases/day-is-past': 'Please choose a time to come.',
    'cases/decided-already': 'The meeting has already decided on this case.',
    'cases/nothing-decided': 'The meeting has not decided on this case yet.',
    'cases/not-a-co-unit': 'Your unit does not help with this case.',
    'cases/not-at-work': 'The case is not being worked on.',
    'cases/co-done-already': 'This unit has already said that its part is done.',
  },
}
