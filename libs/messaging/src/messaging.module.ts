import { Database } from '@hemline/postgres';
import { LOGGER, type Logger, METRICS, type MetricsRegistry } from '@hemline/telemetry';
import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Copies } from './copies.ts';
import { type EventsConfig, makeTransport } from './config.ts';
import { EventServer } from './event-server.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { Outbox } from './outbox.ts';
import type { Transport } from './transports/transport.ts';

export type MessagingOptions = {
  /** Names the group that reads and the owner of what is published. */
  readonly app: string;
  readonly databaseUrl: string;
  readonly events: EventsConfig;
  /** Topics that this app reads. */
  readonly topics: readonly string[];
};

const TRANSPORT = Symbol('TRANSPORT');

/** Nest has closed the server and the readers by then; what the last requests told goes out first. */
class Lifecycle {
  private readonly relay: OutboxRelay;
  private readonly transport: Transport;

  constructor(relay: OutboxRelay, transport: Transport) {
    this.relay = relay;
    this.transport = transport;
  }

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.transport.close();
  }
}

/** The outbox with its relay, and the event server, over the transport that the settings name. */
export const messagingModule = (options: MessagingOptions): DynamicModule => ({
  module: class MessagingModule {},
  global: true,
  providers: [
    Outbox,
    {
      provide: TRANSPORT,
      useFactory: (logger: Logger) =>
        makeTransport({ app: options.app, config: options.events, logger }),
      inject: [LOGGER],
    },
    {
      provide: OutboxRelay,
      useFactory: (
        outbox: Outbox,
        transport: Transport,
        logger: Logger,
        metrics: MetricsRegistry,
      ) =>
        new OutboxRelay({
          app: options.app,
          databaseUrl: options.databaseUrl,
          outbox,
          transport,
          logger,
          metrics,
        }),
      inject: [Outbox, TRANSPORT, LOGGER, METRICS],
    },
    {
      provide: EventServer,
      useFactory: (
        database: Database,
        transport: Transport,
        logger: Logger,
        metrics: MetricsRegistry,
      ) =>
        new EventServer({
          app: options.app,
          database,
          transport,
          topics: options.topics,
          logger,
          metrics,
        }),
      inject: [Database, TRANSPORT, LOGGER, METRICS],
    },
    {
      provide: Copies,
      useFactory: (database: Database, events: EventServer, metrics: MetricsRegistry) =>
        new Copies({
          app: options.app,
          database,
          metrics,
          watermark: (topic) => events.watermark(topic),
        }),
      inject: [Database, EventServer, METRICS],
    },
    {
      provide: Lifecycle,
      useFactory: (relay: OutboxRelay, transport: Transport) => new Lifecycle(relay, transport),
      inject: [OutboxRelay, TRANSPORT],
    },
  ],
  exports: [Copies, Outbox, EventServer],
});

/** For `configure` of `startService`: hands the application's event handlers to the event server. */
export const connectEvents = (app: NestFastifyApplication): void => {
  app.connectMicroservice({ strategy: app.get(EventServer) }, { inheritAppConfig: true });
};
