import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findKafka } from '../src/kafka/fetch.ts';
import { hasRedis } from '../src/redis/server.ts';
import { inspectProcess } from '../src/process/identity.ts';
import { makeDummyPlatform, type DummyPlatform } from './dummy-platform.ts';

// Kafka takes its time where others work too.
jest.setTimeout(240_000);
const PATIENCE_S = 90;

const kafka = await findKafka({ env: process.env });
const hasBoth = kafka.kind === 'found' && (await hasRedis(process.env));
const describeWithBoth = hasBoth ? describe : describe.skip;

let platform: DummyPlatform;

beforeEach(async () => {
  platform = await makeDummyPlatform();
});

afterEach(() => platform.remove());

const readEnv = async (app: 'catalog' | 'cart' | 'web') => {
  const { services } = await platform.readState();
  return (await (await fetch(`${services[app].url}/env`)).json()) as Record<string, string>;
};

const why = kafka.kind === 'found' ? 'there is no redis-server on PATH' : kafka.reason;
describeWithBoth(
  `the engines of the distributed shop${hasBoth ? '' : ` (not tried: ${why})`}`,
  () => {
    it('come back when killed, and keep the log for the next start', async () => {
      const args = ['--empty', '--events', 'kafka', '--redis'];
      const none = { KAFKA_BROKERS: '', REDIS_URL: '' };
      const first = platform.startWith(none, ...args);
      await first.until('The shop is open', PATIENCE_S);
      const state = await platform.readState();
      const { portBase } = platform;
      expect(state).toMatchObject({
        events: 'kafka',
        kafka: { brokers: `127.0.0.1:${portBase + 8}` },
        redis: { url: expect.stringMatching(`^redis://:.+@127.0.0.1:${portBase + 7}$`) },
      });
      const { brokers, pid: kafkaPid = 0 } = state.kafka ?? {};
      const { url, pid: redisPid = 0 } = state.redis ?? {};
      const told = { EVENTS: 'kafka', KAFKA_BROKERS: brokers };
      const catalog = await readEnv('catalog');
      expect(catalog).toMatchObject({ ...told, REDIS_URL: url });
      expect(catalog).not.toHaveProperty('EVENTS_DATABASE_URL');
      expect(await readEnv('cart')).toMatchObject(told);
      expect(await readEnv('web')).not.toHaveProperty('EVENTS');

      process.kill(kafkaPid, 'SIGKILL');
      process.kill(redisPid, 'SIGKILL');
      await first.until(/redis +\| is back/);
      await first.until(/kafka +\| is back/, PATIENCE_S);
      const { kafka: back } = await platform.readState();
      expect(back?.pid).not.toBe(kafkaPid);

      // The launcher is killed: the next start ends what it left, and finds its topics as they were.
      first.child.kill('SIGKILL');
      await first.exit;
      const second = platform.startWith(none, ...args);
      await second.until('The shop is open', PATIENCE_S);
      expect(second.output()).toMatch(/ended \d processes that an earlier run had left behind/);
      expect(await inspectProcess(back?.pid ?? 0)).toBeUndefined();
      expect(await readdir(join(platform.dataDir, 'kafka/log'))).toContain('payments.orders-0');
      second.child.kill('SIGINT');
      expect(await second.exit).toBe(0);

      // What was told in one log is not in the other.
      const third = platform.startWith(none, '--empty');
      expect(await third.exit).toBe(1);
      expect(third.output()).toMatch(
        /^The events of \S+ are kept in a Kafka of its own, and do not move to PostgreSQL: start it by --events kafka, .*\n$/,
      );
    });
  },
);

describe('the engines of the distributed shop', () => {
  it('are those that are given, and none is started', async () => {
    const REDIS_URL = 'redis://cache.example:6379';
    const run = platform.startWith({ REDIS_URL }, '--empty', '--redis');
    await run.until('The shop is open');
    expect((await platform.readState()).redis).toEqual({ url: REDIS_URL });
    expect(await readEnv('catalog')).toMatchObject({ REDIS_URL, EVENTS: 'postgres' });
  });

  it('are refused in a sentence where topics cannot be made', async () => {
    const KAFKA_BROKERS = '127.0.0.1:9';
    const run = platform.startWith({ KAFKA_BROKERS }, '--empty', '--events', 'kafka');
    expect(await run.exit).toBe(1);
    expect(run.output()).toContain('\nThe topics could not be made at 127.0.0.1:9: ');
  });

  it('are not looked for, nor fetched, where events are kept in another log', async () => {
    await mkdir(platform.dataDir);
    await writeFile(join(platform.dataDir, 'event-log.json'), '{"log":"postgres"}');
    const env = { JAVA_HOME: '/nowhere', KAFKA_BROKERS: '' };
    const run = platform.startWith(env, '--empty', '--events', 'kafka');
    expect(await run.exit).toBe(1);
    expect(run.output()).toMatch(/^The events of \S+ are kept in PostgreSQL, and do not move/);
  });

  it('are refused where there are none, with the ways to them', async () => {
    const env = { JAVA_HOME: '/nowhere', KAFKA_BROKERS: '' };
    const run = platform.startWith(env, '--empty', '--events', 'kafka');
    expect(await run.exit).toBe(1);
    expect(run.output()).toBe(
      'There is no Kafka to carry the events: there is no Java here (17 or newer is needed). Three ' +
        'ways lead to one: name brokers of your own by KAFKA_BROKERS=host:port; or install Java 17 ' +
        'or newer and Maven, and it is fetched; or run the whole shop with Kafka by Docker Compose, ' +
        'as docs/deploy.md tells.\n',
    );
  });
});
