import { Database } from '@hemline/postgres';
import { LOGGER, type Logger, METRICS, createMetrics } from '@hemline/telemetry';
import {
  type ArgumentsHost,
  Catch,
  type DynamicModule,
  type ExceptionFilter,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Observable, throwError } from 'rxjs';
import { EventServer } from '../event-server.ts';

/** An app's own event handlers, to be called by hand. */
export type Offline = {
  readonly server: EventServer;
  readonly database: Database;
  close(): Promise<void>;
};

/**
 * Builds an application and binds its event handlers, and does no more: no hook of its parts runs, so
 * that nothing listens, nothing is read, and what is in its outbox stays there.
 */
export const openOffline = async (module: DynamicModule, logger: Logger): Promise<Offline> => {
  const app = await NestFactory.create<NestFastifyApplication>(
    withRuntime(module, logger),
    new FastifyAdapter(),
    { logger: false, abortOnError: false },
  );
  app.useGlobalFilters(new Unchanged());
  const server = app.get(EventServer);
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  return { server, database: app.get(Database), close: () => app.close() };
};

const withRuntime = (app: DynamicModule, logger: Logger): DynamicModule => ({
  module: class OfflineModule {},
  global: true,
  imports: [app],
  providers: [
    { provide: LOGGER, useValue: logger },
    { provide: METRICS, useValue: createMetrics('offline') },
  ],
  exports: [LOGGER, METRICS],
});

/** Hands a handler's error on as it is; Nest's own filter would make it "Internal server error". */
@Catch()
class Unchanged implements ExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}
