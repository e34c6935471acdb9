import { setTimeout as sleep } from 'node:timers/promises';
import { events, topics } from '@hemline/contracts';
import { Database } from '@hemline/postgres';
import { createLogger, createMetrics } from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../postgres/test/eventually.ts';
import { type TestDatabase, testDatabase } from '../../postgres/test/test-database.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { Outbox } from './outbox.ts';
import { SharedWatermarks } from './shared-watermarks.ts';
import { PostgresTransport } from './transports/postgres.transport.ts';
import type { ReceivedMessage, Subscription } from './transports/transport.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const topic = events.stockChanged.topic;
const stops: (() => Promise<void>)[] = [];
let app: TestDatabase;
let log: TestDatabase;
let outbox: Outbox;

const newTransport = (): PostgresTransport => {
  const transport = new PostgresTransport({ url: log.urlAs('payments'), app: 'payments', logger });
  stops.push(() => transport.close());
  return transport;
};

const startRelay = (): OutboxRelay => {
  const metrics = createMetrics('test');
  const transport = newTransport();
  const databaseUrl = app.url;
  const relay = new OutboxRelay({
    app: 'payments',
    databaseUrl,
    outbox,
    transport,
    logger,
    metrics,
  });
  relay.start();
  stops.unshift(() => relay.stop());
  return relay;
};

type OnBatch = (batch: readonly ReceivedMessage[]) => Promise<void>;

const subscribe = (onBatch: OnBatch): Subscription => {
  const options = { group: 'payments', topics: [topic], maxBatch: 20, onBatch };
  const subscription = newTransport().subscribe(options);
  stops.unshift(() => subscription.close());
  return subscription;
};

/** Commits a fact, and answers with a moment after that, by the database's clock. */
const tell = async (subject: string, hold: Promise<void> = Promise.resolve()): Promise<Date> => {
  const data = { sku: subject, onHand: 1, held: 0, allocated: 0, available: 1 };
  await app.database.transaction(async (tx) => {
    await outbox.append(tx, { definition: events.stockChanged, subject, version: 1, data });
    await hold;
  });
  return databaseTime();
};

const databaseTime = async (): Promise<Date> => {
  const { rows } = await app.database.query<{ now: Date }>({
    text: `select clock_timestamp() + interval '1 millisecond' as now`,
  });
  return rows[0]?.now ?? new Date(0);
};

type Knowing = Pick<Subscription, 'watermark'>;

/** What an instance with this member answers for the whole app. */
const share = (subscription: Subscription): Knowing => {
  const { database } = app;
  const shared = new SharedWatermarks({ topics: [topic], subscription, database, logger });
  stops.unshift(() => shared.close());
  return { watermark: (of) => shared.of(of) };
};

const reaches = (subscription: Knowing, moment: Date): Promise<void> =>
  eventually(
    () => expect(subscription.watermark(topic)?.getTime()).toBeGreaterThan(moment.getTime()),
    15_000,
  );

beforeEach(async () => {
  [app, log] = await Promise.all([testDatabase('messaging'), testDatabase('events')]);
  outbox = new Outbox();
}, 30_000);

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await Promise.all([app.close(), log.close()]);
}, 30_000);

