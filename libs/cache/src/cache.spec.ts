import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Cache, createCache } from './cache.ts';

type Page = { readonly text: string };

let time = 0;
let cache: Cache<Page>;

const make = (maxBytes = 100_000): Cache<Page> =>
  createCache<Page>({
    name: 'pages',
    maxBytes,
    sizeOf: ({ text }) => text.length,
    ttlMs: 1000,
    staleMs: 500,
    now: () => time,
    random: () => 0,
  });

const page = (text: string) => async (): Promise<Page> => ({ text });
const never = async (): Promise<Page> => {
  throw new Error('should not be loaded');
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  time = 0;
  cache = make();
});

describe('a cache', () => {
  it('loads once for all who ask at one time', async () => {
    const gate = Promise.withResolvers<Page>();
    let loads = 0;
    const asked = Array.from({ length: 20 }, () =>
      cache.get('a', () => {
        loads += 1;
        return gate.promise;
      }),
    );
    gate.resolve({ text: 'one' });
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    expect(loads).toBe(1);
  });

  it('answers with a stale entry at once while it renews it', async () => {
    await cache.get('a', page('old'));
    time = 1200;
    expect(await cache.get('a', page('new'))).toEqual({ text: 'old' });
    await settle();
    expect(await cache.get('a', never)).toEqual({ text: 'new' });
  });

  it('never answers with one that is older than its time and its grace', async () => {
    await cache.get('a', page('old'));
    time = 1500;
    expect(await cache.get('a', page('new'))).toEqual({ text: 'new' });
  });

  it('goes on with a stale entry when renewing fails, and then lets the failure be seen', async () => {
    await cache.get('a', page('old'));
    time = 1200;
    expect(await cache.get('a', never)).toEqual({ text: 'old' });
    await settle();
    time = 1500;
    await expect(cache.get('a', never)).rejects.toThrow('should not be loaded');
    expect(await cache.get('a', page('new'))).toEqual({ text: 'new' });
  });

  it('does not keep what was read before a change that came meanwhile', async () => {
    for (const forget of [() => cache.delete('a'), () => cache.clear()]) {
      const gate = Promise.withResolvers<Page>();
      const before = cache.get('a', () => gate.promise);
      forget();
      expect(await cache.get('a', page('new'))).toEqual({ text: 'new' });
      gate.resolve({ text: 'old' });
      expect(await before).toEqual({ text: 'old' });
      expect(await cache.get('a', never)).toEqual({ text: 'new' });
      cache.clear();
    }
  });

  it('shows what it has only while that is fresh', async () => {
    expect(cache.peek('a')).toBeUndefined();
    await cache.get('a', page('kept'));
    expect(cache.peek('a')).toEqual({ text: 'kept' });
    time = 1000;
    expect(cache.peek('a')).toBeUndefined();
    cache.delete('a');
    time = 0;
    expect(cache.peek('a')).toBeUndefined();
  });

  it('remembers that there was nothing, without giving up what there is', async () => {
    await cache.get('a', page('kept'));
    for (let i = 0; i < 20_000; i += 1) await cache.get(`unknown ${i}`, async () => undefined);
    expect(await cache.get('unknown 19999', never)).toBeUndefined();
    expect(await cache.get('a', never)).toEqual({ text: 'kept' });
    expect(cache.stats().entries).toBeLessThanOrEqual(10_001);
  });

  it('stays within its bytes whatever is put in', async () => {
    const entries = fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.nat(2000)));
    await fc.assert(
      fc.asyncProperty(entries, async (list) => {
        const small = make(5000);
        for (const [key, length] of list) await small.get(key, page('x'.repeat(length)));
        expect(small.stats().bytes).toBeLessThanOrEqual(5000);
      }),
      { numRuns: 30 },
    );
  });
});
