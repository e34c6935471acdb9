import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Envelope, events } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { createLogger, createMetrics } from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../postgres/test/test-database.ts';
import { type EventContext, EventServer } from '../event-server.ts';
import { PostgresTransport } from '../transports/postgres.transport.ts';
import type { ReceivedMessage } from '../transports/transport.ts';
import * as inbox from '../inbox.store.ts';
import * as letters from './dead-letters.store.ts';
import { resend } from './resend.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const stock = 'payments.stock';
const orders = 'payments.orders';

let own: TestDatabase;
let server: EventServer;
let transport: PostgresTransport;
/** What handlers do with an event; its effect is a row of `inbox`, as a table that is there. */
let isBroken: (event: Envelope) => boolean;
let seen: string[];

beforeEach(async () => {
  own = await testDatabase('messaging');
  // Never reached: events are handed over by the test.
  transport = new PostgresTransport({ url: own.url, app: 'payments', logger });
  const metrics = createMetrics('test');
  const { database } = own;
  server = new EventServer({
    app: 'payments',
    database,
    transport,
    topics: [stock, orders],
    logger,
    metrics,
  });
  seen = [];
  isBroken = () => false;
  const handle = async (event: Envelope, { tx }: EventContext): Promise<void> => {
    await tx.query({ text: 'insert into inbox (event_id) values ($1)', values: [randomUUID()] });
    if (isBroken(event)) throw new DomainError('stock.broken', { detail: `v${event.version}` });
    tx.afterCommit(() => seen.push(`${event.subject} ${event.version}`));
  };
  for (const { type } of [events.stockChanged, events.orderPaid])
    server.addHandler(type, handle as never, true);
});

afterEach(async () => {
  await transport.close();
  await own.close();
});

const data = {
  [stock]: (key: string) => ({ sku: key, onHand: 1, held: 0, allocated: 0, available: 1 }),
  [orders]: (key: string) => ({
    orderId: key,
    cartId: key,
    cartVersion: 1,
    total: { amount: '1', currency: 'EUR' },
  }),
};

const message = (topic: typeof stock | typeof orders, key: string, version: number) => {
  const type = topic === stock ? events.stockChanged.type : events.orderPaid.type;
  const event: Envelope = {
    id: randomUUID(),
    type,
    source: 'payments',
    subject: key,
    time: new Date().toISOString(),
    version,
    dataschema: `urn:hemline:event:${type}`,
    data: data[topic](key),
  };
  return toMessage(topic, key, JSON.stringify(event));
};

let offset = 0n;
const toMessage = (topic: string, key: string, value: string): ReceivedMessage => ({
  topic,
  key,
  value,
  partition: 0,
  offset: (offset += 1n),
});

const receive = async (...messages: readonly ReceivedMessage[]): Promise<void> => {
  for (const each of messages) await server.receive([each]);
};

const dead = async (): Promise<string[]> =>
  (await letters.findAll(own.database, 100)).map(
    ({ key, version, isParked, reason }) =>
      `${key} ${version} ${isParked ? 'parked' : 'flows'}: ${reason}`,
  );

const resendKey = (topic: string, key: string) => resend(server, own.database, { topic, key });

