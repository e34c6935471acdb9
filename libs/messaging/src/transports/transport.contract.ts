import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually as waitFor } from '../../../postgres/test/eventually.ts';
import type { Message, ReceivedMessage, SubscribeOptions, Transport } from './transport.ts';

export type Engine = {
  /** Another client of the same log, as the app that owns `topic`. */
  connect(): Transport;
  close(): Promise<void>;
};

/** A topic that is declared, with more than one partition. */
const topic = 'payments.stock';

const eventually = (check: () => void | Promise<void>, ms = 10_000): Promise<void> =>
  waitFor(check, ms);

const message = (key: string, n: number): Message => ({
  topic,
  key,
  value: JSON.stringify({ key, n }),
});
const numberOf = ({ value }: Message): number => (JSON.parse(value) as { n: number }).n;

/** What every transport promises, whatever engine is under it. */
export const describeTransport = (name: string, start: () => Promise<Engine>): void => {
  let engine: Engine;
  let closings: (() => Promise<void>)[];

  beforeEach(async () => {
    closings = [];
    engine = await start();
  });

  afterEach(async () => {
    for (const close of closings) await close();
    await engine.close();
  });

  const connect = (): Transport => {
    const transport = engine.connect();
    closings.push(() => transport.close());
    return transport;
  };

  const subscribe = (
    onBatch: SubscribeOptions['onBatch'],
    { group = 'payments', maxBatch = 50 }: { group?: string; maxBatch?: number } = {},
  ): (() => Promise<void>) => {
    const subscription = connect().subscribe({ group, topics: [topic], maxBatch, onBatch });
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => (closed ??= subscription.close());
    closings.unshift(close);
    return close;
  };

  describe(`the ${name} transport`, () => {
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
      await eventually(async () => expect(await connect().lag('payments')).toEqual({ [topic]: 0 }));
    });

    it('hands over no more at once than was asked for, however much there is', async () => {
      const sizes: number[] = [];
      await connect().publish(Array.from({ length: 95 }, (_, n) => message(`key-${n}`, n)));
      subscribe(async (batch) => void sizes.push(batch.length), { maxBatch: 10 });
      await eventually(() => expect(sizes.reduce((a, b) => a + b, 0)).toBe(95));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
    });

    it('says how far behind a slow group is', async () => {
      const gate = Promise.withResolvers<void>();
      closings.unshift(async () => gate.resolve());
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
