import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Engine, Lacks } from '../../test/engine.ts';
import { describeGroups } from './groups.contract.ts';
import { describeLoad } from './load.contract.ts';
import { describeProcesses } from './processes.contract.ts';
import {
  type Bench,
  eventually,
  expectNoGap,
  message,
  numberOf,
  testsOf,
  topic,
  upTo,
  useEngine,
} from './setup.contract.ts';
import type { Message, ReceivedMessage } from './transport.ts';

/** What every transport promises, whatever engine is under it. */
export const describeTransport = (
  name: string,
  start: () => Promise<Engine>,
  lacks: Lacks = {},
): void => {
  describeFlow(name, start, lacks);
  describeGroups(name, start, lacks);
  describeProcesses(name, start, lacks);
  describeLoad(name, start, lacks);
};

const describeFlow = (name: string, start: () => Promise<Engine>, lacks: Lacks): void => {
  const itNeeds = testsOf(lacks);

  describe(`the ${name} transport`, () => {
    const bench = useEngine(start);
    const { connect } = bench;
    const subscribe = (...args: Parameters<Bench['subscribe']>): (() => Promise<void>) =>
      bench.subscribe(...args).close;

    it('keeps the order of each key while many publish at once', async () => {
      const received: ReceivedMessage[] = [];
      subscribe(async (batch) => void received.push(...batch));
      const keys = Array.from({ length: 12 }, (_, i) => `key-${i}`);
      await Promise.all(
        keys.map(async (key) => {
          const transport = connect();
          for (let n = 0; n < 10; n += 2)
            await transport.publish([message(key, n), message(key, n + 1)]);
        }),
      );
      await eventually(() => expect(received).toHaveLength(120));
      for (const key of keys) {
        const numbers = received.filter((each) => each.key === key).map(numberOf);
        expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      }
    });

    it('keeps it while many publish and read at once, and members come and go', async () => {
      const received: ReceivedMessage[] = [];
      const join = (): (() => Promise<void>) =>
        subscribe(async (batch) => {
          await sleep(1);
          received.push(...batch);
        });
      const leave = join();
      const last = 60;
      const keys = upTo(12).map((i) => `key-${i}`);
      const publishing = Promise.all(
        keys.map(async (key) => {
          const transport = connect();
          for (let n = 0; n <= last; n += 1) {
            await transport.publish([message(key, n)]);
            await sleep(50);
          }
        }),
      );
      await eventually(() => expect(received.length).toBeGreaterThan(10));
      join();
      await sleep(1000);
      await leave();
      await publishing;
      // Where a member left, what it had in hand may come again: never before what precedes it.
      await eventually(() => {
        for (const key of keys)
          expectNoGap(received.filter((each) => each.key === key).map(numberOf), last);
      });
    });

    it('gives a key one partition, and its offsets without a gap', async () => {
      const received: ReceivedMessage[] = [];
      subscribe(async (batch) => void received.push(...batch));
      await connect().publish(Array.from({ length: 30 }, (_, n) => message('same', n)));
      await eventually(() => expect(received).toHaveLength(30));
      expect(new Set(received.map(({ partition }) => partition)).size).toBe(1);
      const first = received[0]?.offset ?? 0n;
      expect(received.map(({ offset }) => offset - first)).toEqual(
        received.map((_, i) => BigInt(i)),
      );
    });

    it('brings a batch again until it was handled, and nothing of its key before it', async () => {
      const handled: number[] = [];
      let failures = 3;
      subscribe(async (batch) => {
        if (failures > 0) {
          failures -= 1;
          throw new SyntaxError('not yet');
        }
        handled.push(...batch.map(numberOf));
      });
      const transport = connect();
      for (let n = 0; n < 5; n += 1) await transport.publish([message('a', n)]);
      await eventually(() => expect(handled).toEqual([0, 1, 2, 3, 4]));
    });

    it('goes on after what was committed when a member leaves and another comes', async () => {
      const first: number[] = [];
      const second: number[] = [];
      const transport = connect();
      const close = subscribe(async (batch) => void first.push(...batch.map(numberOf)));
      await transport.publish([message('a', 0), message('a', 1)]);
      await eventually(() => expect(first).toEqual([0, 1]));
      await close();
      await transport.publish([message('a', 2)]);
      subscribe(async (batch) => void second.push(...batch.map(numberOf)));
      await eventually(() => expect(second).toEqual([2]));
    });

    it('finishes the batch in hand before it closes', async () => {
      const gate = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      let isHandled = false;
      const close = subscribe(async () => {
        begun.resolve();
        await gate.promise;
        isHandled = true;
      });
      await connect().publish([message('a', 0)]);
      await begun.promise;
      const closing = close();
      gate.resolve();
      await closing;
      expect(isHandled).toBe(true);
      await connect().publish([message('a', 1)]);
      const next: number[] = [];
      subscribe(async (batch) => void next.push(...batch.map(numberOf)));
      await eventually(() => expect(next).toEqual([1]));
    });

    it('hands over no more at once than was asked for, however much there is', async () => {
      const sizes: number[] = [];
      await connect().publish(Array.from({ length: 95 }, (_, n) => message(`key-${n}`, n)));
      subscribe(async (batch) => void sizes.push(batch.length), { maxBatch: 10 });
      await eventually(() => expect(sizes.reduce((a, b) => a + b, 0)).toBe(95));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
    });

    itNeeds('groups', 'says how far behind a slow group is', async () => {
      const gate = Promise.withResolvers<void>();
      bench.defer(async () => gate.resolve());
      subscribe(() => gate.promise);
      const transport = connect();
      await eventually(async () => expect(await transport.lag('payments')).toEqual({ [topic]: 0 }));
      await transport.publish(Array.from({ length: 7 }, (_, n) => message(`key-${n}`, n)));
      await eventually(async () => expect(await transport.lag('payments')).toEqual({ [topic]: 7 }));
      gate.resolve();
      await eventually(async () => expect(await transport.lag('payments')).toEqual({ [topic]: 0 }));
    });

    it('publishes a batch whole or not at all', async () => {
      const received: ReceivedMessage[] = [];
      subscribe(async (batch) => void received.push(...batch));
      const transport = connect();
      const unknown: Message = { topic: 'payments.nowhere', key: 'a', value: '{}' };
      await expect(transport.publish([message('a', 0), unknown])).rejects.toThrow(
        /payments.nowhere/,
      );
      await transport.publish([message('a', 1)]);
      await eventually(() => expect(received.map(numberOf)).toEqual([1]));
    });
  });
};
