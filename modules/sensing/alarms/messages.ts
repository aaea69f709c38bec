import type { Messages } from '@pentad/platform/module'

export const alarmMessages: Messages = {
  'zh-CN': {
    'sensing/rules-of-others': '这条规则涉及您管辖以外的区域，请由负责该区域的人员修改。',
    'sensing/no-rule-draft': '没有这一版草案，请刷新后重试。',
    'sensing/rule-untried': '草案须先在历史数据上回放完成，才能生效。',
    'sensing/rule-fault-limit': '请至少填写昼间或夜间的限值。',
    'sensing/rule-fault-night-only': '标准只规定夜间最大声级，昼间没有这一限值。',
    'sensing/rule-fault-fence': '请选择一个仍在使用的电子围栏。',
    'sensing/rule-fault-devices': '所选设备中有的不存在，或不在您的权限范围内。',
    'sensing/rule-fault-parts': '组合规则须引用至少两条已有的规则。',
    'sensing/rule-fault-self': '组合规则不能引用自己。',
    'sensing/rule-fault-nested': '组合规则不能引用另一条组合规则。',
  },
  en: {
    'sensing/rules-of-others': 'This rule concerns places that are not yours; whoever answers for them must change it.',
    'sensing/no-rule-draft': 'There is no such draft. Reload and try again.',
    'sensing/rule-untried': 'A draft must have been replayed over past data before it is put in force.',
    'sensing/rule-fault-limit': 'Give a limit by day or by night, or both.',
    'sensing/rule-fault-night-only': 'The standard limits the maximum level by night only; by day there is none.',
    'sensing/rule-fault-fence': 'Choose a fence that is still in use.',
    'sensing/rule-fault-devices': 'Some of the devices do not exist, or are not yours to see.',
    'sensing/rule-fault-parts': 'A combination must name at least two rules that exist.',
    'sensing/rule-fault-self': 'A combination cannot name itself.',
    'sensing/rule-fault-nested': 'A combination cannot name another combination.',
  },
}
