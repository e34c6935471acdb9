import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { OwnEngine } from '../../test/engine.ts';
import {
  eventually,
  expectNoGap,
  numberOf,
  publishSteadily,
  succeeds,
  topic,
  watchGap,
} from './setup.contract.ts';
import type { Transport } from './transport.ts';

/** Within so long everybody knows that a black hole is one, and within so long again has recovered. */
const noticeMs = 30_000;

/** What becomes of publishers and readers whose engine dies, or whose wire is cut. */
export const describeOutages = (
  name: string,
  start: () => Promise<OwnEngine>,
  run: typeof describe | typeof describe.skip = describe,
): void => {
  run(`an outage of ${name}`, () => {
    let engine: OwnEngine;
    let endings: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      engine = await start();
    });
    afterEach(async () => {
      engine.wire.heal();
      for (const end of endings.splice(0)) await end();
    });
    afterAll(() => engine.close(), 60_000);

    const connect = (): Transport => {
      const transport = engine.connect();
      endings.push(() => transport.close());
      return transport;
    };

    /** Two publishers, and a group of its own that reads from here on, all of which work. */
    const runLoad = async () => {
      const keys = [randomUUID(), randomUUID()] as const;
      const received = new Map<string, number[]>(keys.map((key) => [key, []]));
      const gap = watchGap();
      const member = connect().subscribe({
        group: `payments.${randomUUID()}`,
        topics: [topic],
        maxBatch: 50,
        onBatch: async (batch) => {
          for (const each of batch) received.get(each.key)?.push(numberOf(each));
          gap.tick();
        },
      });
      endings.unshift(() => member.close());
      const publishers = keys.map((key) => publishSteadily(connect(), key));
      const acknowledge = (more: number): Promise<void> => {
        const goal = Math.max(...publishers.map((each) => each.acknowledged())) + more;
        return eventually(
          () => expect(Math.min(...publishers.map((p) => p.acknowledged()))).toBeGreaterThan(goal),
          60_000,
        );
      };
      const newest = (): number =>
        Math.min(...[...received.values()].map((numbers) => numbers.at(-1) ?? -1));
      await acknowledge(20);
      await eventually(() => expect(newest()).toBeGreaterThan(10));
      return {
        gap,
        newest,
        acknowledge,
        failures: () => Math.min(...publishers.map((each) => each.failures())),
        /** All that was acknowledged arrives, each number after the one before it. */
        end: async (): Promise<number> => {
          const last = await Promise.all(publishers.map((each) => each.stop()));
          for (const [i, key] of keys.entries()) {
            const numbers = received.get(key) ?? [];
            await eventually(() => expectNoGap(numbers, last[i] ?? -1), 60_000);
          }
          return last.reduce((sum, n) => sum + n + 1, 0);
        },
        duplicates: (): number =>
          [...received.values()].reduce((sum, all) => sum + all.length - new Set(all).size, 0),
      };
    };

    it('that was killed by SIGKILL costs time, and nothing that was acknowledged', async () => {
      const load = await runLoad();
      await engine.kill();
      await load.acknowledge(50);
      const count = await load.end();
      console.log(
        `${name} killed under load: ${count} acknowledged, 0 lost, ${load.duplicates()} twice, ` +
          `nothing came for ${load.gap.longest()} ms`,
      );
      expect(load.gap.longest()).toBeLessThan(40_000);
    }, 180_000);

    it('that is a black hole is noticed in time, and is over once it heals', async () => {
      const load = await runLoad();
      engine.wire.blackHole();
      const cutAt = performance.now();
      await eventually(() => expect(load.failures()).toBeGreaterThan(0), noticeMs);
      const noticed = Math.round(performance.now() - cutAt);
      const before = load.newest();
      engine.wire.heal();
      const healedAt = performance.now();
      await eventually(() => expect(load.newest()).toBeGreaterThan(before + 20), noticeMs);
      const recovered = Math.round(performance.now() - healedAt);
      const count = await load.end();
      console.log(
        `${name} in a black hole: noticed after ${noticed} ms, flowing ${recovered} ms after it healed; ` +
          `${count} acknowledged, 0 lost, ${load.duplicates()} twice`,
      );
    }, 180_000);

    it('that outlasts every connection is over once new ones can be made', async () => {
      const load = await runLoad();
      engine.wire.blackHole();
      await eventually(() => expect(load.failures()).toBeGreaterThan(0), noticeMs);
      // The old ones are forgotten by whatever stood in between.
      engine.wire.reset();
      await load.acknowledge(20);
      expect(await load.end()).toBeGreaterThan(40);
    }, 180_000);

    it('of moments, again and again, loses nothing and changes no order', async () => {
      const load = await runLoad();
      for (let i = 0; i < 8; i += 1) {
        engine.wire.reset();
        await sleep(100 * i);
      }
      await load.acknowledge(20);
      expect(await load.end()).toBeGreaterThan(40);
    }, 180_000);

    it('between a message and its acknowledgement leads to duplicates, never to another order', async () => {
      const key = randomUUID();
      const received: number[] = [];
      const member = connect().subscribe({
        group: `payments.${randomUUID()}`,
        topics: [topic],
        maxBatch: 50,
        onBatch: async (batch) => {
          received.push(...batch.filter((each) => each.key === key).map(numberOf));
        },
      });
      endings.unshift(() => member.close());
      const transport = connect();
      const pad = 'x'.repeat(20_000);
      const publish = async (...numbers: readonly number[]): Promise<void> => {
        const messages = numbers.map((n) => ({ topic, key, value: JSON.stringify({ n, pad }) }));
        while (!(await succeeds(transport.publish(messages))));
      };
      await publish(0, 1);
      for (let n = 2; n < 8; n += 2) {
        const sent = engine.wire.sentBytes + 40_000;
        engine.wire.blackHole('answers');
        const publishing = publish(n, n + 1);
        await eventually(() => expect(engine.wire.sentBytes).toBeGreaterThan(sent));
        await sleep(200);
        engine.wire.reset();
        await publishing;
      }
      await publish(8);
      await eventually(() => expectNoGap(received, 8), 30_000);
      console.log(`${name}: three acknowledgements cut off, ${received.length - 9} messages twice`);
    }, 180_000);
  });
};
