import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect } from '@jest/globals';
import type { Engine, Lacks } from '../../test/engine.ts';
import { type Instance, build, startProcess } from '../../test/processes.ts';
import { type StockApp, stockApp } from '../../test/stock.ts';
import { eventually, testsOf, topic, upTo, useEngine } from './setup.contract.ts';

const skus = upTo(20).map((n) => `sku-${n}`);

const expectEachOnce = async (app: StockApp, last: number): Promise<void> => {
  const versions = upTo(last).map((n) => n + 1);
  const effects = await app.effects();
  for (const sku of skus) expect([sku, effects.get(sku)]).toEqual([sku, versions]);
  expect(await app.count('dead_letters')).toBe(0);
};

/** What no process can do for itself: die, fall silent, and wake up too late. */
export const describeProcesses = (
  name: string,
  start: () => Promise<Engine>,
  lacks: Lacks,
): void => {
  const itNeeds = testsOf(lacks);

  describe(`a service over ${name}, as a process`, () => {
    const bench = useEngine(start);

    beforeAll(build);

    const run = async (app: StockApp, instance: string, more: object = {}): Promise<Instance> => {
      const env = { ...bench.engine.env, DATABASE_URL: app.url, NAME: instance, ...more };
      const process = startProcess('service.ts', { env });
      bench.defer(process.close);
      await Promise.race([
        eventually(() => expect(process.said).toContain('ready')),
        process.ended,
      ]);
      if (!('KILL_AT' in more)) expect(process.said).toContain('ready');
      return process;
    };

    itNeeds(
      'processes',
      'that is killed while handling, after its commit, or after it published, loses and doubles nothing',
      async () => {
        const app = await stockApp();
        bench.defer(() => app.close());
        const mortals = await Promise.all(
          ['handling', 'committed', 'published'].map((KILL_AT) => run(app, KILL_AT, { KILL_AT })),
        );
        const areDead = (): boolean => mortals.every(({ child }) => child.signalCode === 'SIGKILL');
        let version = 0;
        for (const end = Date.now() + 60_000; !areDead() && Date.now() < end; await sleep(100)) {
          version += 1;
          await app.tell(skus, version);
        }
        expect(areDead()).toBe(true);
        await run(app, 'healthy');
        await eventually(
          async () => expect(await app.count('effects')).toBe(version * skus.length),
          30_000,
        );
        await expectEachOnce(app, version);
        expect(await app.count('outbox')).toBe(0);
      },
    );

    itNeeds(
      'processes',
      'that falls silent is replaced as reader and as relay; when it wakes its late work changes nothing',
      async () => {
        const app = await stockApp();
        bench.defer(() => app.close());
        // It is stopped with a batch in hand, most likely.
        const silent = await run(app, 'silent', { SLOW_MS: '5' });
        let version = 0;
        const tell = async (times: number): Promise<void> => {
          for (let i = 0; i < times; i += 1) {
            version += 1;
            await app.tell(skus, version);
            await sleep(25);
          }
        };
        await tell(20);
        await eventually(async () => expect(await app.count('effects')).toBeGreaterThan(50));
        silent.signal('SIGSTOP');
        const stoppedAt = performance.now();
        await run(app, 'other');
        await tell(20);
        await eventually(
          async () => expect(await app.count('effects')).toBe(version * skus.length),
          40_000,
        );
        console.log(
          `${name}: a silent instance was replaced after ${Math.round(performance.now() - stoppedAt)} ms`,
        );
        silent.signal('SIGCONT');
        await tell(20);
        await eventually(async () =>
          expect(await app.count('effects')).toBe(version * skus.length),
        );
        const transport = bench.connect();
        await eventually(async () =>
          expect(await transport.lag('payments')).toEqual({ [topic]: 0 }),
        );
        await eventually(async () => expect(await transport.members('payments')).toBe(2));
        await expectEachOnce(app, version);
      },
    );
  });
};
