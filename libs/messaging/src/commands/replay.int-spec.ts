import { randomUUID } from 'node:crypto';
import { type Envelope, events } from '@hemline/contracts';
import { Database } from '@hemline/postgres';
import { createLogger, createMetrics } from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../postgres/test/test-database.ts';
import { type EventContext, EventServer } from '../event-server.ts';
import { PostgresTransport } from '../transports/postgres.transport.ts';
import { GroupRunning } from '../transports/transport.ts';
import { type Replayed, replay } from './replay.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const topic = 'payments.orders';

let own: TestDatabase;
let log: TestDatabase;
let owner: Database;
let transport: PostgresTransport;
let server: EventServer;

beforeEach(async () => {
  [own, log] = await Promise.all([testDatabase('messaging'), testDatabase('events')]);
  owner = new Database({ url: own.ownerUrl, name: 'owner', logger });
  await owner.query({
    text: `create table paid (id uuid primary key, version int not null);
           grant select, insert, update, delete on paid to messaging`,
  });
  transport = new PostgresTransport({ url: log.urlAs('payments'), app: 'payments', logger });
  const metrics = createMetrics('test');
  const { database } = own;
  server = new EventServer({
    app: 'payments',
    database,
    transport,
    topics: [topic],
    logger,
    metrics,
  });
  const handle = ({ subject, version }: Envelope, { tx }: EventContext): Promise<unknown> =>
    tx.query({
      text: `insert into paid values ($1, $2) on conflict (id) do update set version = $2`,
      values: [subject, version],
    });
  server.addHandler(events.orderPaid.type, handle as never, true);
});

afterEach(async () => {
  await transport.close();
  await owner.close();
  await Promise.all([own.close(), log.close()]);
});

const run = (more: Partial<Parameters<typeof replay>[0]> = {}): Promise<Replayed> =>
  replay({
    group: 'payments',
    server,
    database: own.database,
    transport,
    projections: { [topic]: ['paid'] },
    from: 'earliest',
    ...more,
  });

const publish = (keys: readonly string[], version: number): Promise<void> =>
  transport.publish(
    keys.map((key) => {
      const event: Envelope = {
        id: randomUUID(),
        type: events.orderPaid.type,
        source: 'payments',
        subject: key,
        time: new Date().toISOString(),
        version,
        dataschema: `urn:hemline:event:${events.orderPaid.type}`,
        data: {
          orderId: key,
          cartId: key,
          cartVersion: 1,
          total: { amount: '1', currency: 'EUR' },
        },
      };
      return { topic, key, value: JSON.stringify(event) };
    }),
  );

const countPaid = async (): Promise<number> => {
  const { rows } = await own.database.query<{ n: number }>({
    text: 'select count(*)::int as n from paid where version = 2',
  });
  return rows[0]?.n ?? -1;
};

describe('a replay', () => {
  it('applies every event anew, and shows how far it is', async () => {
    const keys = Array.from({ length: 300 }, () => randomUUID());
    await publish(keys, 1);
    await publish(keys, 2);
    const told: [done: number, total: number][] = [];
    const onProgress = (done: number, total: number) => void told.push([done, total]);
    const result = await run({ onProgress });
    expect(result).toMatchObject({ events: 600, isWhole: true, cut: [], deadLetters: 0 });
    expect(told.at(-1)).toEqual([600, 600]);
    expect(await countPaid()).toBe(300);
    await own.database.query({ text: 'delete from paid where true' });
    expect(await run()).toMatchObject({ events: 600 });
    expect(await countPaid()).toBe(300);
  });

  it('says of a topic of which all counts that its beginning is gone', async () => {
    const keys = Array.from({ length: 40 }, () => randomUUID());
    await publish(keys, 1);
    const admin = new Database({ url: log.ownerUrl, name: 'admin', logger });
    await admin.query({ text: `update event_log set written_at = now() - interval '3651 days'` });
    await admin.close();
    expect(await transport.sweep()).toBe(40);
    await publish(keys, 2);
    expect(await run()).toMatchObject({ events: 40, cut: [topic] });
    expect(await countPaid()).toBe(40);
  });

  it('of a group that runs is refused before anything is emptied', async () => {
    await publish([randomUUID()], 2);
    await run();
    server.listen(() => {});
    const started = Date.now();
    while ((await transport.members('payments')) === 0 && Date.now() - started < 10_000);
    await expect(run()).rejects.toBeInstanceOf(GroupRunning);
    expect(await countPaid()).toBe(1);
    await server.close();
  });

  it('that is stopped says so, and goes on from where it was when the service starts', async () => {
    await publish([randomUUID()], 2);
    const stopping = new AbortController();
    stopping.abort();
    const result = await run({ signal: stopping.signal });
    expect(result.isWhole).toBe(false);
    server.listen(() => {});
    const started = Date.now();
    while ((await countPaid()) === 0 && Date.now() - started < 10_000);
    expect(await countPaid()).toBe(1);
    await server.close();
  });
});
