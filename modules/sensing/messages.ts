import type { Messages } from '@pentad/platform/module'

export const messages: Messages = {
  'zh-CN': {
    'sensing/known-device': '设备编号 {address} 已登记。',
    'sensing/unknown-unit': '没有这个单位({unit})。',
    'sensing/no-place': '噪声监测设备必须标明位置。',
  },
  en: {
    'sensing/known-device': 'A device with the number {address} is registered already.',
    'sensing/unknown-unit': 'There is no such unit ({unit}).',
    'sensing/no-place': 'A noise monitor needs a place on the map.',
  },
}
