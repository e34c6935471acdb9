import { context, propagation } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

let started: Promise<void> | undefined;

/**
 * Starts OpenTelemetry once a process. Without `OTEL_EXPORTER_OTLP_ENDPOINT` nobody reads spans, so
 * only what carries trace ids from hop to hop is set up; the SDK with its instrumentations, which
 * cost time on every request and memory, is loaded when there is somewhere to export to.
 */
export const startTelemetry = (env: NodeJS.ProcessEnv): Promise<void> => {
  started ??= start(env);
  return started;
};

const start = async (env: NodeJS.ProcessEnv): Promise<void> => {
  if (env['OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const { startSdk } = await import('./sdk.ts');
    startSdk(env);
    return;
  }
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
};
