import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { reset } from '../src/folder/reset.ts';
import { makeDummyPlatform, type DummyPlatform, type Run } from './dummy-platform.ts';

jest.setTimeout(60_000);

describe('forgetting the data', () => {
  let platform: DummyPlatform;
  let run: Run;

  beforeAll(async () => {
    platform = await makeDummyPlatform();
    run = platform.start('--empty');
    await run.until('The shop is open');
  });

  afterAll(() => platform.remove());

  it('is refused while the shop is open', async () => {
    await expect(reset(platform.dataDir)).rejects.toThrow(
      `A shop runs from ${platform.dataDir} (process ${run.child.pid}); stop it first.`,
    );
  });

  it('leaves nothing, wherever it was, and a new start makes new secrets', async () => {
    const place = await realpath(join(platform.dataDir, 'postgres'));
    const secrets = await readFile(join(platform.dataDir, 'secrets.json'), 'utf8');
    run.child.kill('SIGTERM');
    await run.exit;
    expect(await reset(platform.dataDir)).toBe(true);
    expect([existsSync(place), existsSync(platform.dataDir)]).toEqual([false, false]);
    expect(await reset(platform.dataDir)).toBe(false);
    run = platform.start('--empty');
    await run.until('The shop is open');
    expect(await readFile(join(platform.dataDir, 'secrets.json'), 'utf8')).not.toBe(secrets);
  });

  it('is what a start asks for when the secrets are not those of the data', async () => {
    run.child.kill('SIGTERM');
    await run.exit;
    const file = join(platform.dataDir, 'secrets.json');
    const secrets = await readFile(file, 'utf8');
    await rm(file);
    run = platform.start('--empty');
    expect(await run.exit).toBe(1);
    expect(run.output()).toMatch(/^PostgreSQL does not take the password in secrets.json.*reset/);
    await writeFile(file, secrets);
    run = platform.start('--empty');
    await run.until('The shop is open');
  });

  it('does not touch a folder that is not ours', async () => {
    const folder = join(platform.home, 'precious');
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.txt'), 'x');
    await expect(reset(folder)).rejects.toThrow(/is not a data folder of Hemline; nothing was/);
    expect(existsSync(join(folder, 'thesis.txt'))).toBe(true);
  });
});
