export { type Logger, createLogger } from './logger.ts';
export { containsCardNumber, redactCardNumbers } from './card-numbers.ts';
export { type MetricsRegistry, Counter, Gauge, Histogram, createMetrics } from './metrics.ts';
export { CopyAges } from './copy-ages.ts';
export { activeTraceparent, currentTraceId, withRemoteTrace } from './trace-context.ts';
export { startTelemetry } from './start.ts';
export { LOGGER, METRICS } from './tokens.ts';
