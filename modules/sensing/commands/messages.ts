import type { Messages } from '@pentad/platform/module'

export const commandMessages: Messages = {
  'zh-CN': {
    'sensing/no-way-down': '协议 {protocol} 没有下行通道,平台无法向该设备发送指令。',
    'sensing/not-a-command': '协议 {protocol} 没有“{kind}”这种指令。',
    'sensing/history-span': '时段须先始后终、不在将来,且不超过 {hours} 小时。',
    'sensing/interval-range': '间隔应在 {least} 至 {most} 秒之间。',
    'sensing/interval-minutes': '分钟数据间隔只能是下列分钟数之一:{minutes}。',
    'sensing/no-minute-series': '协议 {protocol} 没有分钟数据间隔。',
    'sensing/too-many-commands': '该设备已有 {most} 条指令等待,请待其完成或撤回。',
    'sensing/command-said': '这条指令已下发或已结束,不能撤回。',
  },
  en: {
    'sensing/no-way-down': 'Devices that speak {protocol} cannot be spoken to: the protocol has no way down.',
    'sensing/not-a-command': 'There is no command “{kind}” in {protocol}.',
    'sensing/history-span': 'The time must begin before it ends, not lie ahead, and be no longer than {hours} hours.',
    'sensing/interval-range': 'The interval must be from {least} to {most} seconds.',
    'sensing/interval-minutes': 'Minute data come every so many minutes: {minutes}.',
    'sensing/no-minute-series': 'There is no interval of minute data in {protocol}.',
    'sensing/too-many-commands': '{most} commands wait for this device already; let them end or take them back.',
    'sensing/command-said': 'The command was sent or is over; it cannot be taken back.',
  },
}
