import { Database } from '@hemline/postgres';
import { createLogger } from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../postgres/test/eventually.ts';
import { type TestDatabase, testDatabase } from '../../../postgres/test/test-database.ts';
import { forgetKilled } from './postgres.groups.ts';
import { PostgresTransport } from './postgres.transport.ts';
import { GroupRunning, type Position, TopicMismatch } from './transport.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const topic = 'payments.stock';
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

const publish = (...values: readonly string[]): Promise<void> =>
  transport.publish(values.map((value) => ({ topic, key: 'a', value })));

/** Reads with a group of one member until `n` messages have come. */
const read = async (n: number, from?: 'latest'): Promise<string[]> => {
  const seen: string[] = [];
  const subscription = transport.subscribe({
    group: 'payments',
    topics: [topic],
    maxBatch: 10,
    onBatch: async (batch) => void seen.push(...batch.map(({ value }) => value)),
    ...(from && { from }),
  });
  await eventually(() => expect(seen).toHaveLength(n));
  await eventually(() => subscription.ping());
  await subscription.close();
  return seen;
};

describe('a group of the postgres log', () => {
  it('is moved to the beginning, to a time and to the end', async () => {
    await publish('1', '2');
    expect(await read(2)).toEqual(['1', '2']);
    const between = new Date();
    await publish('3');
    const after = async (to: Position): Promise<number> => {
      await transport.seek('payments', [topic], to);
      return (await transport.lag('payments'))[topic] ?? -1;
    };
    expect(await after('latest')).toBe(0);
    expect(await after(between)).toBe(1);
    expect(await after('earliest')).toBe(3);
    expect(await read(3)).toEqual(['1', '2', '3']);
  });

  it('may have a member that reads some of its topics, and then nothing of the others', async () => {
    const other = 'payments.orders';
    await transport.seek('payments', [topic, other], 'earliest');
    await transport.publish(
      Array.from({ length: 30 }, (_, i) => i).flatMap((i) =>
        [topic, other].map((name) => ({ topic: name, key: `key-${i}`, value: name })),
      ),
    );
    expect(new Set(await read(30))).toEqual(new Set([topic]));
    expect(await transport.lag('payments')).toEqual({ [topic]: 0, [other]: 30 });
  });

  it('is not moved while a member of it lives', async () => {
    const subscription = transport.subscribe({
      group: 'payments',
      topics: [topic],
      maxBatch: 10,
      onBatch: async () => {},
    });
    await eventually(async () => expect(await transport.members('payments')).toBe(1));
    await expect(transport.seek('payments', [topic], 'earliest')).rejects.toThrow(GroupRunning);
    await subscription.close();
    expect(await transport.members('payments')).toBe(0);
    await transport.seek('payments', [topic], 'earliest');
  });

  it('may begin at the end, and begins anew once it is forgotten', async () => {
    await publish('1');
    expect(await read(0, 'latest')).toEqual([]);
    await publish('2');
    expect(await read(1)).toEqual(['2']);
    await transport.forget('payments');
    expect(await read(2)).toEqual(['1', '2']);
  });
});

describe('a group whose only member was killed', () => {
  it('is forgotten after a day if its name is its own; one that was sought and not read, and the app’s, stay', async () => {
    const owner = new Database({ url: log.ownerUrl, name: 'owner', logger });
    const names = [
      'payments.tail-1',
      'payments.tail-2',
      'payments.sought',
      'payments',
      'cart.tail-1',
    ];
    for (const name of names)
      await owner.query({
        text: `insert into group_partitions (group_name, topic, partition) values ($1, $2, 0)`,
        values: [name, topic],
      });
    const days = { 'payments.tail-1': 1.1, 'payments.tail-2': 0.9, payments: 9, 'cart.tail-1': 9 };
    for (const [name, ago] of Object.entries(days))
      await owner.query({
        text: `insert into group_members (group_name, member_id, backend_pid, seen_at)
               values ($1, gen_random_uuid(), 1, now() - make_interval(hours => $2))`,
        values: [name, Math.round(24 * ago)],
      });
    const database = new Database({ url: log.urlAs('payments'), name: 'payments', logger });
    await forgetKilled(database, 'payments');
    await database.close();
    const { rows } = await owner.query<{ name: string }>({
      text: `select group_name as name from group_members
             union select group_name from group_partitions order by 1`,
    });
    await owner.close();
    const left = names.filter((name) => name !== 'payments.tail-1');
    expect(rows.map(({ name }) => name)).toEqual(left.toSorted());
  });
});

describe('a topic of the postgres log', () => {
  it('that has other partitions than are declared takes nothing and loses nothing', async () => {
    const owner = new Database({ url: log.ownerUrl, name: 'owner', logger });
    await owner.query({
      text: `insert into log_topics (topic, partitions) values ('${topic}', 4)`,
    });
    await expect(publish('1')).rejects.toThrow(TopicMismatch);
    await expect(transport.ping()).rejects.toThrow(/payments.stock has 4 partitions .* 8/);
    await owner.query({ text: 'delete from log_topics' });
    await owner.close();
    await publish('1');
    expect(await read(1)).toEqual(['1']);
  });
});
