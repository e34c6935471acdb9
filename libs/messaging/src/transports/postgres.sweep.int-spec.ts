import { Database } from '@hemline/postgres';
import { createLogger } from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../postgres/test/eventually.ts';
import { type TestDatabase, testDatabase } from '../../../postgres/test/test-database.ts';
import { stockMessage } from '../../test/stock.ts';
import { PostgresTransport } from './postgres.transport.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
let log: TestDatabase;
let transport: PostgresTransport;

beforeEach(async () => {
  log = await testDatabase('events');
  transport = new PostgresTransport({ url: log.urlAs('payments'), app: 'payments', logger });
});

afterEach(async () => {
  await transport.close();
  await log.close();
});

const keys = Array.from({ length: 40 }, (_, i) => `key-${i}`);

const publish = (topic: string, values: readonly string[]): Promise<void> =>
  transport.publish(
    keys.flatMap((key) => values.map((value) => ({ topic, key, value: `${key} ${value}` }))),
  );

/** As if all that is in the log had been there for so long. */
const age = async (days: number): Promise<void> => {
  const owner = new Database({ url: log.ownerUrl, name: 'owner', logger });
  await owner.query({
    text: 'update event_log set written_at = written_at - make_interval(days => $1)',
    values: [days],
  });
  await owner.close();
};

/** What a group that never read before finds. */
const readAll = async (topic: string, n: number): Promise<string[]> => {
  const seen: string[] = [];
  const subscription = transport.subscribe({
    group: 'payments.new',
    topics: [topic],
    maxBatch: 50,
    onBatch: async (batch) => void seen.push(...batch.map(({ value }) => value)),
  });
  await eventually(() => expect(seen).toHaveLength(n), 10_000);
  await subscription.close();
  return seen.toSorted();
};

describe('the sweep of the postgres log', () => {
  it('leaves the last event of each key, however old, and a new group finds every key', async () => {
    const topic = 'payments.stock';
    await publish(topic, ['1', '2', '3']);
    expect(await transport.sweep()).toBe(0);
    await age(31);
    expect(await transport.sweep()).toBe(80);
    expect(await transport.sweep()).toBe(0);
    expect(await readAll(topic, 40)).toEqual(keys.map((key) => `${key} 3`).toSorted());
  });

  it('leaves young events before the last, and takes the old one once another has come', async () => {
    const topic = 'payments.stock';
    await publish(topic, ['1']);
    await age(31);
    expect(await transport.sweep()).toBe(0);
    await publish(topic, ['2', '3']);
    expect(await transport.sweep()).toBe(40);
    const left = keys.flatMap((key) => [`${key} 2`, `${key} 3`]);
    expect(await readAll(topic, 80)).toEqual(left.toSorted());
  });

  it('takes every old event of a topic that keeps them for a time', async () => {
    const topic = 'payments.orders';
    await publish(topic, ['1']);
    await age(3651);
    await publish(topic, ['2']);
    expect(await transport.sweep()).toBe(40);
    expect(await readAll(topic, 40)).toEqual(keys.map((key) => `${key} 2`).toSorted());
  });

  it('leaves the highest version of a key, also where an older one was told once more after it', async () => {
    const topic = 'payments.stock';
    const values = [1, 3, 2].map((version) => stockMessage('shirt-m', version).value);
    await transport.publish(values.map((value) => ({ topic, key: 'shirt-m', value })));
    await age(31);
    expect(await transport.sweep()).toBe(2);
    expect(await readAll(topic, 1)).toEqual([values[1]]);
  });

  it('leaves an old event whose key was told only older ones since', async () => {
    const [older, newer] = [stockMessage('shirt-m', 1), stockMessage('shirt-m', 2)];
    await transport.publish([newer]);
    await age(31);
    await transport.publish([older]);
    expect(await transport.sweep()).toBe(0);
    await age(31);
    expect(await transport.sweep()).toBe(1);
    expect(await readAll(newer.topic, 1)).toEqual([newer.value]);
  });

  it.each([
    ['is no JSON', '{"version":'],
    ['is JSON that PostgreSQL does not take', '{"version": 9, "id": "\\u0000"}'],
    ['is nested deeper than PostgreSQL reads', '['.repeat(100_000)],
    ['has a version that is none', '{"version": "9e9"}'],
    ['has a version that no integer holds', '{"version": 99999999999}'],
    ['is no object', '[9]'],
  ])('goes on at an event that %s, and takes it for older than any other', async (_what, bad) => {
    const event = stockMessage('shirt-m', 1);
    await transport.publish([event, { ...event, value: bad }]);
    await age(31);
    expect(await transport.sweep()).toBe(1);
    expect(await readAll(event.topic, 1)).toEqual([event.value]);
  });
});
