import type { Messages } from '@pentad/platform/module'
import { gridMessages } from './grid/messages.ts'

export const messages: Messages = {
  'zh-CN': {
    ...gridMessages['zh-CN'],
    'geography/outside-city': '这个位置不在本市管理范围内。请在地图上移动标记,或确认定位是否正确。',
  },
  en: {
    ...gridMessages.en,
    'geography/outside-city':
      'This place lies outside the city. Please move the marker on the map, or check your position.',
  },
}
