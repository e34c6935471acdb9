import { createMetrics } from '@hemline/telemetry';
import { describe, expect, it } from '@jest/globals';
import { Copies } from './copies.ts';

let time = 0;

/** As cart keeps them, over a database that does not answer. */
const keep = () => {
  const watermarks = new Map<string, Date>();
  const metrics = createMetrics('cart');
  time = 100_000;
  const copies = new Copies({
    app: 'cart',
    database: { query: () => Promise.reject(new Error('away')) },
    metrics,
    watermark: (topic) => watermarks.get(topic),
    now: () => time,
  });
  const read = async (name: string): Promise<string[]> => {
    const text = await metrics.metrics();
    return text.split('\n').filter((line) => line.startsWith(name));
  };
  return { copies, watermarks, read };
};

describe('the copies of an app', () => {
  it('are as old as the last word of their owner, and age where none comes', async () => {
    const { watermarks, read } = keep();
    watermarks.set('payments.stock', new Date(time - 300));
    const age = async (): Promise<string | undefined> =>
      (await read('copy_age_seconds{')).find((line) => line.includes('"cart.availability"'));
    expect(await age()).toMatch(/ 0\.3$/);
    time += 60_000;
    expect(await age()).toMatch(/ 60\.3$/);
    watermarks.set('payments.stock', new Date(time + 5));
    expect(await age()).toMatch(/ 0$/);
  });

  it('that nothing was ever heard of are at least as old as the process', async () => {
    const { copies, read } = keep();
    time += 7000;
    expect(await read('copy_age_seconds{')).toHaveLength(4);
    for (const line of await read('copy_age_seconds{')) expect(line).toMatch(/ 7$/);
    expect(copies.knownAt('cart.product')).toBeUndefined();
    copies.observe('cart.product', copies.countsFrom('cart.product'));
    expect(await read('copy_age_when_read_seconds_sum')).toEqual([
      expect.stringMatching(/copy="cart\.product".* 7$/),
    ]);
  });

  it('are only its own', () => {
    const { copies, watermarks } = keep();
    watermarks.set('payments.stock', new Date(time));
    expect(copies.knownAt('cart.availability')).toEqual(new Date(time));
    expect(copies.knownAt('catalog.availability')).toBeUndefined();
  });
});
