import type { Messages } from '@pentad/platform/module'

export const messages: Messages = {
  'zh-CN': {
    'sensing/known-device': '设备编号 {address} 已登记。',
    'sensing/unknown-unit': '没有这个单位({unit})。',
    'sensing/no-place': '噪声监测设备必须标明位置。',
    'sensing/time-too-long': '时段须先始后终,且不超过 {hours} 小时。',
    'sensing/fence-outside': '围栏须全部在本市管理范围内。',
    'pack/part/devices': '设备与车辆',
    'pack/mn': '设备编号 MN“{value}”应为 14 至 24 位数字或字母(HJ 212)。',
    'pack/terminal': '终端号“{value}”应为 6 至 20 位数字(JT/T 808)。',
  },
  en: {
    'sensing/known-device': 'A device with the number {address} is registered already.',
    'sensing/unknown-unit': 'There is no such unit ({unit}).',
    'sensing/no-place': 'A noise monitor needs a place on the map.',
    'sensing/time-too-long': 'The time must begin before it ends and be no longer than {hours} hours.',
    'sensing/fence-outside': 'A fence must lie wholly inside the city.',
    'pack/part/devices': 'Devices and vehicles',
    'pack/mn': 'The device number MN “{value}” must have 14 to 24 digits or letters (HJ 212).',
    'pack/terminal': 'The terminal number “{value}” must have 6 to 20 digits (JT/T 808).',
  },
}
