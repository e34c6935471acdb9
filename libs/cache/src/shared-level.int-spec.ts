import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Process, never, page, until, wait } from '../test/process.ts';
import { RedisServer, describeWithRedis } from '../test/redis-server.ts';

const generationKey = 'test:pages:generation';
const entryKey = 'test:pages:entry:1:a';
const markKey = 'test:pages:mark:a';

describeWithRedis('two processes with one Redis', () => {
  let server: RedisServer;
  let one: Process;
  let two: Process;
  const processes: Process[] = [];

  const makeProcess = async (settings = {}): Promise<Process> => {
    const made = await new Process(server.url, settings).up();
    processes.push(made);
    return made;
  };
  /** Another process, that holds nothing yet. */
  const later = (): Promise<Process> => makeProcess();
  const isThere = (key: string): Promise<boolean> =>
    server.ask(async (redis) => (await redis.exists(key)) === 1);
  /** Loads `text` in `by`, and waits until it is in Redis. */
  const share = async (by: Process, text: string): Promise<void> => {
    await by.cache.get('a', page(text));
    await until(() => isThere(entryKey));
  };

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.ask((redis) => redis.flushall());
    one = await makeProcess();
    two = await makeProcess();
    // The first flight finds no generation: it makes one, and writes nothing.
    await one.cache.get('first', page('first'));
    await until(() => isThere(generationKey));
  });
  afterEach(() => {
    for (const { link } of processes.splice(0)) link.close();
  });

  it('load once what both read, and the second one takes it over with its age', async () => {
    await share(one, 'shared');
    two.aheadMs = 9000;
    expect(await two.cache.get('a', never)).toEqual({ text: 'shared' });
    expect(two.counts).toMatchObject({ hits: 1, garbage: 0, errors: 0 });
    two.aheadMs = 10_500;
    expect(await two.cache.get('a', page('newer'))).toEqual({ text: 'shared' });
    await until(async () => (await two.cache.get('a', never)).text === 'newer');
  });

  it('answer with nothing older than the bound, counted from the first one’s load', async () => {
    await share(one, 'old');
    two.aheadMs = 14_000;
    expect(await two.cache.get('a', never)).toEqual({ text: 'old' });
    for (const process of [two, await later()]) {
      process.aheadMs = 15_000;
      expect(await process.cache.get('a', page('new'))).toEqual({ text: 'new' });
    }
  });

  it('take no entry from a clock that is far ahead', async () => {
    one.aheadMs = 5000;
    await share(one, 'of the future');
    expect(await two.cache.get('a', page('now'))).toEqual({ text: 'now' });
  });

  it('answer at once with a stale entry of the other, and renew it behind that', async () => {
    await share(one, 'old');
    two.aheadMs = 12_000;
    expect(await two.cache.get('a', page('new'))).toEqual({ text: 'old' });
    await until(async () => (await two.cache.get('a', never)).text === 'new');
    const third = await later();
    third.aheadMs = 12_000;
    await until(
      async () => (await third.cache.get('a', async () => ({ text: 'own' }))).text === 'new',
    );
  });

  it('renew from the other what it has renewed already', async () => {
    await share(one, 'old');
    await two.cache.get('a', never);
    one.aheadMs = 11_000;
    two.aheadMs = 11_000;
    await one.cache.get('a', page('new'));
    await until(async () => (await one.cache.get('a', never)).text === 'new');
    await wait(20);
    await two.cache.get('a', never);
    await until(async () => (await two.cache.get('a', never)).text === 'new');
    expect(two.cache.stats().failures).toBe(0);
  });

  it('keep nothing that one of them has forgotten', async () => {
    for (const forget of [() => one.cache.delete('a'), () => one.cache.clear()]) {
      await share(two, 'old');
      forget();
      expect(await one.cache.get('a', page('new'))).toEqual({ text: 'new' });
      const third = await later();
      expect((await third.cache.get('a', page('new'))).text).toBe('new');
      await server.ask((redis) => redis.del(entryKey));
      two.cache.clear();
      one.cache.clear();
      await one.cache.get('b', page('b'));
      await until(() => isThere(generationKey));
    }
  });

  it('do not share what was read before a change and written after it was told', async () => {
    const forgets = [
      async () => one.cache.delete('a'),
      async () => one.cache.clear(),
      async () => void (await server.ask((redis) => redis.flushall())),
    ];
    for (const forget of forgets) {
      const gate = Promise.withResolvers<{ text: string }>();
      let isLoading = false;
      const before = two.cache.get('a', () => {
        isLoading = true;
        return gate.promise;
      });
      await until(() => isLoading);
      await forget();
      await until(async () => !(await isThere(generationKey)) || (await isThere(markKey)));
      // Another one comes to use the cache, so that there is a generation again.
      await one.cache.get(`other ${forgets.indexOf(forget)}`, page('other'));
      await until(() => isThere(generationKey));
      gate.resolve({ text: 'old' });
      expect(await before).toEqual({ text: 'old' });
      await until(() => isThere(entryKey));
      const third = await later();
      expect(await third.cache.get('a', page('new'))).toEqual({ text: 'new' });
      two.cache.clear();
      await until(async () => !(await isThere(generationKey)));
      await one.cache.get(`again ${forgets.indexOf(forget)}`, page('other'));
      await until(() => isThere(generationKey));
      await server.ask((redis) => redis.del(entryKey, markKey));
    }
  });

  it('never read from Redis what is older than a change that was told, in any order of things', async () => {
    let owned = 0;
    let told = 0;
    const load = async (): Promise<{ text: string }> => {
      const text = `${owned}`;
      await wait(Math.random() * 4);
      return { text };
    };
    /** A machine that is short of time may miss an answer; then nobody knows whether it was told. */
    const failures = ({ counts }: Process): number =>
      (counts['errors'] ?? 0) + (counts['skipped'] ?? 0);
    const end = Date.now() + 1500;
    let reads = 0;
    const read = async (reader: Process): Promise<void> => {
      while (Date.now() < end) {
        const atLeast = told;
        const { text } = await reader.cache.get('a', load);
        expect(Number(text)).toBeGreaterThanOrEqual(atLeast);
        reads += 1;
      }
    };
    const change = async (writer: Process): Promise<void> => {
      while (Date.now() < end) {
        const changed = (owned += 1);
        const failed = failures(writer);
        if (Math.random() < 0.3) writer.cache.clear();
        else writer.cache.delete('a');
        if (Math.random() < 0.1) await server.ask((redis) => redis.flushall());
        // Asked on the same connection, so what was forgotten has arrived before.
        await writer.cache.get('b', page('b'));
        if (failures(writer) === failed) told = Math.max(told, changed);
        await wait(Math.random() * 20);
      }
    };
    const readers = await Promise.all([1, 2, 3].map(() => makeProcess({ maxBytes: 1 })));
    const writers = await Promise.all([1, 2].map(() => makeProcess({ maxBytes: 1 })));
    await Promise.all([...readers.map(read), ...writers.map(change)]);
    const hits = readers.reduce((sum, { counts }) => sum + (counts['hits'] ?? 0), 0);
    expect(hits).toBeGreaterThan(reads / 20);
    expect(reads).toBeGreaterThan(100);
  });

  it('see each only entries of their own format, and forget them together', async () => {
    const other = await makeProcess({ format: '2' });
    await share(one, 'format 1');
    expect(await other.cache.get('a', page('format 2'))).toEqual({ text: 'format 2' });
    await until(() => isThere('test:pages:entry:2:a'));
    one.cache.delete('a');
    await until(() => isThere(markKey));
    const another = await makeProcess({ format: '2' });
    expect(await another.cache.get('a', page('new'))).toEqual({ text: 'new' });
  });

  it('load the hottest key once each when it expires under many readers', async () => {
    let loads = 0;
    const load = async (): Promise<{ text: string }> => {
      loads += 1;
      await wait(20);
      return { text: 'hot' };
    };
    const herd = (process: Process): Promise<unknown>[] =>
      Array.from({ length: 500 }, () => process.cache.get('hot', load));
    await Promise.all([...herd(one), ...herd(two)]);
    expect(loads).toBeLessThanOrEqual(2);
    one.aheadMs = 15_001;
    two.aheadMs = 15_001;
    await Promise.all([...herd(one), ...herd(two)]);
    expect(loads).toBeLessThanOrEqual(4);
  });

  it('send many things that are forgotten at once together, and past a bound as all', async () => {
    await share(two, 'old');
    for (let i = 0; i < 5000; i += 1) one.cache.delete(`${i}`);
    one.cache.delete('a');
    await until(async () => !(await isThere(generationKey)));
    const keys = await server.ask((redis) => redis.keys('test:pages:mark:*'));
    expect(keys).toEqual([]);
    expect(await (await later()).cache.get('a', page('new'))).toEqual({ text: 'new' });
  });

  it('leave no key without an end, and nothing of what was not found', async () => {
    await share(one, 'shared');
    for (let i = 0; i < 200; i += 1) await one.cache.get(`unknown ${i}`, async () => undefined);
    one.cache.delete('b');
    await until(() => isThere('test:pages:mark:b'));
    await server.ask(async (redis) => {
      const keys = await redis.keys('*');
      expect(keys.filter((key) => key.includes('unknown'))).toEqual([]);
      for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
    });
  });

  it('take garbage for nothing, count it and write over it', async () => {
    await share(one, 'whole');
    const whole = await server.ask((redis) => redis.getBuffer(entryKey));
    if (!whole) throw new Error('nothing there');
    const changed = Buffer.from(whole);
    changed[whole.length - 1] = 0;
    const garbage = [
      Buffer.from('{"text":"of others"}'),
      whole.subarray(0, whole.length - 1),
      changed,
      Buffer.from([0]),
      Buffer.alloc(5_000_000, 1),
    ];
    const puts = [
      ...garbage.map(
        (bytes) => (redis: Parameters<Parameters<RedisServer['ask']>[0]>[0]) =>
          redis.set(entryKey, bytes),
      ),
      (redis: Parameters<Parameters<RedisServer['ask']>[0]>[0]) => redis.lpush(entryKey, 'a list'),
    ];
    for (const put of puts) {
      await server.ask(async (redis) => {
        await redis.del(entryKey);
        await put(redis);
      });
      const reader = await later();
      expect(await reader.cache.get('a', page('loaded'))).toEqual({ text: 'loaded' });
      expect(reader.counts).toMatchObject({ hits: 0, garbage: 1 });
      await until(
        async () => (await (await later()).cache.get('a', page('loaded'))).text === 'loaded',
      );
      const next = await later();
      expect(await next.cache.get('a', never)).toEqual({ text: 'loaded' });
    }
  });

  it('heal marks that are garbage', async () => {
    for (const key of [generationKey, markKey]) {
      for (const text of ['short', 'longer than a mark is, by far']) {
        await server.ask((redis) => redis.set(key, text));
        const reader = await later();
        expect(await reader.cache.get('a', page('loaded'))).toEqual({ text: 'loaded' });
        await until(async () => (await server.ask((redis) => redis.strlen(key))) === 16);
        one.cache.clear();
        await until(async () => !(await isThere(generationKey)));
        await one.cache.get('c', page('c'));
        await until(() => isThere(generationKey));
      }
    }
    await server.ask((redis) => redis.del(markKey));
    two.cache.delete('a');
    await until(() => isThere(markKey));
    await share(two, 'healed');
    expect(await (await later()).cache.get('a', never)).toEqual({ text: 'healed' });
  });
});
