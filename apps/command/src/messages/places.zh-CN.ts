export default {
  understood: '听懂的部分',
  crs: '坐标系',
  crsWords: { cgcs2000: 'WGS84 / CGCS2000', gcj02: 'GCJ-02(高德、腾讯)', bd09: 'BD-09(百度)' },
  confidence: '{n}%',
  sure: { high: '把握大', middle: '请核对', low: '不确定' },
  outside: '这个坐标不在本市范围内。',
}
