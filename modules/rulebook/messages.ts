import type { Messages } from '@pentad/platform/module'

export const messages: Messages = {
  'zh-CN': {
    'rulebook/unknown-class': '没有这个类别({kind} {code})。',
    'rulebook/unknown-standard': '没有这条立案标准,或它不属于这个类别。',
  },
  en: {
    'rulebook/unknown-class': 'There is no such class ({kind} {code}).',
    'rulebook/unknown-standard': 'There is no such standard, or it belongs to another class.',
  },
}
