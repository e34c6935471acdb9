import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withClient } from '../src/postgres/provision.ts';
import { inspectProcess } from '../src/process/identity.ts';
import { apps, type App } from '../src/topology.ts';
import {
  eventually,
  makeDummyPlatform,
  writeCode,
  type DummyPlatform,
  type Run,
} from './dummy-platform.ts';

jest.setTimeout(90_000);

const get = (url: string) => fetch(url).then((answer) => answer.text());

const pidsOf = async (platform: DummyPlatform) => {
  const { services, postgres } = await platform.readState();
  return [...apps.map((app) => services[app].pid), postgres?.pid ?? 0];
};

const open = async (platform: DummyPlatform, ...args: string[]): Promise<Run> => {
  const run = platform.start('--empty', ...args);
  await run.until('The shop is open');
  return run;
};

const stop = (run: Run, signal: NodeJS.Signals = 'SIGTERM') => {
  run.child.kill(signal);
  return run.exit;
};

describe('npm start', () => {
  let platform: DummyPlatform;
  let run: Run;

  beforeAll(async () => {
    platform = await makeDummyPlatform();
    run = await open(platform);
  });

  afterAll(() => platform.remove());

  const urlOf = async (app: App) => (await platform.readState()).services[app].url;

  const kill = async (app: App) => {
    const { pid } = (await platform.readState()).services[app];
    process.kill(pid, 'SIGKILL');
    return pid;
  };

  it('names each service with its address as it becomes ready', () => {
    for (const [offset, app] of apps.entries()) {
      const url = `http://127.0.0.1:${platform.portBase + offset}`;
      expect(run.output()).toMatch(new RegExp(`^${app} +\\| ${url} is ready`, 'm'));
    }
  });

  it('tells other programs where everything is, and nobody else on the machine', async () => {
    const state = await platform.readState();
    expect(Object.keys(state.services).sort()).toEqual([...apps].sort());
    expect(await get(state.services.cart.url)).toBe('{}');
    const version = await withClient(state.postgres?.url ?? '', (client) =>
      client.query<{ v: string }>("select current_setting('server_version_num') as v"),
    );
    expect(Number(version.rows[0]?.v)).toBeGreaterThan(180_000);
    for (const name of ['state.json', 'secrets.json', 'lock.json', 'logs/cart.jsonl']) {
      expect([name, (await stat(join(platform.dataDir, name))).mode & 0o077]).toEqual([name, 0]);
    }
  });

  it('starts a killed service again while the others answer', async () => {
    const pid = await kill('payments');
    expect(await get(await urlOf('catalog'))).toBe('{}');
    await run.until(/payments +\| has died \(SIGKILL\); starting it again in \d+ ms/);
    await run.until(/payments +\| \S+ is back/);
    await eventually(async () => {
      expect((await platform.readState()).services.payments.pid).not.toBe(pid);
    });
    expect(await get(await urlOf('payments'))).toBe('{}');
  });

  it('says what a service died of, in a sentence, and keeps its output in its log', async () => {
    await get(`${await urlOf('images')}/crash`).catch(() => {});
    await run.until(/images +\| has died \(exit code 7: Error: crashed as asked\)/);
    await run.until(/images +\| \S+ is back/);
    const log = await readFile(join(platform.dataDir, 'logs/images.jsonl'), 'utf8');
    expect(
      log
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as object),
    ).toContainEqual(
      expect.objectContaining({ service: 'images', msg: 'Error: crashed as asked' }),
    );
  });

  it('says a crash loop once, names the log, and goes on trying', async () => {
    const file = 'apps/cart/dist/main.js';
    const source = await readFile(join(platform.home, file), 'utf8');
    await writeCode(platform.home, file, "throw new Error('broken build');");
    await kill('cart');
    await run.until(/cart +\| has died 3 times in a row \(exit code 1: Error: broken build\)/);
    expect(run.output()).toMatch(/at most every 10 s, and its log is \S+logs\/cart\.jsonl/);
    await writeCode(platform.home, file, source);
    await run.until(/cart +\| \S+ is back/);
    expect(run.output().match(/cart +\| has died/g)).toHaveLength(3);
  });

  it('refuses a data folder in use, and a taken port, each in a sentence', async () => {
    const second = platform.start('--empty');
    expect(await second.exit).toBe(1);
    expect(second.output()).toBe(
      `The data folder ${platform.dataDir} is in use by process ${run.child.pid}; stop that one, ` +
        'or give this one its own by --data DIR and its own ports by --port-base N.\n',
    );
    const third = platform.start('--empty', '--data', join(platform.home, 'other'));
    expect(await third.exit).toBe(1);
    expect(third.output()).toMatch(
      /^Port \d+, for web, is taken by process \d+ \(node .*\); stop that, or choose other ports/,
    );
    expect(third.output().trim().split('\n')).toHaveLength(1);
  });

  it('drains and ends all of it on Ctrl-C, and leaves no process and no state behind', async () => {
    const pids = await pidsOf(platform);
    expect(await stop(run, 'SIGINT')).toBe(0);
    expect(await Promise.all(pids.map(inspectProcess))).toEqual(pids.map(() => undefined));
    for (const name of ['state.json', 'lock.json', 'children.json']) {
      await expect(stat(join(platform.dataDir, name))).rejects.toThrow(/ENOENT/);
    }
  });

  it('ends what a killed launcher left behind, and starts as if nothing had been', async () => {
    const killed = await open(platform);
    const pids = await pidsOf(platform);
    await stop(killed, 'SIGKILL');
    const next = await open(platform);
    for (const pid of pids) expect(await pidsOf(platform)).not.toContain(pid);
    expect(await Promise.all(pids.map(inspectProcess))).toEqual(pids.map(() => undefined));
    expect(await stop(next)).toBe(0);
  });

  it('runs everything in one process with --single', async () => {
    const single = await open(platform, '--single');
    const { services, mode } = await platform.readState();
    expect(mode).toBe('single');
    expect(new Set(apps.map((app) => services[app].pid)).size).toBe(1);
    const environments = await Promise.all(apps.map((app) => get(`${services[app].url}/env`)));
    const ports = environments.map((text) => (JSON.parse(text) as { PORT: string }).PORT);
    expect(ports).toEqual(apps.map((_, offset) => String(platform.portBase + offset)));
    process.kill(services.web.pid, 'SIGKILL');
    await single.until(/single +\| \S+ is back/);
    expect(await stop(single)).toBe(0);
  });
});

describe('a start that cannot go on', () => {
  it('leaves the port to whoever has it, PostgreSQL’s too, and names the service', async () => {
    const platform = await makeDummyPlatform();
    const other = createServer().listen(platform.portBase + 10, '127.0.0.1');
    const run = platform.start('--empty');
    expect(await run.exit).toBe(1);
    expect(run.output()).toMatch(/^Port \d+, for postgres, is taken by process \d+ \(/);
    other.close();
    await platform.remove();
  });

  it('stops cleanly when it is told to before it is ready', async () => {
    const platform = await makeDummyPlatform();
    await writeCode(platform.home, 'apps/web/dist/main.js', 'setInterval(() => {}, 1000);');
    const run = platform.start('--empty');
    await run.until(/catalog +\| \S+ is ready/);
    expect(await stop(run)).toBe(0);
    await expect(stat(join(platform.dataDir, 'lock.json'))).rejects.toThrow(/ENOENT/);
    await platform.remove();
  });
});
