import { randomUUID } from 'node:crypto';
import type { Envelope, EventDefinition, TopicName } from '@hemline/contracts';
import { type Logger, createLogger } from '@hemline/telemetry';
import { expect } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../../postgres/test/eventually.ts';
import { type apps, testDatabase } from '../../postgres/test/test-database.ts';
import { eventsConfigShape, makeTransport } from '../src/config.ts';
import { ensureTopics } from '../src/transports/kafka.make-topics.ts';
import type { Transport } from '../src/transports/transport.ts';

type App = (typeof apps)[number];
type Env = Record<string, string>;

type Fact<Schema extends z.ZodType> = {
  readonly subject: string;
  readonly version: number;
  readonly data: z.input<Schema>;
};

const brokers = process.env['TEST_KAFKA_BROKERS'];

/** The logs that a test can be run over here. */
export type EngineName = 'postgres' | 'kafka';
export const engines: readonly EngineName[] = brokers ? ['postgres', 'kafka'] : ['postgres'];

const logger: Logger = createLogger({ service: 'test', level: 'silent' });

type Log = { envAs(app: string): Env; close(): Promise<void> };

const postgresLog = async (): Promise<Log> => {
  const log = await testDatabase('events');
  return {
    envAs: (app) => ({ EVENTS: 'postgres', EVENTS_DATABASE_URL: log.urlAs(app) }),
    close: () => log.close(),
  };
};

const kafkaLog = async (): Promise<Log> => {
  const prefix = `${randomUUID()}.`;
  const settings = { brokers: (brokers ?? '').split(','), prefix };
  await ensureTopics({ settings, logger, replicas: 1, minInSync: 1 });
  const env = { EVENTS: 'kafka', KAFKA_BROKERS: brokers ?? '', KAFKA_PREFIX: prefix };
  return { envAs: () => env, close: async () => {} };
};

/** Databases for one app and the log, and a log into which the test tells what other apps would. */
export const newScene = async (app: App, engine: EngineName = 'postgres') => {
  const [own, log] = await Promise.all([
    testDatabase(app),
    engine === 'kafka' ? kafkaLog() : postgresLog(),
  ]);
  const transports = new Map<string, Transport>();
  const as = (owner: string): Transport => {
    const known = transports.get(owner);
    if (known) return known;
    const config = z.object(eventsConfigShape).parse(log.envAs(owner));
    const made = makeTransport({ app: owner, config, logger });
    transports.set(owner, made);
    return made;
  };
  const env: Env = {
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    DATABASE_URL: own.url,
    ...log.envAs(app),
  };

  const publish = async (topic: string, facts: readonly Envelope[]): Promise<void> => {
    const [owner = ''] = topic.split('.');
    await as(owner).publish(
      facts.map((fact) => ({ topic, key: fact.subject, value: JSON.stringify(fact) })),
    );
  };

  const tell = <Schema extends z.ZodType>(
    { type, topic }: EventDefinition<Schema>,
    { subject, version, data }: Fact<Schema>,
  ): Promise<void> => {
    const [source = ''] = topic.split('.');
    const time = new Date().toISOString();
    const dataschema = `urn:hemline:event:${type}`;
    const id = randomUUID();
    return publish(topic, [{ id, type, source, subject, time, version, dataschema, data }]);
  };

  /** Resolves once a group has handled all that is in the log. */
  const caughtUp = (group: string = app): Promise<void> =>
    eventually(async () => {
      const behind = Object.values(await as(app).lag(group));
      expect(behind.length).toBeGreaterThan(0);
      expect(behind.every((n) => n === 0)).toBe(true);
    }, 30_000);

  /** All that was ever told in a topic. */
  const told = async (topic: TopicName): Promise<Envelope[]> => {
    const group = `${app}.told-${randomUUID()}`;
    const seen: Envelope[] = [];
    const subscription = as(app).subscribe({
      group,
      topics: [topic],
      maxBatch: 100,
      onBatch: async (batch) =>
        void seen.push(...batch.map(({ value }) => JSON.parse(value) as Envelope)),
    });
    await eventually(() => subscription.ping(), 20_000);
    await caughtUp(group);
    await subscription.close();
    await as(app).forget(group);
    return seen;
  };

  const close = async (): Promise<void> => {
    for (const transport of transports.values()) await transport.close();
    await Promise.all([own.close(), log.close()]);
  };

  return { database: own.database, env, log, as, publish, tell, told, caughtUp, close };
};

export type Scene = Awaited<ReturnType<typeof newScene>>;
