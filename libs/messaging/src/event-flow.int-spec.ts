import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Envelope, events } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { Database } from '@hemline/postgres';
import {
  type MetricsRegistry,
  createLogger,
  createMetrics,
  startTelemetry,
  withRemoteTrace,
} from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually as waitFor } from '../../postgres/test/eventually.ts';
import { type TestDatabase, testDatabase } from '../../postgres/test/test-database.ts';
import { type EventContext, EventServer } from './event-server.ts';
import * as inbox from './inbox.store.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { Outbox } from './outbox.ts';
import { PostgresTransport } from './transports/postgres.transport.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const stops: (() => Promise<void>)[] = [];
let app: TestDatabase;
let log: TestDatabase;
let outbox: Outbox;

/** Publishes as catalog, since only an owner may publish to its topics. */
const newTransport = (): PostgresTransport => {
  const transport = new PostgresTransport({ url: log.urlAs('payments'), app: 'payments', logger });
  stops.push(() => transport.close());
  return transport;
};

const startRelay = (transport = newTransport()): OutboxRelay => {
  const metrics = createMetrics('test');
  const relay = new OutboxRelay({
    app: 'test',
    databaseUrl: app.url,
    outbox,
    transport,
    logger,
    metrics,
  });
  relay.start();
  stops.unshift(() => relay.stop());
  return relay;
};

type Handler = (event: Envelope<events.StockChanged>, context: EventContext) => Promise<void>;

/** Of the server that was started last. */
let metrics: MetricsRegistry;

/** One that takes events as they come, or neighbours together. */
type BatchHandler = (told: readonly Envelope<events.StockChanged>[]) => Promise<void>;

const startServer = (handler: Handler, database: Database = app.database): EventServer =>
  start((server) => server.addHandler(events.stockChanged.type, handler as never, true), database);

const startBatchServer = (handler: BatchHandler): EventServer =>
  start((server) =>
    server.addHandler(events.stockChanged.type, handler as never, true, { takesBatch: true }),
  );

const start = (
  configure: (server: EventServer) => void,
  database: Database = app.database,
): EventServer => {
  const transport = newTransport();
  metrics = createMetrics('test');
  const server = new EventServer({
    app: 'payments',
    database,
    transport,
    topics: [events.stockChanged.topic],
    logger,
    metrics,
  });
  configure(server);
  server.listen(() => {});
  stops.unshift(() => server.close());
  return server;
};

const stockEvent = (sku: string, version: number) => ({
  definition: events.stockChanged,
  subject: sku,
  version,
  data: { sku, onHand: version, held: 0, allocated: 0, available: version },
});

const tell = (sku: string, version: number): Promise<void> =>
  app.database.transaction((tx) => outbox.append(tx, stockEvent(sku, version)));

const eventually = (check: () => void | Promise<void>, ms = 8000): Promise<void> =>
  waitFor(check, ms);

const count = async (table: string): Promise<number> => {
  const { rows } = await app.database.query<{ n: number }>({
    text: `select count(*)::int as n from ${table}`,
  });
  return rows[0]?.n ?? -1;
};

beforeEach(async () => {
  await startTelemetry({});
  [app, log] = await Promise.all([testDatabase('messaging'), testDatabase('events')]);
  outbox = new Outbox();
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await Promise.all([app.close(), log.close()]);
});

