/** The tokens as a base for chart options: calm axes, no decoration, one accent. */
import type { Tokens } from './index.ts'

export const chartBase = (t: Tokens) => ({
  backgroundColor: 'transparent',
  animationDuration: 200,
  textStyle: { color: t['text-2'], fontFamily: t.font, fontSize: 12 },
  color: [t.accent, t.warn, t.ok, t.bad, t.idle],
  tooltip: {
    backgroundColor: t.panel,
    borderColor: t.line,
    borderWidth: 1,
    textStyle: { color: t.text, fontSize: 12 },
    extraCssText: 'box-shadow: none',
    axisPointer: { lineStyle: { color: t.idle } },
  },
})

export const axisBase = (t: Tokens) => ({
  axisLine: { lineStyle: { color: t.line } },
  axisTick: { show: false },
  axisLabel: { color: t['text-3'], fontSize: 11, hideOverlap: true },
  nameTextStyle: { color: t['text-3'], fontSize: 11 },
  splitLine: { lineStyle: { color: t['line-soft'] } },
})
