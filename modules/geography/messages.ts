import type { Messages } from '@pentad/platform/module'
import { geocodeMessages } from './geocode/messages.ts'
import { gridMessages } from './grid/messages.ts'

export const messages: Messages = {
  'zh-CN': {
    ...geocodeMessages['zh-CN'],
    ...gridMessages['zh-CN'],
    'geography/outside-city': '这个位置不在本市管理范围内。请在地图上移动标记,或确认定位是否正确。',
    'pack/part/basemap': '底图',
    'pack/base-layer': '底图没有图层“{layer}”;可用的有:{layers}。',
    'pack/base-class': '图层“{layer}”的这个要素没有 class。',
    'pack/base-shape': '图层“{layer}”不能有 {shape};可以是:{shapes}。',
    'pack/base-position': '坐标不对:{position}。应为 [经度, 纬度]。',
    'pack/not-mbtiles': '不是 MBTiles 文件:应为带 metadata 和 tiles 两张表的 SQLite。',
    'pack/mbtiles-format': '瓦片格式是“{format}”;只支持矢量瓦片(format 为 pbf)。',
  },
  en: {
    ...geocodeMessages.en,
    ...gridMessages.en,
    'geography/outside-city':
      'This place lies outside the city. Please move the marker on the map, or check your position.',
    'pack/part/basemap': 'Base map',
    'pack/base-layer': 'The base map has no layer “{layer}”; there are: {layers}.',
    'pack/base-class': 'This feature of layer “{layer}” has no class.',
    'pack/base-shape': 'Layer “{layer}” cannot have a {shape}; it may be: {shapes}.',
    'pack/base-position': 'This is no position: {position}. It should be [longitude, latitude].',
    'pack/not-mbtiles': 'This is no MBTiles file: it should be SQLite with the tables metadata and tiles.',
    'pack/mbtiles-format': 'The tiles are of format “{format}”; only vector tiles (format pbf) are taken.',
  },
}
