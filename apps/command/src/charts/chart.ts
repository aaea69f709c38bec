/** ECharts with only the parts that this app draws, bound to an element: follows its size, the theme and the data. */
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { onBeforeUnmount, onMounted, type ShallowRef, watch } from 'vue'

use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer])

export function useChart(holder: Readonly<ShallowRef<HTMLElement | null>>, option: () => EChartsCoreOption): void {
  let chart: ReturnType<typeof init> | null = null
  const resize = new ResizeObserver(() => chart?.resize())
  onMounted(() => {
    if (!holder.value) return
    chart = init(holder.value, null, { renderer: 'svg' })
    chart.setOption(option())
    resize.observe(holder.value)
  })
  watch(option, (o) => chart?.setOption(o, true))
  onBeforeUnmount(() => {
    resize.disconnect()
    chart?.dispose()
  })
}
