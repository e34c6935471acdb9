import { beforeAll, describe, expect } from '@jest/globals';
import type { Engine, Lacks } from '../../test/engine.ts';
import { build, startProcess } from '../../test/processes.ts';
import { eventually, testsOf, topic, upTo, useEngine } from './setup.contract.ts';

type Said = { readonly received: number; readonly kept: number; readonly rss: number };

const mb = (bytes: number): number => Math.round(bytes / 2 ** 20);

/** A backlog that is larger than the memory of who reads it. */
export const describeLoad = (name: string, start: () => Promise<Engine>, lacks: Lacks): void => {
  const itNeeds = testsOf(lacks);

  describe(`a slow reader of ${name}`, () => {
    const bench = useEngine(start);

    beforeAll(build);

    itNeeds('processes', 'works off a large backlog in memory that stays flat', async () => {
      const batches = 60;
      const value = 'x'.repeat(2000);
      const transport = bench.connect();
      for (let i = 0; i < batches; i += 1)
        await transport.publish(upTo(500).map((n) => ({ topic, key: `${i} ${n}`, value })));
      // With less room than the backlog takes it would die if it read ahead.
      const reader = startProcess('drain.ts', {
        env: { ...bench.engine.env, SLOW_MS: '1' },
        nodeArgs: ['--max-old-space-size=64', '--expose-gc'],
      });
      bench.defer(reader.close);
      const said = (): Said[] => reader.said as Said[];
      await eventually(() => expect(said().at(-1)?.received).toBe(batches * 500), 90_000);
      const kept = said().map((each) => mb(each.kept));
      const rss = Math.max(...said().map((each) => mb(each.rss)));
      console.log(
        `${name}: ${mb(batches * 500 * value.length)} MB of backlog read, ${Math.min(...kept)} to ` +
          `${Math.max(...kept)} MB kept (${rss} MB of the machine at most)`,
      );
      expect(Math.max(...kept) - Math.min(...kept)).toBeLessThan(40);
    });
  });
};
