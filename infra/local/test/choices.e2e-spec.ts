import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { inspectProcess } from '../src/process/identity.ts';
import { databases } from '../src/topology.ts';
import { eventually, makeDummyPlatform, writeCode, type DummyPlatform } from './dummy-platform.ts';

jest.setTimeout(60_000);

let platform: DummyPlatform;

beforeEach(async () => {
  platform = await makeDummyPlatform();
});

afterEach(() => platform.remove());

describe('databases of one’s own', () => {
  const url = (name: string) => `postgres://${name}:secret@db.example/${name}`;
  const given = Object.fromEntries(
    databases.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, url(name)]),
  );

  it('are used instead of an embedded PostgreSQL, which is not started', async () => {
    const run = platform.startWith(given, '--empty');
    await run.until('The shop is open');
    const state = await platform.readState();
    expect(state.postgres).toBeUndefined();
    const env: unknown = await (await fetch(`${state.services.payments.url}/env`)).json();
    expect(env).toMatchObject({
      DATABASE_URL: url('payments'),
      EVENTS_DATABASE_URL: url('events'),
    });
    expect(env).not.toHaveProperty('CATALOG_DATABASE_URL');
  });

  it('are all five or none, and the missing ones are named', async () => {
    const run = platform.startWith({ ...given, CART_DATABASE_URL: '' }, '--empty');
    expect(await run.exit).toBe(1);
    expect(run.output()).toBe(
      'Databases are given by the environment, but not all: CART_DATABASE_URL is missing.\n',
    );
  });
});

describe('demo goods', () => {
  const marker = async () =>
    JSON.parse(await readFile(join(platform.dataDir, 'demo.json'), 'utf8')) as { goods: string };

  it('are gone on with after a start that was interrupted', async () => {
    const first = platform.start();
    await first.until(/demo goods +\| pictures 1\/\d+/);
    expect(await marker()).toMatchObject({ goods: 'begun' });
    first.child.kill('SIGKILL');
    await first.exit;
    const second = platform.start();
    await second.until(/demo goods +\| pictures/);
    second.child.kill('SIGTERM');
    expect(await second.exit).toBe(0);
    expect(await marker()).toMatchObject({ goods: 'begun' });
  });

  it('are not brought into a shop that has goods of its own', async () => {
    const catalog = await readFile(join(platform.home, 'apps/catalog/dist/main.js'), 'utf8');
    const stocked = catalog.replace("answer.end('{}')", `answer.end('{"total":3}')`);
    await writeCode(platform.home, 'apps/catalog/dist/main.js', stocked);
    const run = platform.start();
    await run.until('The shop is open');
    expect(run.output()).not.toContain('demo goods');
    await expect(marker()).rejects.toThrow(/ENOENT/);
  });
});

describe('a second Ctrl-C', () => {
  it('ends even what does not want to end, at once', async () => {
    const web = await readFile(join(platform.home, 'apps/web/dist/main.js'), 'utf8');
    const stubborn = `process.on('SIGTERM', () => {});${web.replace("once('SIGTERM', stop)", 'setMaxListeners(9)')}`;
    await writeCode(platform.home, 'apps/web/dist/main.js', stubborn);
    const run = platform.start('--empty');
    await run.until('The shop is open');
    const { services, postgres } = await platform.readState();
    run.child.kill('SIGINT');
    await run.until('once more to stop at once');
    await sleep(700);
    run.child.kill('SIGINT');
    expect(await run.exit).toBe(130);
    const pids = [...Object.values(services).map(({ pid }) => pid), postgres?.pid ?? 0];
    await eventually(async () => {
      expect(await Promise.all(pids.map(inspectProcess))).toEqual(pids.map(() => undefined));
    });
  });
});
