import { setTimeout as sleep } from 'node:timers/promises';
import { events } from '@hemline/contracts';
import { Database } from '@hemline/postgres';
import { createLogger, createMetrics } from '@hemline/telemetry';
import { describe, expect, it } from '@jest/globals';
import type { Engine, Lacks } from '../../test/engine.ts';
import { stockApp, stockMessage } from '../../test/stock.ts';
import { type EventContext, EventServer } from '../event-server.ts';
import {
  eventually,
  message,
  numberOf,
  testsOf,
  topic,
  upTo,
  useEngine,
} from './setup.contract.ts';
import { GroupRunning } from './transport.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

/** Groups: where they begin and stand, who is in them, and what happens when that changes. */
export const describeGroups = (name: string, start: () => Promise<Engine>, lacks: Lacks): void => {
  const itNeeds = testsOf(lacks);

  describe(`a group over ${name}`, () => {
    const bench = useEngine(start);
    const { connect, collect, subscribe } = bench;

    itNeeds(
      'groups',
      'goes back to zero, and to a time; a new one begins at the beginning, or at the end',
      async () => {
        const transport = connect();
        await transport.publish([message('a', 0), message('b', 1)]);
        await sleep(20);
        const between = new Date();
        await sleep(20);
        await transport.publish([message('a', 2)]);
        const first = collect();
        await eventually(() =>
          expect(first.received.map(numberOf).toSorted((a, b) => a - b)).toEqual([0, 1, 2]),
        );
        await expect(transport.seek('payments', [topic], 'earliest')).rejects.toThrow(GroupRunning);
        await first.member.close();
        await eventually(async () => expect(await transport.members('payments')).toBe(0));
        await transport.seek('payments', [topic], between);
        expect(await transport.lag('payments')).toEqual({ [topic]: 1 });
        await transport.seek('payments', [topic], 'earliest');
        expect(await transport.lag('payments')).toEqual({ [topic]: 3 });
        const again = collect();
        const late = collect({ group: 'payments.late', from: 'latest' });
        const other = collect({ group: 'payments.other' });
        await eventually(() => late.member.ping());
        await transport.publish([message('c', 3)]);
        for (const { received } of [again, other])
          await eventually(() =>
            expect(received.map(numberOf).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]),
          );
        await eventually(() => expect(late.received.map(numberOf)).toEqual([3]));
      },
    );

    itNeeds(
      'groups',
      'is handed nothing while it is paused, keeps its partitions, and goes on where it was',
      async () => {
        const transport = connect();
        const { received, member } = collect();
        await transport.publish([message('a', 0)]);
        await eventually(() => expect(received).toHaveLength(1));
        member.pause();
        // A batch may have been on its way.
        await sleep(100);
        await transport.publish(upTo(20).map((n) => message(`key-${n}`, n)));
        await sleep(2500);
        expect(received).toHaveLength(1);
        expect(await transport.members('payments')).toBe(1);
        expect(await transport.lag('payments')).toEqual({ [topic]: 20 });
        member.resume();
        await eventually(() => expect(received).toHaveLength(21));
      },
    );

    itNeeds('groups', 'counts its members', async () => {
      const transport = connect();
      expect(await transport.members('payments')).toBe(0);
      const first = subscribe(async () => {});
      subscribe(async () => {});
      await eventually(async () => expect(await transport.members('payments')).toBe(2));
      await first.close();
      await eventually(async () => expect(await transport.members('payments')).toBe(1));
    });

    itNeeds('groups', 'is left for good by a member that leaves while it joins', async () => {
      const transport = connect();
      await Promise.all(
        upTo(6).map(async (n) => {
          const group = `payments.hasty-${n}`;
          const hasty = subscribe(async () => {}, { group });
          subscribe(async () => {}, { group });
          await eventually(async () => expect(await transport.members(group)).toBe(2));
          await sleep(n * 20);
          await hasty.close();
          await eventually(async () => expect(await transport.members(group)).toBe(1));
        }),
      );
    });

    it('of three shares keys while one joins and one leaves under load: each effect once, in order', async () => {
      const app = await stockApp();
      bench.defer(() => app.close());
      const skus = upTo(30).map((n) => `sku-${n}`);
      const handlers = new Map<string, number>();
      const join = (instance: string): EventServer => {
        const database = new Database({ url: app.url, name: instance, logger });
        const server = new EventServer({
          app: 'payments',
          database,
          transport: connect(),
          topics: [topic],
          logger,
          metrics: createMetrics(instance),
        });
        const write = async (
          { subject, version }: { subject: string; version: number },
          { tx }: EventContext,
        ): Promise<void> => {
          handlers.set(instance, (handlers.get(instance) ?? 0) + 1);
          await tx.query({
            text: 'insert into effects (key, version, instance) values ($1, $2, $3)',
            values: [subject, version, instance],
          });
        };
        server.addHandler(events.stockChanged.type, write as never, true);
        server.listen(() => {});
        bench.defer(async () => {
          await server.close();
          await database.close();
        });
        return server;
      };
      const first = join('first');
      join('second');
      // The load goes on for as long as members come and go.
      const load = { isOn: true };
      const publishers = upTo(3).map(async (p) => {
        const transport = connect();
        const own = skus.filter((_, i) => i % 3 === p);
        let version = 0;
        while (load.isOn) {
          version += 1;
          await transport.publish(own.map((sku) => stockMessage(sku, version)));
          await sleep(150);
        }
        return own.map((sku) => [sku, version] as const);
      });
      await eventually(() => expect(handlers.size).toBe(2));
      join('third');
      await eventually(() => expect(handlers.get('third')).toBeGreaterThan(0));
      await first.close();
      load.isOn = false;
      const told = new Map((await Promise.all(publishers)).flat());
      const all = [...told.values()].reduce((sum, last) => sum + last, 0);
      await eventually(async () => expect(await app.count('effects')).toBe(all));
      const effects = await app.effects();
      for (const [sku, last] of told) {
        expect([sku, effects.get(sku)]).toEqual([sku, upTo(last).map((n) => n + 1)]);
      }
      expect(await app.count('dead_letters')).toBe(0);
    });
  });
};
