import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { catalogApi, events } from '@hemline/contracts';
import type { RunningService } from '@hemline/http';
import { RedisServer, describeWithRedis } from '../../../libs/cache/test/redis-server.ts';
import { start } from '../src/main.ts';
import { aProduct, aVariant, eur } from './builders.ts';
import { TestCatalog, eventually } from './catalog.ts';

describeWithRedis('instances of catalog with one Redis', () => {
  let redis: RedisServer;
  let catalog: TestCatalog;
  const others: RunningService[] = [];

  /** One that has answered nobody yet. */
  const startAnother = async (): Promise<RunningService> => {
    const other = await start(catalog.env);
    others.push(other);
    await isConnected(other);
    return other;
  };
  const ask = async (service: RunningService, path: string): Promise<unknown> => {
    const answer = await fetch(service.url + path);
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const product = async (service: RunningService, handle = 'towel'): Promise<catalogApi.Product> =>
    catalogApi.product.parse(await ask(service, `/products/${handle}`));
  const metric = async (service: RunningService, line: string): Promise<number> => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const found = text.split('\n').find((candidate) => candidate.startsWith(line));
    return Number(found?.split(' ').at(-1) ?? Number.NaN);
  };
  const hits = (service: RunningService, cache: string): Promise<number> =>
    metric(service, `cache_shared_requests_total{cache="${cache}",outcome="hits"`);
  const isConnected = (service: RunningService): Promise<number> =>
    eventually(
      () => metric(service, 'cache_redis_up'),
      (value) => value === 1,
    );
  const keys = (): Promise<string[]> => redis.ask((client) => client.keys('*'));
  /** Asks until what is answered is also in Redis. */
  const share = (path: string, key: string): Promise<string[]> =>
    eventually(
      async () => {
        await ask(catalog.service, path);
        return keys();
      },
      (all) => all.some((one) => one.startsWith(`catalog:${key}`)),
    );

  beforeAll(async () => {
    redis = await RedisServer.start();
    catalog = await TestCatalog.start({ REDIS_URL: redis.url });
    await isConnected(catalog.service);
  });
  afterAll(async () => {
    await catalog.stop();
    await redis.stop();
  });
  beforeEach(async () => {
    await catalog.put('towel', aProduct({ title: 'Towel' }));
  });
  afterEach(async () => {
    for (const other of others.splice(0)) await other.close();
  });

  /** An answer that was made apart from another has its own second, also in the prices that it signs. */
  const withoutTimes = (answer: unknown): unknown =>
    JSON.parse(
      JSON.stringify(answer, (name, value: unknown) =>
        ['asOf', 'quote', 'quoteExpiresAt'].includes(name) ? undefined : value,
      ),
    );

  it('answer alike with what one of them has made', async () => {
    const other = await startAnother();
    const paths = ['/products/towel', '/products', '/suggest?q=tow', '/categories'];
    for (const path of paths) {
      await share(path, '');
      await eventually(
        async () => {
          const [mine, theirs] = [await ask(catalog.service, path), await ask(other, path)];
          expect(withoutTimes(theirs)).toEqual(withoutTimes(mine));
          const names = ['products', 'lists', 'suggestions', 'categories'];
          return hits(other, names[paths.indexOf(path)] ?? '');
        },
        (count) => count > 0,
      );
    }
    for (const cache of ['products', 'lists', 'suggestions', 'categories']) {
      expect(await hits(other, cache)).toBeGreaterThan(0);
    }
    expect((await keys()).filter((key) => /quote|terms/.test(key))).toEqual([]);
  });

  it('see a product’s change at once, also one that has answered nobody yet', async () => {
    const other = await startAnother();
    for (let i = 0; i < 5; i += 1) {
      await share('/products/towel', 'products:entry');
      const title = `Towel ${i}`;
      await catalog.put(
        'towel',
        aProduct({ title, variants: [aVariant('towel', { price: eur(100 + i) })] }),
      );
      expect((await product(catalog.service)).title).toBe(title);
      const fresh = await startAnother();
      const seen = await product(fresh);
      expect([seen.title, seen.variants[0]?.price.amount]).toEqual([title, String(100 + i)]);
      await eventually(
        () => product(other),
        (theirs) => theirs.title === title,
      );
    }
  });

  it('see stock that an event told', async () => {
    await share('/products/towel', 'products:entry');
    const stateOf = async (service: RunningService): Promise<string | undefined> =>
      (await product(service)).variants[0]?.availability.state;
    for (const [version, available, state] of [
      [1, 50, 'in_stock'],
      [2, 0, 'sold_out'],
    ] as const) {
      const mark = 'catalog:products:mark:towel';
      await redis.ask((client) => client.del(mark));
      await catalog.tell('payments', events.stockChanged, {
        subject: 'towel',
        version,
        data: { sku: 'towel', onHand: available, held: 0, allocated: 0, available },
      });
      await eventually(
        () => stateOf(catalog.service),
        (seen) => seen === state,
      );
      expect(await keys()).toContain(mark);
      expect(await stateOf(await startAnother())).toBe(state);
    }
  });

  it('go on without it, and with it again', async () => {
    await redis.kill();
    await eventually(
      () => metric(catalog.service, 'cache_redis_up'),
      (value) => value === 0,
    );
    for (let i = 0; i < 50; i += 1) await ask(catalog.service, `/products?limit=${(i % 20) + 1}`);
    await catalog.put('towel', aProduct({ title: 'Changed meanwhile' }));
    expect((await product(catalog.service)).title).toBe('Changed meanwhile');
    expect((await catalog.get('/readyz')).status).toBe(200);
    await redis.run();
    await isConnected(catalog.service);
    await share('/products/towel', 'products:entry');
    expect((await product(await startAnother())).title).toBe('Changed meanwhile');
  });

  it('say what is wrong with its address', async () => {
    for (const REDIS_URL of ['localhost', 'http://127.0.0.1:6379']) {
      await expect((async () => start({ ...catalog.env, REDIS_URL }))()).rejects.toThrow(
        'REDIS_URL: is not valid',
      );
    }
  });
});
