import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findAccount } from '../src/postgres/account.ts';
import { withClient } from '../src/postgres/provision.ts';
import { startPostgres, type PostgresServer } from '../src/postgres/server.ts';
import { inspectProcess } from '../src/process/identity.ts';
import { findFreePort } from '../src/process/ports.ts';
import { eventually } from './dummy-platform.ts';

jest.setTimeout(60_000);

let folder: string;
let port: number;
let server: PostgresServer;

const start = () => startPostgres({ dataDir: join(folder, 'data'), port, password: 'secret' });

const ask = (text: string) =>
  withClient(server.url, async (client) => {
    client.on('error', () => {});
    return (await client.query<{ answer: string }>(text)).rows[0]?.answer;
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hemline-postgres-'));
  const account = await findAccount();
  if (account) await chown(folder, account.uid, account.gid);
  port = await findFreePort();
  server = await start();
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('keeps its data from one start to the next, and writes to disk at each commit', async () => {
    await ask('create table kept as select 7 as n');
    await server.stop();
    server = await start();
    expect(await ask('select n::text as answer from kept')).toBe('7');
    expect(await ask("select current_setting('fsync') as answer")).toBe('on');
    expect(await ask("select current_setting('synchronous_commit') as answer")).toBe('on');
  });

  it('ends sessions rather than waiting for them when it is stopped', async () => {
    const pid = server.pid() ?? 0;
    const sleeper = ask('select pg_sleep(60)::text as answer');
    sleeper.catch(() => {});
    await server.stop();
    await expect(sleeper).rejects.toThrow();
    expect(await inspectProcess(pid)).toBeUndefined();
  });

  it('comes back with what was committed after its main process is killed', async () => {
    await ask('create table kept as select 7 as n');
    // A session in the middle of something holds the dead server's shared memory.
    const sleeper = ask('select pg_sleep(60)::text as answer');
    sleeper.catch(() => {});
    const first = server.pid() ?? 0;
    process.kill(first, 'SIGKILL');
    await eventually(async () => expect(await ask('select n::text as answer from kept')).toBe('7'));
    expect(server.pid()).not.toBe(first);
    await expect(sleeper).rejects.toThrow();
  });

  it('starts despite a pid file whose number belongs to another process', async () => {
    await ask('create table kept as select 7 as n');
    await server.stop();
    const stale = [process.pid, join(folder, 'data'), '1700000000', port, '', '127.0.0.1', '', ''];
    const file = join(folder, 'data', 'postmaster.pid');
    await writeFile(file, stale.join('\n'));
    const account = await findAccount();
    if (account) await chown(file, account.uid, account.gid);
    server = await start();
    expect(await ask('select n::text as answer from kept')).toBe('7');
    expect(await readFile(file, 'utf8')).toContain(String(server.pid()));
  });

  it('says in a sentence what keeps it from starting', async () => {
    const second = startPostgres({ dataDir: join(folder, 'second'), port });
    await expect(second).rejects.toThrow(/^PostgreSQL does not start \(FATAL: .*\); its log is /);
  });
});
