import type { Messages } from '@pentad/platform/module'

export const keepingMessages: Messages = {
  'zh-CN': {
    'sensing/keeping-too-short': '各类数据至少保存 {least} 天。',
    'sensing/keeping-order': '原始数据的保存天数不能长于由其汇总的数据;轨迹抽稀前的天数不能长于保存总天数。',
    'sensing/keeping-step': '轨迹抽稀的间隔最长 {step} 秒，再长会把连续的轨迹变成中断。',
    'sensing/keeping-changed': '保存规则已被他人修改,请重新查看后再设定。',
    'sensing/pin-time': '留存时段须先始后终。',
  },
  en: {
    'sensing/keeping-too-short': 'Everything is kept for {least} days at least.',
    'sensing/keeping-order':
      'Samples cannot be kept longer than what is made of them, nor full tracks longer than thinned ones.',
    'sensing/keeping-step': 'Fixes are kept {step} s apart at most; farther apart a whole track would look like gaps.',
    'sensing/keeping-changed': 'Somebody else has set another rule; look at it first.',
    'sensing/pin-time': 'The time must begin before it ends.',
  },
}
