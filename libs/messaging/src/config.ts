import type { Logger } from '@hemline/telemetry';
import { z } from 'zod';
import { kafkaConfigShape, optional, toKafkaSettings } from './transports/kafka.settings.ts';
import { KafkaTransport } from './transports/kafka.transport.ts';
import { PostgresTransport } from './transports/postgres.transport.ts';
import type { Transport } from './transports/transport.ts';

/** Settings of every app that tells or hears events; its schema is then handed to `checkEvents`. */
export const eventsConfigShape = {
  EVENTS: z.enum(['postgres', 'kafka']).default('postgres'),
  /** The database `events`, as the app's own role: the log of the transport `postgres`. */
  EVENTS_DATABASE_URL: optional(z.url()),
  ...kafkaConfigShape,
};

export type EventsConfig = z.infer<z.ZodObject<typeof eventsConfigShape>>;

/** Also when something else is wrong, so that all faults are named together. */
const always = { when: () => true };

/** Names the setting that the chosen transport lacks. */
export const checkEvents = <Schema extends z.ZodType<EventsConfig>>(schema: Schema): Schema =>
  schema
    .refine(({ EVENTS, EVENTS_DATABASE_URL }) => EVENTS === 'kafka' || EVENTS_DATABASE_URL, {
      path: ['EVENTS_DATABASE_URL'],
      ...always,
    })
    .refine(({ EVENTS, KAFKA_BROKERS }) => EVENTS !== 'kafka' || KAFKA_BROKERS, {
      path: ['KAFKA_BROKERS'],
      ...always,
    })
    .refine(({ KAFKA_USERNAME, KAFKA_PASSWORD }) => KAFKA_PASSWORD || !KAFKA_USERNAME, {
      path: ['KAFKA_PASSWORD'],
      ...always,
    });

type MakeOptions = { readonly app: string; readonly config: EventsConfig; readonly logger: Logger };

/** The transport that the settings name. Nothing is reached until it is used. */
export const makeTransport = ({ app, config, logger }: MakeOptions): Transport =>
  config.EVENTS === 'kafka'
    ? new KafkaTransport({ app, settings: toKafkaSettings(config), logger })
    : new PostgresTransport({ app, url: config.EVENTS_DATABASE_URL ?? '', logger });
