/** 中断:没有收到的时段,如实说出。 */
export default {
  curve: '缺测 {n} 段，共 {length}',
  none: '无数据',
  track: '定位中断 {n} 次，共 {length}；中断不等于不在场。',
  dotted: '其间的走法不明，地图上只以虚线相连。',
  longest: '最长一次 {from} 至 {until}',
}
