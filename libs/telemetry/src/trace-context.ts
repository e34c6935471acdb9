import { randomFillSync } from 'node:crypto';
import { type SpanContext, TraceFlags, context, trace } from '@opentelemetry/api';

const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

const parseTraceparent = (header: string | undefined): SpanContext | undefined => {
  const match = header === undefined ? null : traceparentPattern.exec(header);
  const [, traceId, spanId, flags] = match ?? [];
  if (!traceId || !spanId || !flags || /^0+$/.test(traceId) || /^0+$/.test(spanId))
    return undefined;
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
};

const idBytes = 24;
const pool = Buffer.allocUnsafe(idBytes * 256);
let used = pool.length;

/** Random bytes are drawn for 256 traces at once, as one draw costs a twentieth of a whole request. */
const newIds = (): string => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += idBytes;
  return pool.toString('hex', used - idBytes, used);
};

const newSpanContext = (): SpanContext => {
  const id = newIds();
  return { traceId: id.slice(0, 32), spanId: id.slice(32), traceFlags: TraceFlags.NONE };
};

/**
 * Runs `work` inside the trace named by a W3C `traceparent`, or inside a new one. Where an
 * instrumentation has already opened a span, that one is kept. So every request and every event has
 * a trace id, whether or not anything is exported.
 */
export const withRemoteTrace = <T>(
  traceparent: string | undefined,
  work: (traceId: string) => T,
): T => {
  const active = trace.getActiveSpan();
  if (active) return work(active.spanContext().traceId);
  const spanContext = parseTraceparent(traceparent) ?? newSpanContext();
  return context.with(
    trace.setSpanContext(context.active(), spanContext),
    work,
    undefined,
    spanContext.traceId,
  );
};

/** The `traceparent` to hand on, or undefined outside of any trace. */
export const activeTraceparent = (): string | undefined => {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span) return undefined;
  return `00-${span.traceId}-${span.spanId}-0${span.traceFlags & TraceFlags.SAMPLED}`;
};

export const currentTraceId = (): string | undefined =>
  trace.getActiveSpan()?.spanContext().traceId;
