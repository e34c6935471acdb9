import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../test/eventually.ts';
import { type TestDatabase, testDatabase } from '../test/test-database.ts';
import { Database } from './database.ts';
import { CommitUnknown, DatabaseBusy, isConnectionLost } from './errors.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const opened: Database[] = [];
let test: TestDatabase;

const open = (options: Partial<ConstructorParameters<typeof Database>[0]> = {}): Database => {
  const database = new Database({ url: test.url, name: 'test', logger, ...options });
  opened.push(database);
  return database;
};

const asOwner = (): Database => open({ url: test.ownerUrl });

beforeEach(async () => {
  test = await testDatabase('messaging');
  await asOwner().query({
    text: `create table counters (id text primary key, n bigint not null);
           insert into counters values ('a', 0), ('b', 0);
           grant select, insert, update on counters to messaging`,
  });
});

afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
  await test.close();
});

const add = (id: string) => ({ text: 'update counters set n = n + 1 where id = $1', values: [id] });

const read = async (id: string): Promise<bigint | undefined> => {
  const { rows } = await test.database.query<{ n: bigint }>({
    text: 'select n from counters where id = $1',
    values: [id],
  });
  return rows[0]?.n;
};

describe('a transaction', () => {
  it('is all or nothing, and runs its hooks only once it is durable', async () => {
    const seen: string[] = [];
    const failing = test.database.transaction(async (tx) => {
      tx.afterCommit(() => seen.push('failed'));
      await tx.query(add('a'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await test.database.transaction(async (tx) => {
      tx.afterCommit(() => seen.push('done'));
      await tx.query(add('a'));
      expect(seen).toEqual([]);
    });
    expect([await read('a'), seen]).toEqual([1n, ['done']]);
  });

  it('that two deadlock in is done again by the one that lost', async () => {
    const both = async (first: string, second: string): Promise<void> =>
      test.database.transaction(async (tx) => {
        await tx.query(add(first));
        await sleep(50);
        await tx.query(add(second));
      });
    await Promise.all([both('a', 'b'), both('b', 'a')]);
    expect([await read('a'), await read('b')]).toEqual([2n, 2n]);
  });

  it('whose COMMIT lost its answer says so, or repeats its work where that is harmless', async () => {
    const cutDuringCommit = async (onUnknownCommit: 'repeat' | 'throw'): Promise<void> => {
      let isFirst = true;
      await test.database.transaction(
        async (tx) => {
          await tx.query({
            text: "insert into counters values ('once', 1) on conflict do nothing",
          });
          if (!isFirst) return;
          isFirst = false;
          const { rows } = await tx.query<{ pid: number }>({
            text: 'select pg_backend_pid() as pid',
          });
          await asOwnerOfAll(`select pg_terminate_backend(${rows[0]?.pid})`);
        },
        { onUnknownCommit },
      );
    };
    await expect(cutDuringCommit('throw')).rejects.toBeInstanceOf(CommitUnknown);
    await cutDuringCommit('repeat');
    expect(await read('once')).toBe(1n);
  });
});

const asOwnerOfAll = async (text: string): Promise<void> => {
  await open({ url: process.env['TEST_DATABASE_URL'] ?? '' }).query({ text });
};

describe('a database', () => {
  it('says that it is busy when no connection comes free, instead of waiting for ever', async () => {
    const database = open({ max: 1 });
    const gate = Promise.withResolvers<void>();
    const holding = database.transaction(() => gate.promise);
    await expect(database.query({ text: 'select 1' })).rejects.toBeInstanceOf(DatabaseBusy);
    gate.resolve();
    await holding;
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('recovers by itself when every connection of it is cut', async () => {
    const database = open({ name: 'cut me' });
    await Promise.all([1, 2, 3].map(() => database.ping()));
    await asOwnerOfAll(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cut me'",
    );
    for (let i = 0; i < 20; i += 1) {
      await database.ping().catch((error: unknown) => expect(isConnectionLost(error)).toBe(true));
    }
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('tells the log why a connection was lost, and nothing of what it knew', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const database = open({
      name: 'log me',
      logger: createLogger({ service: 'test', level: 'info', destination }),
    });
    await database.query({ name: 'test.told', text: "select 'kept to itself'" });
    await asOwnerOfAll(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'log me'",
    );
    await eventually(() => expect(lines.join()).toContain('an idle connection was lost'));
    expect(lines.join()).toContain('57P01');
    expect(lines.join()).not.toMatch(/secretKey|kept to itself/);
  });

  it('ends a statement that takes too long', async () => {
    const database = open({ statementTimeoutMs: 50 });
    await expect(database.query({ text: 'select pg_sleep(5)' })).rejects.toThrow(
      /statement timeout/,
    );
  });

  it('reads bigint as BigInt, beyond what a double holds', async () => {
    const { rows } = await test.database.query<{ n: bigint }>({
      text: 'select 9007199254740993::bigint as n',
    });
    expect(rows[0]?.n).toBe(9007199254740993n);
  });

  it('lets an app’s role change rows, and no tables', async () => {
    await expect(test.database.query({ text: 'create table mine (id int)' })).rejects.toThrow(
      /permission denied/,
    );
    await expect(test.database.query({ text: 'drop table counters' })).rejects.toThrow(
      /must be owner/,
    );
  });

  it('lets no other app’s role in', async () => {
    const stranger = open({ url: test.urlAs('catalog') });
    await expect(stranger.ping()).rejects.toThrow(/permission denied for database/);
  });
});
