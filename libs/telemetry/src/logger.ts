import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';
import { redactCardNumbers } from './card-numbers.ts';

export type { Logger };

type LoggerOptions = {
  readonly service: string;
  readonly level: string;
  readonly destination?: DestinationStream;
};

/**
 * Lines are written a few kilobytes together, at the latest after a tenth of a second, and at once
 * when the process ends or a line is fatal: a write each cost a tenth of a small request.
 */
const gathering = { minLength: 4096, periodicFlush: 100 };

/** JSON lines with the trace that they belong to; card numbers are cut out of every line. */
export const createLogger = ({ service, level, destination }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const span = trace.getActiveSpan()?.spanContext();
        return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
      },
      hooks: { streamWrite: redactCardNumbers },
    },
    destination ?? pino.destination({ sync: false, ...gathering }),
  );
