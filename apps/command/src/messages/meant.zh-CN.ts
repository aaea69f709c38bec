/** 规则所指的设备 */
export default {
  devices: '指定设备',
  any: '未指定：范围内的全部设备',
  only: '指定 {n} 台',
  add: '搜索并添加设备',
  drop: '移除 {name}',
  gone: '已停用的设备（{id}）',
  all: '所指设备 {n} 台',
  nobody: '范围内没有在用的设备，规则不会告警。',
  more: '另有 {n} 台',
}
