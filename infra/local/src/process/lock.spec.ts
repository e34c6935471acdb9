import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from './identity.ts';
import { acquireLock, findHolder } from './lock.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hemline-lock-'));
  file = join(folder, 'lock.json');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the lock of a data folder', () => {
  it('refuses a second holder, naming the first one’s process', async () => {
    await acquireLock(file, folder);
    await expect(acquireLock(file, folder)).rejects.toThrow(
      `The data folder ${folder} is in use by process ${process.pid}`,
    );
  });

  it('can be taken again once released, and leaves nothing behind', async () => {
    const lock = await acquireLock(file, folder);
    await lock.release();
    const again = await acquireLock(file, folder);
    await again.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over from a process that is gone', async () => {
    await writeFile(file, JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'long ago' }));
    await acquireLock(file, folder);
    expect(await findHolder(file)).toEqual(await identify(process.pid));
  });

  it('is taken over when its process number belongs to somebody else by now', async () => {
    await writeFile(file, JSON.stringify({ pid: process.ppid, startedAt: 'another life' }));
    await acquireLock(file, folder);
    expect((await findHolder(file))?.pid).toBe(process.pid);
  });

  it('is taken over when a crash left half a file', async () => {
    await writeFile(file, '{"pid": 12');
    await acquireLock(file, folder);
    expect((await findHolder(file))?.pid).toBe(process.pid);
  });

  it('goes to one of many that come at once', async () => {
    await writeFile(file, JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'long ago' }));
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => acquireLock(file, folder)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
