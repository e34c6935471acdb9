import {
  Histogram,
  type Logger,
  type MetricsRegistry,
  currentTraceId,
  withRemoteTrace,
} from '@hemline/telemetry';
import { type Context, context } from '@opentelemetry/api';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from './domain-error.ts';
import { sendProblem } from './problem.filter.ts';
import type { Problems } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    traceContext?: Context;
    /** The bytes of a JSON body, as a signature over them must be checked before they are believed. */
    rawBody?: Buffer;
  }
}

const maxDepth = 32;

/** Depth of nesting, read from the text, so that nothing deep is ever built. */
const isTooDeep = (json: string): boolean => {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i += 1) {
    const code = json.charCodeAt(i);
    if (inString) {
      if (code === 92) i += 1;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 93 || code === 125) depth -= 1;
  }
  return false;
};

const parseJson = (request: FastifyRequest, body: Buffer): unknown => {
  request.rawBody = body;
  // `@RouteConfig({ rawBody: true })`: the handler believes nothing of it before it has checked it.
  if ((request.routeOptions.config as { rawBody?: boolean }).rawBody) return body;
  const text = body.toString('utf8');
  if (isTooDeep(text))
    throw new DomainError('request.too_deep', { detail: `at most ${maxDepth} levels` });
  try {
    return JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value)) as unknown;
  } catch (error) {
    throw new DomainError('request.malformed', { detail: `not JSON: ${(error as Error).message}` });
  }
};

type ServerOptions = {
  readonly bodyLimitBytes: number;
  readonly maxInFlight: number;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly problems: Problems;
};

export const createAdapter = (options: ServerOptions): FastifyAdapter => {
  const adapter = new FastifyAdapter({
    bodyLimit: options.bodyLimitBytes,
    connectionTimeout: 30_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    maxRequestsPerSocket: 0,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
    return503OnClosing: true,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
      refuseUrl(error, request, reply, options);
    },
  });
  const fastify: FastifyInstance = adapter.getInstance();
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parseJson(request, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  addTracing(fastify);
  addLoadShedding(fastify, options);
  addObservation(fastify, options);
  return adapter;
};

/** An address that no route can be looked for with; it is refused before any hook or filter. */
const refuseUrl = (
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
  { problems, logger }: ServerOptions,
): void => {
  withRemoteTrace(request.headers['traceparent'] as string | undefined, (traceId) => {
    reply.header('Trace-Id', traceId);
    sendProblem(error, request, reply, problems, logger);
  });
};

const addTracing = (fastify: FastifyInstance): void => {
  fastify.decorateRequest('traceContext');
  fastify.addHook('onRequest', (request, reply, done) => {
    withRemoteTrace(request.headers['traceparent'] as string | undefined, (traceId) => {
      request.traceContext = context.active();
      reply.header('Trace-Id', traceId);
      done();
    });
  });
  // A body arrives on the socket's own async context, so the trace is entered again behind it.
  fastify.addHook('preValidation', (request, _reply, done) => {
    context.with(request.traceContext ?? context.active(), done);
  });
};

/** Turns work away before it has begun, so that what was accepted can end. */
const addLoadShedding = (
  fastify: FastifyInstance,
  { maxInFlight, logger, problems }: ServerOptions,
): void => {
  let inFlight = 0;
  const release = (): void => {
    inFlight -= 1;
  };
  fastify.addHook('onRequest', (request, reply, done) => {
    if (inFlight >= maxInFlight && !isProbe(request.url)) {
      const overloaded = new DomainError('service.overloaded', { retryAfter: 1 });
      sendProblem(overloaded, request, reply, problems, logger);
      return;
    }
    inFlight += 1;
    reply.raw.once('close', release);
    done();
  });
};

const isProbe = (url: string): boolean =>
  url === '/livez' || url === '/readyz' || url === '/metrics';

const addObservation = (fastify: FastifyInstance, { logger, metrics }: ServerOptions): void => {
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [metrics],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const seconds = reply.elapsedTime / 1000;
    duration.labels(request.method, route, String(reply.statusCode)).observe(seconds);
    const level = request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
    if (logger.isLevelEnabled(level)) {
      logger[level](
        {
          method: request.method,
          route,
          status: reply.statusCode,
          ms: Math.round(seconds * 1e4) / 10,
          trace_id: currentTraceId(),
        },
        'request answered',
      );
    }
    done();
  });
};
