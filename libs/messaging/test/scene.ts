import { randomUUID } from 'node:crypto';
import type { EventDefinition } from '@hemline/contracts';
import { createLogger } from '@hemline/telemetry';
import { expect } from '@jest/globals';
import type { z } from 'zod';
import { eventually } from '../../postgres/test/eventually.ts';
import { type apps, testDatabase } from '../../postgres/test/test-database.ts';
import { PostgresTransport } from '../src/transports/postgres.transport.ts';

type App = (typeof apps)[number];

type Fact<Schema extends z.ZodType> = {
  readonly subject: string;
  readonly version: number;
  readonly data: z.input<Schema>;
};

/** Databases for one app and the log, and a log into which the test tells what other apps would. */
export const newScene = async (app: App) => {
  const [own, log] = await Promise.all([testDatabase(app), testDatabase('events')]);
  const logger = createLogger({ service: 'test', level: 'silent' });
  const transports = new Map<string, PostgresTransport>();
  const as = (owner: string): PostgresTransport => {
    const known = transports.get(owner);
    if (known) return known;
    const made = new PostgresTransport({ url: log.urlAs(owner), app: owner, logger });
    transports.set(owner, made);
    return made;
  };
  const env: Record<string, string> = {
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    DATABASE_URL: own.url,
    EVENTS_DATABASE_URL: log.urlAs(app),
  };

  const tell = async <Schema extends z.ZodType>(
    { type, topic }: EventDefinition<Schema>,
    { subject, version, data }: Fact<Schema>,
  ): Promise<void> => {
    const [source = ''] = topic.split('.');
    const envelope = {
      id: randomUUID(),
      type,
      source,
      subject,
      time: new Date().toISOString(),
      version,
      dataschema: `urn:hemline:event:${type}`,
      data,
    };
    await as(source).publish([{ topic, key: subject, value: JSON.stringify(envelope) }]);
  };

  /** Resolves once the app has handled all that is in the log. */
  const caughtUp = (): Promise<void> =>
    eventually(async () => {
      const behind = Object.values(await as(app).lag(app));
      expect(behind.length).toBeGreaterThan(0);
      expect(behind.every((n) => n === 0)).toBe(true);
    }, 20_000);

  const close = async (): Promise<void> => {
    for (const transport of transports.values()) await transport.close();
    await Promise.all([own.close(), log.close()]);
  };

  return { database: own.database, log, env, as, tell, caughtUp, close };
};
