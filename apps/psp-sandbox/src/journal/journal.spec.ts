import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal } from './journal.ts';
import type { JournalRecord } from './record.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'psp-journal-'));
  path = join(folder, 'new', 'journal.ndjson');
});
afterEach(() => rm(folder, { recursive: true }));

const pruned = (before: number): JournalRecord => ({ type: 'pruned', before });
const reopen = async (): Promise<{ journal: Journal; records: JournalRecord[] }> => {
  const records: JournalRecord[] = [];
  const journal = await Journal.open(path, (record) => records.push(record));
  return { journal, records };
};

describe('the journal', () => {
  it('gives back what was appended, in order, and each record by its place', async () => {
    const { journal } = await reopen();
    const places = [1, 2, 3].map((n) => journal.append(pruned(n)));
    await Promise.all(places.map(({ durable }) => durable));
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4);
    for (const [i, { position }] of places.entries())
      expect(await journal.read(position)).toEqual(pruned(i + 1));
    await journal.close();
    const again = await reopen();
    expect(again.records).toEqual([1, 2, 3].map(pruned));
    await again.journal.close();
  });

  it('says that it is settled only when everything before is in the file', async () => {
    const { journal } = await reopen();
    for (let n = 1; n <= 50; n += 1) journal.append(pruned(n));
    journal.appendLater(pruned(51));
    await journal.settled();
    expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(51);
    await journal.close();
  });

  it('settles, too, when all that is left is what nobody waited for', async () => {
    const { journal } = await reopen();
    journal.appendLater(pruned(1));
    await journal.settled();
    expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(1);
    await journal.close();
  });

  it('overlooks nothing that is appended in the very moment in which a batch is done', async () => {
    const { journal } = await reopen();
    for (let n = 1; n <= 20; n += 1)
      await journal.append(pruned(n)).durable.then(() => journal.append(pruned(n)).durable);
    await journal.append(pruned(0)).durable.then(() => journal.appendLater(pruned(0)));
    await journal.close();
    expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(42);
  });

  it('writes at the latest when it is closed what nobody waited for', async () => {
    const { journal } = await reopen();
    journal.appendLater(pruned(7));
    await journal.close();
    const again = await reopen();
    expect(again.records).toEqual([pruned(7)]);
    await again.journal.close();
  });

  it.each(['{"type":"pruned","bef', '{"type":"pruned","before":2}', '\u0000\u0000\n'])(
    'cuts off a last line torn by a crash (%j), and goes on behind the last whole one',
    async (tail) => {
      const first = await reopen();
      await first.journal.append(pruned(1)).durable;
      await first.journal.close();
      const { size } = await stat(path);
      await appendFile(path, tail);
      const second = await reopen();
      expect(second.records).toEqual([pruned(1)]);
      expect(second.journal.torn).toBe(tail.length);
      expect((await stat(path)).size).toBe(size);
      await second.journal.append(pruned(3)).durable;
      await second.journal.close();
      const third = await reopen();
      expect(third.records).toEqual([pruned(1), pruned(3)]);
      await third.journal.close();
    },
  );

  it('refuses a file that is damaged in the middle, and leaves it as it is', async () => {
    const first = await reopen();
    await first.journal.close();
    const damaged = '{"type":"pruned","before":1}\nrubbish\n{"type":"pruned","before":2}\n';
    await writeFile(path, damaged);
    await expect(reopen()).rejects.toThrow(/damaged at byte 29.*JOURNAL_PATH/);
    expect(await readFile(path, 'utf8')).toBe(damaged);
  });

  it('takes nothing more once a write has failed', async () => {
    const { journal } = await reopen();
    await journal.append(pruned(1)).durable;
    // The file is closed behind the journal's back, as if the disk were gone.
    await (journal as unknown as { file: { close(): Promise<void> } }).file.close();
    await expect(journal.append(pruned(2)).durable).rejects.toThrow();
    expect(() => journal.append(pruned(3))).toThrow(/cannot be written/);
    expect(() => journal.check()).toThrow(/cannot be written/);
  });
});
