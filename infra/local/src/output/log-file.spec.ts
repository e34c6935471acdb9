import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogFile } from './log-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hemline-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a log file', () => {
  const open = (faults: string[] = []) =>
    new LogFile(join(folder, 'a.jsonl'), (error) => faults.push(error.message));

  it('has every line in order once it is closed, however short that is after them', async () => {
    const file = open();
    for (let i = 0; i < 1000; i += 1) file.write(`line ${i}`);
    await file.close();
    const lines = (await readFile(file.path, 'utf8')).trimEnd().split('\n');
    expect(lines).toEqual(Array.from({ length: 1000 }, (_, i) => `line ${i}`));
  });

  it('shows a line soon after it came, to somebody who follows it', async () => {
    const file = open();
    file.write('first');
    await sleep(400);
    expect(await readFile(file.path, 'utf8')).toBe('first\n');
    await file.close();
  });

  it('tells once that it cannot be written, and takes no line amiss', async () => {
    const faults: string[] = [];
    const file = new LogFile(join(folder, 'missing/a.jsonl'), (error) =>
      faults.push(error.message),
    );
    for (let i = 0; i < 3; i += 1) {
      file.write('lost');
      await sleep(150);
    }
    expect(faults).toHaveLength(1);
  });
});
