import { randomUUID } from 'node:crypto';
import { type Envelope, type EventDefinition, events, maxEventBytes } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { Database } from '@hemline/postgres';
import { type MetricsRegistry, createLogger, createMetrics } from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../../postgres/test/eventually.ts';
import { type TestDatabase, testDatabase } from '../../postgres/test/test-database.ts';
import { TcpProxy } from '../test/tcp-proxy.ts';
import { type EventContext, EventServer } from './event-server.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { Outbox } from './outbox.ts';
import { PostgresTransport } from './transports/postgres.transport.ts';
import type { Message, ReceivedMessage, Subscription, Transport } from './transports/transport.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const { topic } = events.stockChanged;
let app: TestDatabase;
let log: TestDatabase;
let transport: Transport;
let metrics: MetricsRegistry;
let seen: string[];
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  stops = [];
  seen = [];
  [app, log] = await Promise.all([testDatabase('messaging'), testDatabase('events')]);
  transport = new PostgresTransport({ url: log.urlAs('payments'), app: 'payments', logger });
});

afterEach(async () => {
  for (const stop of stops) await stop();
  await transport.close();
  await Promise.all([app.close(), log.close()]);
});

/** An app that reads stock, and nothing else. */
const start = (over: Transport = transport, database: Database = app.database): void => {
  metrics = createMetrics('test');
  const options = { app: 'payments', database, transport: over, topics: [topic], logger, metrics };
  const server = new EventServer(options);
  const handler = async ({ subject, version }: Envelope): Promise<void> =>
    void seen.push(`${subject} ${version}`);
  server.addHandler(events.stockChanged.type, handler as never, true);
  server.listen(() => {});
  stops.push(() => server.close());
};

const stock = (sku: string, version: number, more: object = {}): Envelope => ({
  id: randomUUID(),
  type: events.stockChanged.type,
  source: 'payments',
  subject: sku,
  time: new Date().toISOString(),
  version,
  dataschema: 'urn:test',
  data: { sku, onHand: version, held: 0, allocated: 0, available: version },
  ...more,
});

const message = (key: string, event: unknown) => ({
  topic,
  key,
  value: typeof event === 'string' ? event : JSON.stringify(event),
});

const deadLetters = async (): Promise<{ event_id: string; reason: string; event: unknown }[]> => {
  const { rows } = await app.database.query<{ event_id: string; reason: string; event: unknown }>({
    text: 'select event_id, reason, event from dead_letters order by id',
  });
  return rows;
};

const countOf = async (name: string, label: string): Promise<number> => {
  const [, n] =
    new RegExp(`${name}{[^}]*${label}[^}]*} (\\d+)`).exec(await metrics.metrics()) ?? [];
  return Number(n ?? 0);
};

