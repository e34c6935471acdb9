import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export { Counter, Gauge, Histogram };
export type MetricsRegistry = Registry;

/** One registry a service, so that several can share a process and still tell their own story. */
export const createMetrics = (service: string): MetricsRegistry => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
};