describe('what a reader says of its currency', () => {
  it('goes on by itself where nothing happens, and stops with the relay', async () => {
    const subscription = subscribe(async () => {});
    expect(subscription.watermark(topic)).toBeUndefined();
    const relay = startRelay();
    await reaches(subscription, await databaseTime());
    await reaches(subscription, await databaseTime());
    await relay.stop();
    const stopped = subscription.watermark(topic);
    await tell('a');
    await sleep(1500);
    expect(subscription.watermark(topic)).toEqual(stopped);
    startRelay();
    await reaches(subscription, await databaseTime());
  }, 30_000);

  it('is never more than was handled: each fact committed before it is there', async () => {
    const handledAt = new Map<string, number>();
    const committedBy = new Map<string, number>();
    let isFailing = false;
    const subscription = subscribe(async (batch) => {
      if (isFailing) throw new Error('not now');
      await sleep(5);
      for (const { key } of batch) handledAt.set(key, Date.now());
    });
    startRelay();
    startRelay();
    const faults: string[] = [];
    const check = (): void => {
      const claim = subscription.watermark(topic)?.getTime() ?? 0;
      for (const [key, moment] of committedBy)
        if (moment < claim && !handledAt.has(key)) faults.push(key);
    };
    const watching = setInterval(check, 2);
    const writer = async (name: string): Promise<void> => {
      for (let i = 0; i < 60; i += 1) {
        const key = `${name}-${i}`;
        const hold = i % 10 === 0 ? sleep(300) : Promise.resolve();
        committedBy.set(key, (await tell(key, hold)).getTime());
      }
    };
    const writing = Promise.all(['a', 'b', 'c', 'd'].map(writer));
    await sleep(400);
    isFailing = true;
    await sleep(400);
    isFailing = false;
    await endSessions();
    await writing;
    await reaches(subscription, await databaseTime());
    clearInterval(watching);
    check();
    expect(faults).toEqual([]);
    expect(handledAt.size).toBe(240);
  }, 60_000);

  it('does not go past a batch in hand, nor past a transaction that it cannot see', async () => {
    const gate = Promise.withResolvers<void>();
    const seen: string[] = [];
    const subscription = subscribe(async (batch) => {
      if (batch.some(({ key }) => key === 'held')) await gate.promise;
      seen.push(...batch.map(({ key }) => key));
    });
    startRelay();
    await reaches(subscription, await databaseTime());
    const slow = Promise.withResolvers<void>();
    const slowly = tell('slow', slow.promise);
    await reaches(subscription, await databaseTime());
    expect(seen).not.toContain('slow');
    slow.resolve();
    await reaches(subscription, await slowly);
    expect(seen).toContain('slow');
    const held = await tell('held');
    await sleep(1500);
    expect(subscription.watermark(topic)?.getTime()).toBeLessThan(held.getTime());
    gate.resolve();
    await reaches(subscription, held);
    expect(seen).toContain('held');
  }, 30_000);

  it('stands still while it is paused and something waits', async () => {
    const subscription = subscribe(async () => {});
    startRelay();
    await reaches(subscription, await databaseTime());
    subscription.pause();
    const moment = await tell('a');
    await sleep(1500);
    expect(subscription.watermark(topic)?.getTime()).toBeLessThan(moment.getTime());
    subscription.resume();
    await reaches(subscription, moment);
  }, 30_000);

  it('speaks of its own partitions where a group has several members, and the app of all', async () => {
    const gate = Promise.withResolvers<void>();
    const seen = new Set<string>();
    const [slow, quick] = [
      subscribe(() => gate.promise),
      subscribe(async (batch) => batch.forEach(({ key }) => seen.add(key))),
    ] as const;
    startRelay();
    await reaches(slow, await databaseTime());
    await reaches(quick, await databaseTime());
    const [ofSlow, ofQuick] = [share(slow), share(quick)] as const;
    await sleep(4500);
    const shared = [slow, quick].map((each) => each.held(topic).size);
    expect(shared[0]).toBeGreaterThan(0);
    expect((shared[0] ?? 0) + (shared[1] ?? 0)).toBe(topics['payments.stock'].partitions);
    const before = await databaseTime();
    await reaches(ofSlow, before);
    await reaches(ofQuick, before);
    const skus = Array.from({ length: 40 }, (_, i) => `sku-${i}`);
    await Promise.all(skus.map((sku) => tell(sku)));
    const moment = await databaseTime();
    await reaches(quick, moment);
    expect(seen.size).toBeGreaterThan(5);
    expect(seen.size).toBeLessThan(35);
    await sleep(1000);
    for (const each of [slow, ofSlow, ofQuick])
      expect(each.watermark(topic)?.getTime()).toBeLessThan(moment.getTime());
    gate.resolve();
    for (const each of [slow, ofSlow, ofQuick]) await reaches(each, moment);
  }, 40_000);
});

/** Every connection of the reader and the relays is lost. */
const endSessions = async (): Promise<void> => {
  const url = process.env['TEST_DATABASE_URL'] ?? '';
  const admin = new Database({ url, name: 'admin', logger });
  await admin.query({
    text: `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name in ('payments relay', 'payments listener', 'payments events')
             and datname = any ($1)`,
    values: [[app.url, log.url].map((each) => new URL(each).pathname.slice(1))],
  });
  await admin.close();
};
