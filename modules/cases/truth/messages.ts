import type { Messages } from '@pentad/platform/module'

export const truthMessages: Messages = {
  'zh-CN': {
    'cases/not-closed': '这件案件尚未结案,或已重新办理。',
    'cases/too-late-to-reopen': '结案已超过 {days} 天,请另行上报。',
    'cases/objected-enough': '该问题已经 {most} 次异议,正在督办;如有新情况请拨打 12345。',
    'cases/not-of-this-city': '这是外地导入的案件,没有本市单元网格,不能重新立案。',
    'cases/not-self-handled': '这件案件不是自行处置结案的。',
    'cases/audited-already': '这件案件已经抽核过。',
    'cases/checked-before': '您曾核查通过,异议须由他人核查。',
    'word/object': '异议',
    'word/audit': '抽核',
  },
  en: {
    'cases/not-closed': 'This case is not closed, or has been taken up again.',
    'cases/too-late-to-reopen': 'It was closed more than {days} days ago; please report it anew.',
    'cases/objected-enough':
      'This problem was objected to {most} times and is under supervision; please call 12345 if there is something new.',
    'cases/not-of-this-city':
      'This case was imported from elsewhere and has no cell of this city; it cannot be taken up again.',
    'cases/not-self-handled': 'This case was not closed as handled on the spot.',
    'cases/audited-already': 'This case has been audited already.',
    'cases/checked-before': 'You passed this check before; somebody else must look at the objection.',
    'word/object': 'object',
    'word/audit': 'audit',
  },
}
