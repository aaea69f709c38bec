import type { Messages } from '@pentad/platform/module'

export const dataMessages: Messages = {
  'zh-CN': { 'operations/no-check': '没有质量检查“{check}”。' },
  en: { 'operations/no-check': 'There is no check “{check}”.' },
}
