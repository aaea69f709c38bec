import type { Messages } from '@pentad/platform/module'

export const geocodeMessages: Messages = {
  'zh-CN': {
    'pack/part/places': '地名与地址',
    'pack/place-crs': '不认识的坐标系“{value}”。可用 cgcs2000、wgs84、gcj02、bd09 或 EPSG 编号。',
    'pack/place-ends-before': '失效日期早于生效日期。',
    'pack/place-taken': '地名编号“{id}”已属于本包范围之外的“{name}”,请另起编号。',
    'pack/house-number': '门牌“{value}”里没有数字。',
    'pack/area-code': '“{value}”不是区域代码:应为 6、9、12 或 15 位数字。',
    'geography/no-sentences': '文件里没有可以编码的行。',
    'geography/too-many-sentences': '一次最多 {most} 行,文件有 {rows} 行。',
    'geography/not-utf8': '文件不是 UTF-8 编码。请另存为 UTF-8 后再上传。',
  },
  en: {
    'pack/part/places': 'Places and addresses',
    'pack/place-crs': 'Unknown coordinate system “{value}”. Use cgcs2000, wgs84, gcj02, bd09 or an EPSG number.',
    'pack/place-ends-before': 'It ends before it begins.',
    'pack/place-taken':
      'The place id “{id}” belongs to “{name}”, which lies outside of what the pack speaks for; choose another id.',
    'pack/house-number': 'House number “{value}” has no digit.',
    'pack/area-code': '“{value}” is no area code: 6, 9, 12 or 15 digits.',
    'geography/no-sentences': 'The file has no line to find a place for.',
    'geography/too-many-sentences': 'At most {most} lines at once; the file has {rows}.',
    'geography/not-utf8': 'The file is not in UTF-8. Save it as UTF-8 and upload it again.',
  },
}
