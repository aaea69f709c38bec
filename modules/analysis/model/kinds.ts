/** Kinds of things that are found, in the order of their groups, with the words that a person may put before what they seek. Pure. */

export const kinds = [
  'case',
  'place',
  'area',
  'person',
  'unit',
  'device',
  'component',
  'entry',
  'class',
  'law',
  'cause',
] as const
export type Kind = (typeof kinds)[number]

/** Said alone before other words, or with a colon: 案件 积水, 人员:王. */
const saidAs: Record<Kind, readonly string[]> = {
  case: ['案件', '案卷', 'case', 'cases'],
  place: ['地点', '地名', '地址', 'place', 'places', 'address'],
  area: ['区域', '网格', 'area', 'areas'],
  person: ['人员', '人', 'person', 'people'],
  unit: ['单位', '部门', '机构', 'unit', 'units'],
  device: ['设备', '车辆', '监测点', 'device', 'devices', 'vehicle'],
  component: ['部件', 'component', 'components'],
  entry: ['台账', '当事人', 'ledger', 'entry', 'party'],
  class: ['类别', '小类', 'class', 'classes'],
  law: ['法律', '法规', '法条', 'law', 'laws'],
  cause: ['案由', '事项', 'cause', 'causes'],
}

export const kindSaid = (word: string): Kind | undefined =>
  kinds.find((kind) => saidAs[kind].includes(word.toLowerCase()))
