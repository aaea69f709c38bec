import type { Messages } from '@pentad/platform/module'

export const messages: Messages = {
  'zh-CN': {
    'public-service/no-such-code': '没有这个查询码,请核对后再输入。',
    'public-service/nothing-said': '请至少拍一张照片,或说一句话。',
  },
  en: {
    'public-service/no-such-code': 'There is no report with this code; please check it.',
    'public-service/nothing-said': 'Please take a photo or say a few words.',
  },
}
