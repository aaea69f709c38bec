/** What a monitor measures, by the codes of HJ 212-2017, appendix B (air and noise; the part a city's order needs). */

export type Factor = {
  readonly zh: string
  readonly en: string
  /** The unit monitors send in practice; a device that differs needs its own scale, kept with the device. */
  readonly unit: string
}

/**
 * Appendix B prints ng/m³ for particulates, and a few monitors follow it; nearly all send µg/m³, some mg/m³. The unit
 * here is therefore a default, never a proof.
 */
export const factors = {
  a34001: { zh: '总悬浮颗粒物', en: 'total suspended particulates (TSP)', unit: 'µg/m³' },
  a34002: { zh: '可吸入颗粒物', en: 'inhalable particulates (PM10)', unit: 'µg/m³' },
  a34004: { zh: '细颗粒物', en: 'fine particulates (PM2.5)', unit: 'µg/m³' },
  a01001: { zh: '温度', en: 'air temperature', unit: '°C' },
  a01002: { zh: '湿度', en: 'relative humidity', unit: '%' },
  a01006: { zh: '气压', en: 'air pressure', unit: 'kPa' },
  a01007: { zh: '风速', en: 'wind speed', unit: 'm/s' },
  a01008: { zh: '风向', en: 'wind direction', unit: '°' },
  a21026: { zh: '二氧化硫', en: 'sulphur dioxide (SO2)', unit: 'µg/m³' },
  a21004: { zh: '二氧化氮', en: 'nitrogen dioxide (NO2)', unit: 'µg/m³' },
  a21005: { zh: '一氧化碳', en: 'carbon monoxide (CO)', unit: 'mg/m³' },
  a05024: { zh: '臭氧', en: 'ozone (O3)', unit: 'µg/m³' },
  /** Not in appendix B; some air monitors send ozone under it. */
  a21030: { zh: '臭氧', en: 'ozone (O3), vendor code', unit: 'µg/m³' },
  LA: { zh: 'A计权声级', en: 'A-weighted sound level', unit: 'dB(A)' },
  Leq: { zh: '等效声级', en: 'equivalent sound level', unit: 'dB(A)' },
  L5: { zh: '累计百分声级L5', en: 'level exceeded 5 % of the time', unit: 'dB(A)' },
  L10: { zh: '累计百分声级L10', en: 'level exceeded 10 % of the time', unit: 'dB(A)' },
  L50: { zh: '累计百分声级L50', en: 'level exceeded 50 % of the time', unit: 'dB(A)' },
  L90: { zh: '累计百分声级L90', en: 'level exceeded 90 % of the time', unit: 'dB(A)' },
  L95: { zh: '累计百分声级L95', en: 'level exceeded 95 % of the time', unit: 'dB(A)' },
  LMx: { zh: '最大瞬时声级', en: 'highest momentary sound level', unit: 'dB(A)' },
  LMn: { zh: '最小瞬时声级', en: 'lowest momentary sound level', unit: 'dB(A)' },
  Ld: { zh: '昼间等效声级', en: 'day equivalent sound level', unit: 'dB(A)' },
  Ln: { zh: '夜间等效声级', en: 'night equivalent sound level', unit: 'dB(A)' },
  Ldn: { zh: '昼夜等效声级', en: 'day-night equivalent sound level', unit: 'dB(A)' },
} as const satisfies Record<string, Factor>

export type FactorCode = keyof typeof factors

export function factorOf(code: string): Factor | null {
  return Object.hasOwn(factors, code) ? factors[code as FactorCode] : null
}

/** The data flag (数据标记) that goes with a value: HJ 212-2017, chapter 6. */
export const dataFlags = {
  N: { zh: '正常', en: 'normal' },
  F: { zh: '停运', en: 'works stopped' },
  M: { zh: '维护', en: 'maintenance' },
  S: { zh: '手工输入', en: 'entered by hand' },
  D: { zh: '故障', en: 'fault' },
  C: { zh: '校准', en: 'calibration' },
  T: { zh: '超上限', en: 'out of range' },
  B: { zh: '通讯异常', en: 'link fault' },
} as const satisfies Record<string, { zh: string; en: string }>

export type DataFlag = keyof typeof dataFlags