describe('an event', () => {
  it('arrives in the order of its key, once, within its transaction', async () => {
    const seen: string[] = [];
    startServer(async ({ data, version }) => void seen.push(`${data.sku} ${version}`));
    startRelay();
    for (let version = 1; version <= 20; version += 1)
      await Promise.all(['a', 'b', 'c'].map((sku) => tell(sku, version)));
    await eventually(() => expect(seen).toHaveLength(60));
    for (const sku of ['a', 'b', 'c']) {
      expect(seen.filter((each) => each.startsWith(sku))).toEqual(
        Array.from({ length: 20 }, (_, i) => `${sku} ${i + 1}`),
      );
    }
    await eventually(async () => expect(await count('outbox')).toBe(0));
  });

  it('tells how old the fact was when its copy was made', async () => {
    startServer(async () => {});
    startRelay();
    await tell('a', 1);
    const applied = /event_age_when_applied_seconds_count\{.*topic="payments.stock".*\} 1/;
    await eventually(async () => expect(await metrics.metrics()).toMatch(applied));
    const [, sum] =
      /event_age_when_applied_seconds_sum\{.*\} (.*)/.exec(await metrics.metrics()) ?? [];
    expect(Number(sum)).toBeGreaterThan(0);
    expect(Number(sum)).toBeLessThan(8);
  });

  it('comes with its neighbours to a handler that takes many at once, in their order', async () => {
    const seen: string[][] = [];
    startBatchServer(
      async (told) => void seen.push(told.map(({ data, version }) => `${data.sku} ${version}`)),
    );
    await publish('a', envelope('a', 1), envelope('a', 2), envelope('a', 2), envelope('a', 3));
    await eventually(() => expect(seen.flat()).toEqual(['a 1', 'a 2', 'a 3']));
    expect(seen).toHaveLength(1);
  });

  it('that fails among many costs only itself', async () => {
    const seen: string[] = [];
    startBatchServer(async (told) => {
      if (told.some(({ data }) => data.sku === 'bad')) throw new DomainError('stock.refused');
      seen.push(...told.map(({ data, version }) => `${data.sku} ${version}`));
    });
    await Promise.all([
      publish('good', envelope('good', 1), envelope('good', 2)),
      publish('bad', envelope('bad', 1)),
    ]);
    await eventually(async () => expect(await count('dead_letters')).toBe(1));
    await eventually(() => expect(seen).toEqual(['good 1', 'good 2']));
  });

  it('is told only if its transaction commits', async () => {
    const seen: string[] = [];
    startServer(async ({ data }) => void seen.push(data.sku));
    startRelay();
    const failing = app.database.transaction(async (tx) => {
      await outbox.append(tx, stockEvent('rolled-back', 1));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await tell('kept', 1);
    await eventually(() => expect(seen).toEqual(['kept']));
  });

  it('committed while no relay ran is delivered once one starts', async () => {
    const seen: string[] = [];
    startServer(async ({ data }) => void seen.push(data.sku));
    await tell('early', 1);
    expect(await count('outbox')).toBe(1);
    startRelay();
    await eventually(() => expect(seen).toEqual(['early']));
  });

  it('of a slow transaction with a lower id is not skipped', async () => {
    const seen: string[] = [];
    startServer(async ({ data }) => void seen.push(data.sku));
    startRelay();
    const gate = Promise.withResolvers<void>();
    const slow = app.database.transaction(async (tx) => {
      await outbox.append(tx, stockEvent('slow', 1));
      await gate.promise;
    });
    await tell('fast', 1);
    await eventually(() => expect(seen).toEqual(['fast']));
    gate.resolve();
    await slow;
    await eventually(() => expect(seen).toEqual(['fast', 'slow']));
  });

  it('published twice, as by a relay killed before it could delete, has its effect once', async () => {
    const seen: number[] = [];
    startServer(async ({ version }) => void seen.push(version));
    const transport = newTransport();
    const value = JSON.stringify(envelope('a', 1));
    const message = { topic: events.stockChanged.topic, key: 'a', value };
    await transport.publish([message, message]);
    await transport.publish([message, { ...message, value: JSON.stringify(envelope('a', 2)) }]);
    await eventually(() => expect(seen).toEqual([1, 2]));
  });

  it('carries the trace of the request that caused it', async () => {
    const traceId = 'c'.repeat(32);
    const seen: (string | undefined)[] = [];
    startServer(async ({ traceparent }) => void seen.push(traceparent));
    startRelay();
    await withRemoteTrace(`00-${traceId}-${'d'.repeat(16)}-01`, () => tell('a', 1));
    await eventually(() => expect(seen[0]).toContain(traceId));
  });
});

const envelope = (sku: string, version: number): Envelope => ({
  id: randomUUID(),
  type: events.stockChanged.type,
  source: 'payments',
  subject: sku,
  time: new Date().toISOString(),
  version,
  dataschema: 'urn:test',
  data: stockEvent(sku, version).data,
});

const publish = (key: string, ...values: readonly unknown[]): Promise<void> =>
  newTransport().publish(
    values.map((value) => ({
      topic: events.stockChanged.topic,
      key,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    })),
  );

describe('a bad event', () => {
  it.each([
    ['not JSON', '{"id":'],
    ['not an envelope', { id: 1 }],
    ['data of another shape', { ...envelope('bad', 1), data: { sku: 'bad', onHand: 'many' } }],
  ])('(%s) becomes a dead letter and parks its key; others flow', async (_what, bad) => {
    const seen: string[] = [];
    startServer(async ({ data, version }) => void seen.push(`${data.sku} ${version}`));
    await publish('bad', bad, envelope('bad', 2));
    await publish('good', envelope('good', 1), envelope('good', 2));
    await eventually(async () =>
      expect([await count('dead_letters'), seen.length]).toEqual([2, 2]),
    );
    expect(seen).toEqual(['good 1', 'good 2']);
    expect(await count('parked_aggregates')).toBe(1);
  });

  it('that the domain refuses dies at once, and changes nothing', async () => {
    startServer(async ({ data }, { tx }) => {
      await tx.query({ text: 'insert into inbox (event_id) values (gen_random_uuid())' });
      if (data.sku === 'refused') throw new DomainError('stock.refused');
    });
    await publish('refused', envelope('refused', 1));
    await eventually(async () => expect(await count('dead_letters')).toBe(1));
    expect(await count('inbox')).toBe(0);
  });

  it('that fails for a while is retried in place, and nothing overtakes it', async () => {
    const seen: number[] = [];
    let failures = 3;
    startServer(async ({ version }) => {
      if (version === 1 && failures > 0) {
        failures -= 1;
        throw new SyntaxError('not yet');
      }
      seen.push(version);
    });
    await publish('a', envelope('a', 1), envelope('a', 2));
    await eventually(() => expect(seen).toEqual([1, 2]));
    expect(await count('dead_letters')).toBe(0);
  });

  it('with a gap before it parks its aggregate instead of being misapplied', async () => {
    const seen: number[] = [];
    startServer(async ({ version }) => void seen.push(version));
    await publish('a', envelope('a', 1), envelope('a', 3));
    await eventually(async () => expect(await count('parked_aggregates')).toBe(1));
    expect(seen).toEqual([1]);
  });

  it('of a type that nobody handles is passed over, and is no gap', async () => {
    const seen: number[] = [];
    startServer(async ({ version }) => void seen.push(version));
    const unhandled = { ...envelope('a', 2), type: 'payments.stock.counted.v1' };
    await publish('a', envelope('a', 1), unhandled, envelope('a', 3));
    await eventually(() => expect(seen).toEqual([1, 3]));
    expect(await count('dead_letters')).toBe(0);
  });
});

describe('a group', () => {
  it('shares its partitions among members, and takes over from one that left', async () => {
    const seen = [new Set<string>(), new Set<string>()] as const;
    const other = new Database({ url: app.url, name: 'other', logger });
    stops.push(() => other.close());
    const servers = [
      startServer(async ({ data }) => void seen[0].add(data.sku)),
      startServer(async ({ data }) => void seen[1].add(data.sku), other),
    ] as const;
    await sleep(4500);
    const skus = Array.from({ length: 40 }, (_, i) => `sku-${i}`);
    const transport = newTransport();
    const send = (version: number): Promise<void> =>
      transport.publish(
        skus.map((sku) => ({
          topic: events.stockChanged.topic,
          key: sku,
          value: JSON.stringify(envelope(sku, version)),
        })),
      );
    await send(1);
    await eventually(() => expect(seen[0].size + seen[1].size).toBe(40));
    expect(Math.min(seen[0].size, seen[1].size)).toBeGreaterThan(5);
    await servers[0].close();
    seen[1].clear();
    await send(2);
    await eventually(() => expect(seen[1].size).toBe(40));
  }, 30_000);

  it('begins at the first event that is kept, and knows how far behind it is', async () => {
    const transport = newTransport();
    await publish('a', envelope('a', 1), envelope('a', 2));
    const seen: number[] = [];
    startServer(async ({ version }) => void seen.push(version));
    await eventually(() => expect(seen).toEqual([1, 2]));
    await eventually(async () =>
      expect(await transport.lag('payments')).toEqual({ 'payments.stock': 0 }),
    );
  });
});

describe('the event log', () => {
  it('takes a topic’s events from its owner alone', async () => {
    const catalog = new PostgresTransport({ url: log.urlAs('catalog'), app: 'catalog', logger });
    stops.push(() => catalog.close());
    const message = { topic: 'payments.stock', key: 'a', value: '{}' };
    await expect(catalog.publish([message])).rejects.toThrow(/row-level security/);
  });

  it('keeps events for the days of their topic, and forgets the ids of old ones', async () => {
    const seen: number[] = [];
    startServer(async ({ version }) => void seen.push(version));
    await publish('a', envelope('a', 1), envelope('a', 2));
    await eventually(() => expect(seen).toEqual([1, 2]));
    const owner = new Database({ url: log.ownerUrl, name: 'owner', logger });
    stops.push(() => owner.close());
    await owner.query({
      text: `update event_log set written_at = now() - interval '31 days' where "offset" = 0`,
    });
    await app.database.query({
      text: `insert into inbox select gen_random_uuid() from generate_series(1, 10001);
             update inbox set processed_at = now() - interval '61 days'`,
    });
    expect(await newTransport().sweep()).toBe(1);
    expect(await newTransport().sweep()).toBe(0);
    await inbox.sweep(app.database);
    expect(await count('inbox')).toBe(0);
    await publish('a', envelope('a', 2), envelope('a', 3));
    await eventually(() => expect(seen).toEqual([1, 2, 3]));
  });

  it('survives the loss of every connection, and goes on by itself', async () => {
    const seen: number[] = [];
    startServer(async ({ version }) => void seen.push(version));
    startRelay();
    await tell('a', 1);
    await eventually(() => expect(seen).toEqual([1]));
    const admin = new Database({
      url: process.env['TEST_DATABASE_URL'] ?? '',
      name: 'admin',
      logger,
    });
    await admin.query({
      text: `select pg_terminate_backend(pid) from pg_stat_activity
             where usename in ('payments', 'messaging') and datname like 'test\\_%'`,
    });
    await admin.close();
    await app.database.query({ text: 'select 1' }).catch(() => {});
    await tell('a', 2);
    await eventually(() => expect(seen).toEqual([1, 2]), 15_000);
  }, 30_000);
});
