import 'reflect-metadata';
import { type Logger, createLogger, createMetrics, startTelemetry } from '@hemline/telemetry';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { type BaseConfig, ConfigError } from './config.ts';
import { NestLogger } from './nest-logger.ts';
import { toOpenApi } from './openapi.ts';
import { ProblemFilter } from './problem.filter.ts';
import { type Problems, baseProblems } from './problems.ts';
import { listRoutes } from './routes.ts';
import { RuntimeModule } from './runtime.module.ts';
import { createAdapter } from './server.ts';
import { ValidationPipe } from './validation.pipe.ts';

export type ServiceOptions = {
  readonly name: string;
  readonly config: BaseConfig;
  readonly module: DynamicModule;
  readonly problems?: Problems;
  /** Largest body taken, 256 KiB if absent; a route may allow itself more. */
  readonly bodyLimitBytes?: number;
  /** What must work for the service to be of use; each throws while it does not. */
  readonly readiness?: (
    app: NestFastifyApplication,
  ) => Readonly<Record<string, () => Promise<void>>>;
  /** Runs before the application is initialised: parsers, hooks, the event server. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
};

export type RunningService = {
  readonly app: NestFastifyApplication;
  readonly url: string;
  close(): Promise<void>;
};

/** Builds a service, connects its events and listens. Everything of one shape is in here. */
export const startService = async (options: ServiceOptions): Promise<RunningService> => {
  const startedAt = new Date().toISOString();
  // oxlint-disable-next-line node/no-process-env -- the SDK reads its own OTEL_* settings
  await startTelemetry(process.env);
  const { config, name } = options;
  const logger = createLogger({ service: name, level: config.LOG_LEVEL });
  const metrics = createMetrics(name);
  const problems: Problems = { ...baseProblems, ...options.problems };
  const adapter = createAdapter({
    bodyLimitBytes: options.bodyLimitBytes ?? 256 * 1024,
    maxInFlight: config.MAX_IN_FLIGHT,
    logger,
    metrics,
    problems,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    RuntimeModule.with(logger, metrics, options.module),
    adapter,
    { bodyParser: false, logger: new NestLogger(logger), abortOnError: false },
  );
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter(problems, logger));
  const probes = { options, metrics, startedAt, problems, state: { isStopping: false } };
  addProbes(adapter.getInstance(), app, probes);
  await options.configure?.(app);
  await app.init();
  await app.startAllMicroservices();
  await app.listen(config.PORT, config.HOST);
  const address = app.getHttpServer().address() as { port: number };
  logger.info({ port: address.port }, `${name} is listening`);
  return {
    app,
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      probes.state.isStopping = true;
      await app.close();
      logger.info(`${name} has stopped`);
      logger.flush();
    },
  };
};

type Probes = {
  readonly options: ServiceOptions;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly startedAt: string;
  readonly problems: Problems;
  readonly state: { isStopping: boolean };
};

const addProbes = (fastify: FastifyInstance, app: NestFastifyApplication, probes: Probes): void => {
  const { name, config, readiness } = probes.options;
  const version = {
    service: name,
    version: config.SERVICE_VERSION,
    commit: config.GIT_COMMIT,
    startedAt: probes.startedAt,
  };
  fastify.get('/livez', async () => ({ status: 'ok' }));
  fastify.get('/version', async () => version);
  fastify.get('/metrics', async (_request, reply) =>
    reply.header('Content-Type', probes.metrics.contentType).send(await probes.metrics.metrics()),
  );
  let document: unknown;
  fastify.get('/openapi.json', async () => {
    document ??= toOpenApi(version, listRoutes(app), probes.problems);
    return document;
  });
  fastify.get('/readyz', async (_request, reply) => {
    const checks = Object.entries(readiness?.(app) ?? {});
    const results = await Promise.allSettled(checks.map(([, check]) => check()));
    const missing = checks
      .filter((_, i) => results[i]?.status === 'rejected')
      .map(([part]) => part);
    if (probes.state.isStopping) missing.push('the service is stopping');
    if (missing.length > 0) return reply.status(503).send({ status: 'unavailable', missing });
    return { status: 'ok' };
  });
};

const drainMs = 10_000;

/**
 * Runs one service as this process: stops gracefully on SIGTERM, SIGINT, and when the launcher that
 * started it is gone; ends at once on what nobody caught, for the supervisor to start it again.
 */
export const run = async (
  start: (env: NodeJS.ProcessEnv) => Promise<RunningService>,
): Promise<void> => {
  let service: RunningService | undefined;
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), drainMs).unref();
    void (service?.close() ?? Promise.resolve()).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop).once('disconnect', stop);
  try {
    // oxlint-disable-next-line node/no-process-env -- the one place where the environment enters
    service = await start(process.env);
  } catch (error) {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : String((error as Error).stack)}\n`,
    );
    process.exit(1);
  }
};

export type { Logger };
