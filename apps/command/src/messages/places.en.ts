export default {
  understood: 'Understood',
  crs: 'Coordinate system',
  crsWords: { cgcs2000: 'WGS84 / CGCS2000', gcj02: 'GCJ-02 (Amap, Tencent)', bd09: 'BD-09 (Baidu)' },
  confidence: '{n}%',
  sure: { high: 'likely', middle: 'check', low: 'unsure' },
  outside: 'These coordinates lie outside the city.',
}
