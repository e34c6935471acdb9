import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export { Counter, Gauge, Histogram };
export type MetricsRegistry = Registry;

/**
 * How often the lag of the event loop is looked at, in milliseconds. At the usual 10 a service that does
 * nothing wakes a hundred times a second for it, which was most of what it cost at rest.
 */
const eventLoopMonitoringPrecision = 100;

/** One registry a service, so that several can share a process and still tell their own story. */
export const createMetrics = (service: string): MetricsRegistry => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision });
  return registry;
};
