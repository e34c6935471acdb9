/** Injection tokens of what every provider may ask for: a pino logger, the metrics registry. */
export const LOGGER = Symbol('LOGGER');
export const METRICS = Symbol('METRICS');