describe('a dead letter that is sent again', () => {
  it('is applied with those that waited behind it, in order, and its key flows again', async () => {
    isBroken = ({ subject }) => subject === 'a';
    await receive(...[1, 2, 3].map((version) => message(stock, 'a', version)));
    await receive(message(stock, 'b', 1));
    expect(seen).toEqual(['b 1']);
    isBroken = () => false;
    expect(await resendKey(stock, 'a')).toMatchObject({ applied: 3, dropped: 0, left: [] });
    expect(seen).toEqual(['b 1', 'a 1', 'a 2', 'a 3']);
    expect(await dead()).toEqual([]);
    await receive(message(stock, 'a', 4));
    expect(seen.at(-1)).toBe('a 4');
  });

  it('that still fails stays, with its new reason, and changes nothing', async () => {
    const key = randomUUID();
    isBroken = () => true;
    await receive(...[1, 2, 3].map((version) => message(orders, key, version)));
    isBroken = ({ version }) => version === 2;
    expect(await resendKey(orders, key)).toMatchObject({ applied: 1, left: [{}, {}] });
    expect(seen).toEqual([`${key} 1`]);
    expect(await dead()).toEqual([
      `${key} 2 parked: stock.broken: v2`,
      `${key} 3 parked: version 3 came after 1`,
    ]);
    await receive(message(orders, key, 4));
    isBroken = () => false;
    expect(await resendKey(orders, key)).toMatchObject({ applied: 3, left: [] });
    expect(seen).toEqual([1, 2, 3, 4].map((version) => `${key} ${version}`));
  });

  it('is not passed by a later one where every event counts, however unreadable it is', async () => {
    const key = randomUUID();
    await receive(toMessage(orders, key, '{"broken'), message(orders, key, 2));
    expect(await resendKey(orders, key)).toMatchObject({ applied: 0, left: [{}, {}] });
    expect(seen).toEqual([]);
  });

  it('is passed by a later one where that states the whole', async () => {
    await receive(
      toMessage(stock, 'a', '{"broken'),
      message(stock, 'a', 2),
      message(stock, 'a', 3),
    );
    isBroken = ({ version }) => version === 2;
    expect(await resendKey(stock, 'a')).toMatchObject({ applied: 1, dropped: 2, left: [] });
    expect(seen).toEqual(['a 3']);
    await receive(message(stock, 'a', 4));
    expect(seen).toEqual(['a 3', 'a 4']);
  });

  it('may begin above version 1, where that is what came first', async () => {
    const key = randomUUID();
    isBroken = () => true;
    await receive(message(orders, key, 7), message(orders, key, 8));
    isBroken = () => false;
    expect(await resendKey(orders, key)).toMatchObject({ applied: 2, left: [] });
  });

  it('that came twice is applied once, also when two send it again at once', async () => {
    isBroken = () => true;
    const twice = message(stock, 'a', 1);
    await receive(twice, twice, message(stock, 'a', 2));
    isBroken = () => false;
    await Promise.all([resendKey(stock, 'a'), resendKey(stock, 'a')]);
    await receive(twice);
    expect(seen).toEqual(['a 1', 'a 2']);
    expect(await dead()).toEqual([]);
  });

  it('does not die again when it is delivered again, and is listed once while it is dead', async () => {
    const broken = JSON.stringify({ ...JSON.parse(message(stock, 'a', 1).value), data: {} });
    const unreadable = toMessage(stock, 'b', '{"broken');
    const [first, second] = [toMessage(stock, 'a', broken), message(stock, 'a', 2)];
    await receive(first, first, second, unreadable, unreadable);
    expect(await dead()).toHaveLength(3);
    expect(await resendKey(stock, 'a')).toMatchObject({ applied: 1, dropped: 1, left: [] });
    await receive(first, second, message(stock, 'a', 3));
    expect(seen).toEqual(['a 2', 'a 3']);
    expect(await dead()).toHaveLength(1);
  });

  it('does not strand an event that arrives while its key is locked', async () => {
    isBroken = () => true;
    await receive(message(stock, 'a', 1));
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    isBroken = () => false;
    const resending = own.database.transaction(async (tx) => {
      await inbox.lockCursors(tx, [{ topic: stock, key: 'a' }]);
      begun.resolve();
      await gate.promise;
      await letters.remove(
        tx,
        (await letters.lockKey(tx, { topic: stock, key: 'a' })).map(({ id }) => id),
      );
      await letters.unpark(tx, { topic: stock, key: 'a' });
      await letters.setVersion(tx, { topic: stock, key: 'a' }, 1);
    });
    await begun.promise;
    const arriving = receive(message(stock, 'a', 2));
    await sleep(300);
    gate.resolve();
    await Promise.all([resending, arriving]);
    expect(seen).toEqual(['a 2']);
    expect(await dead()).toEqual([]);
  });
});
