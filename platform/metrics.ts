/** Counters and timings for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export const metrics = new Registry()

export const startDefaultMetrics = (): void => collectDefaultMetrics({ register: metrics })

export const counter = (name: string, help: string, labelNames: string[] = []): Counter =>
  new Counter({ name, help, labelNames, registers: [metrics] })

/** A figure that is asked for when somebody looks. */
export const gauge = (name: string, help: string, labelNames: string[], collect: (g: Gauge) => Promise<void>): Gauge =>
  new Gauge({
    name,
    help,
    labelNames,
    registers: [metrics],
    collect() {
      return collect(this)
    },
  })

export const requestSeconds = new Histogram({
  name: 'pentad_http_request_seconds',
  help: 'Time to answer, by route',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers: [metrics],
})

export const refusals = counter('pentad_refusals_total', 'What was refused, by code', ['code'])