describe('an event that cannot be applied', () => {
  const order = stock('bad', 1, { type: events.orderPaid.type });
  const newer = stock('bad', 1, { type: 'payments.stock.changed.v2' });
  const large = stock('bad', 1, { data: { sku: 'x'.repeat(2 * maxEventBytes) } });
  it.each([
    ['malformed', 'not JSON', '{"id":'],
    ['malformed', 'not an event', stock('bad', 0)],
    ['malformed', 'not a payments.stock.changed.v1: sku', stock('bad', 1, { data: {} })],
    ['malformed', 'not an event', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['malformed', 'not an event', '{"id": "\\u0000"}'],
    ['malformed', 'not an event', '{"id": 1e999999}'],
    ['malformed', 'not an event', '{"id": "\\ud800"}'],
    ['misplaced', 'payments.order.paid.v1 belongs on payments.orders', order],
    ['misplaced', 'its subject is not its key', stock('another', 1)],
    ['too_new', 'payments.stock.changed.v2 is newer than version 1', newer],
    ['too_large', 'bytes, and 1048576 at most are read', large],
  ])('is a dead letter (%s: %s); its key is parked, and others flow', async (kind, why, event) => {
    start();
    await transport.publish([message('bad', event), message('bad', stock('bad', 2))]);
    await transport.publish([1, 2, 3].map((version) => message('good', stock('good', version))));
    await eventually(() => expect(seen).toEqual(['good 1', 'good 2', 'good 3']));
    await eventually(async () => expect(await deadLetters()).toHaveLength(2));
    const [first, second] = await deadLetters();
    expect(first?.reason).toContain(why);
    expect(second?.reason).toBe('its aggregate is parked');
    expect(await countOf('events_dead_total', `reason="${kind}"`)).toBe(1);
    expect(await countOf('events_dead_total', 'reason="parked"')).toBe(1);
  });

  it('is kept as it came, even if PostgreSQL takes it for no JSON', async () => {
    start();
    const values = ['{"id": "\\u0000"}', '{"id":', '{"id": "a"}'];
    await transport.publish(values.map((value, i) => message(`${i}`, value)));
    await eventually(async () => expect(await deadLetters()).toHaveLength(3));
    const kept = (await deadLetters()).map(({ event }) => event);
    expect(kept).toEqual(expect.arrayContaining([...values.slice(0, 2), { id: 'a' }]));
  });

  it('comes from a topic that was not asked for, or holds what no text of ours can', async () => {
    const received: ReceivedMessage[] = [
      { ...message('a', stock('a', 1)), topic: 'payments.orders', partition: 0, offset: 0n },
      { ...message('b\0', '{"id": "b\0"}'), partition: 0, offset: 0n },
      { ...message('c', stock('c', 1)), partition: 0, offset: 1n },
    ];
    // A transport that brings what nobody asked it for.
    let handled: Promise<void> | undefined;
    const subscribe: Transport['subscribe'] = ({ onBatch }) => {
      handled = onBatch(received);
      return { close: async () => {} } as Subscription;
    };
    start({ subscribe } as Transport);
    await handled;
    expect(seen).toEqual(['c 1']);
    expect((await deadLetters()).map(({ reason }) => reason)).toEqual([
      'payments.orders is not a topic that is read here',
      'not JSON',
    ]);
  });
});

describe('a batch with events that cannot be read', () => {
  /** Resolves with the transactions in which events were handled. */
  const receive = async (...batch: readonly Message[]): Promise<string[]> => {
    const transactions = new Set<string>();
    metrics = createMetrics('test');
    const options = { app: 'payments', database: app.database, topics: [topic], logger };
    const server = new EventServer({ ...options, transport, metrics });
    const handler = async ({ subject, version }: Envelope, { tx }: EventContext): Promise<void> => {
      if (subject === 'refused') throw new DomainError('stock.refused');
      const { rows } = await tx.query<{ id: string }>({
        text: 'select pg_current_xact_id()::text as id',
      });
      transactions.add(rows[0]?.id ?? '');
      seen.push(`${subject} ${version}`);
    };
    server.addHandler(events.stockChanged.type, handler as never, true);
    await server.receive(batch.map((each, i) => ({ ...each, partition: 0, offset: BigInt(i) })));
    return [...transactions];
  };

  it('is one transaction all the same; what is unreadable dies in its place', async () => {
    const transactions = await receive(
      message('good', stock('good', 1)),
      message('bad', stock('bad', 1)),
      message('bad', '{"version": 2'),
      message('bad\0', 'nonsense'),
      message('good', stock('good', 2)),
      message('bad', stock('bad', 3)),
      message('worse', { version: 1 }),
      message('worse', stock('worse', 2)),
      message('good', stock('good', 3)),
    );
    expect(seen).toEqual(['good 1', 'bad 1', 'good 2', 'good 3']);
    expect((await deadLetters()).map(({ reason }) => reason.split(':')[0])).toEqual([
      'not JSON',
      'not JSON',
      'its aggregate is parked',
      'not an event',
      'its aggregate is parked',
    ]);
    const { rows } = await app.database.query({ text: 'select distinct xmin from dead_letters' });
    expect(rows.map(({ xmin }) => String(xmin))).toEqual(transactions);
    const cursors = await app.database.query({
      text: 'select aggregate_id as id, version from aggregate_cursors order by 1',
    });
    expect(cursors.rows).toEqual([
      { id: 'bad', version: 1 },
      { id: 'bad\uFFFD', version: 0 },
      { id: 'good', version: 3 },
      { id: 'worse', version: 0 },
    ]);
    expect(await countOf('events_dead_total', 'reason="malformed"')).toBe(3);
    expect(await countOf('events_dead_total', 'reason="parked"')).toBe(2);
  });

  it('drops one of them that its key has passed in the same batch', async () => {
    await receive(
      message('a', stock('a', 1)),
      message('a', stock('a', 2)),
      message('a', stock('a', 1, { data: {} })),
      message('a', stock('a', 3)),
    );
    expect(seen).toEqual(['a 1', 'a 2', 'a 3']);
    expect(await deadLetters()).toEqual([]);
  });

  it('and one that is refused buries each of them once', async () => {
    await receive(
      message('bad', '{'),
      message('refused', stock('refused', 1)),
      message('good', stock('good', 1)),
    );
    expect((await deadLetters()).map(({ reason }) => reason)).toEqual([
      'not JSON',
      'stock.refused',
    ]);
    expect(seen).toEqual(['good 1']);
    expect(await countOf('events_dead_total', 'reason="malformed"')).toBe(1);
  });
});

describe('an event that this version does not know in full', () => {
  it('is applied if only its fields are new', async () => {
    start();
    const { data, ...rest } = stock('a', 1);
    const later = { ...rest, region: 'eu', data: { ...(data as object), reserved: 4 } };
    await transport.publish([message('a', later), message('a', stock('a', 2))]);
    await eventually(() => expect(seen).toEqual(['a 1', 'a 2']));
    expect(await deadLetters()).toEqual([]);
  });

  it('is passed over, counted, and leaves no gap if nobody here follows its kind', async () => {
    start();
    const counted = stock('a', 2, { type: 'payments.stock.counted.v7', data: 'anything' });
    await transport.publish([
      message('a', stock('a', 1)),
      message('a', counted),
      message('a', stock('a', 3)),
    ]);
    await eventually(() => expect(seen).toEqual(['a 1', 'a 3']));
    expect(await deadLetters()).toEqual([]);
    expect(await countOf('events_received_total', 'outcome="ignored"')).toBe(1);
  });
});

describe('a fact that is too large to be told', () => {
  const definition: EventDefinition = {
    type: 'payments.stock.changed.v1',
    topic,
    schema: z.string(),
  };
  const tell = (subject: string, length: number): Promise<void> =>
    app.database.transaction(async (tx) => {
      const outbox = new Outbox();
      await tx.query({ text: 'insert into inbox (event_id) values (gen_random_uuid())' });
      // JSON puts a quotation mark at either end.
      const data = 'x'.repeat(length - 2);
      await outbox.append(tx, { definition, subject, version: 1, data });
    });
  const count = async (table: string): Promise<unknown> =>
    (await app.database.query({ text: `select count(*)::int as n from ${table}` })).rows[0];

  it('fails the change that it tells of, and blocks no other', async () => {
    await expect(tell('large', maxEventBytes + 1)).rejects.toThrow(
      'payments.stock.changed.v1 of large has 524289 bytes, and 524288 at most can be told',
    );
    expect(await count('inbox')).toEqual({ n: 0 });
    await tell('largest', maxEventBytes);
    expect(await count('inbox')).toEqual({ n: 1 });
    const options = { app: 'test', databaseUrl: app.url, outbox: new Outbox() };
    const relay = new OutboxRelay({
      ...options,
      transport,
      logger,
      metrics: createMetrics('test'),
    });
    relay.start();
    stops.push(() => relay.stop());
    await eventually(async () => expect(await count('outbox')).toEqual({ n: 0 }));
  });
});

describe('while the database of the app is away', () => {
  it('no event is to blame: none becomes a dead letter, and each has its effect once', async () => {
    const url = new URL(app.url);
    const wire = await TcpProxy.to({ host: url.hostname, port: Number(url.port) });
    const database = new Database({ url: wire.through(app.url), name: 'cut', logger });
    stops.push(
      () => database.close(),
      () => wire.close(),
    );
    start(transport, database);
    await transport.publish([message('a', stock('a', 1))]);
    await eventually(() => expect(seen).toEqual(['a 1']));
    wire.blackHole();
    await transport.publish([message('a', stock('a', 2)), message('b', stock('b', 1))]);
    // Longer than an event that is to blame would be tried.
    for (const end = Date.now() + 5000; Date.now() < end; wire.blackHole()) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      wire.reset();
    }
    wire.heal();
    await eventually(async () => {
      const { rows } = await app.database.query({
        text: 'select aggregate_id as id, version from aggregate_cursors order by 1',
      });
      expect(rows).toEqual([
        { id: 'a', version: 2 },
        { id: 'b', version: 1 },
      ]);
    });
    expect(await deadLetters()).toEqual([]);
  }, 40_000);
});
