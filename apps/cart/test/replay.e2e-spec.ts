import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Envelope, events } from '@hemline/contracts';
import type { RunningService } from '@hemline/http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  dump,
  runEventsCommand,
  startEventsCommand,
} from '../../../libs/messaging/test/commands.ts';
import { type Scene, engines, newScene } from '../../../libs/messaging/test/scene.ts';
import { eventually } from '../../../libs/postgres/test/eventually.ts';
import { start } from '../src/main.ts';
import { anEvent, newSigner } from './builders.ts';

jest.setTimeout(120_000);

// Over Kafka too where there is one, by TEST_KAFKA_BROKERS.
const topicOf = new Map(Object.values(events).map(({ type, topic }) => [type as string, topic]));
const copies = ['product_copies', 'stock_copies', 'quote_keys'];
const ours = ['carts', 'line_requests', 'placed_orders', 'outbox'];

let scene: Scene;
let service: RunningService;

const publish = async (facts: readonly Envelope[]): Promise<void> => {
  for (let i = 0; i < facts.length; i += 100) {
    const part = facts.slice(i, i + 100);
    for (const topic of new Set(topicOf.values())) {
      const those = part.filter(({ type }) => topicOf.get(type) === topic);
      if (those.length > 0) await scene.publish(topic, those);
    }
  }
};

const countClosedTold = async (): Promise<number> => (await scene.told('cart.carts')).length;
const dumpAll = (): Promise<string> => dump(scene.database, [...copies, ...ours]);

/** The same numbers each time, so that a failure can be seen again. */
const newRandom = (seed: number) => (below: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % below;
};

type Shelf = { id: string; version: number; skus: string[]; isPublished: boolean };

/**
 * Catalog and payments over some time: skus come and go, move from one product to another and back,
 * products are hidden and deleted. A moment is never told of twice, as a sku is one product's at a time.
 */
const traffic = (steps: number): Envelope[] => {
  const random = newRandom(20_261_124);
  const facts: Envelope[] = [];
  let clock = Date.parse('2026-11-01T00:00:00Z');
  const now = () => new Date((clock += 1 + random(2000)));
  const shelves: Shelf[] = Array.from({ length: 30 }, () => newShelf());
  const stockVersions = new Map<string, number>();
  const tellProduct = (shelf: Shelf): void => {
    shelf.version += 1;
    facts.push(
      anEvent(
        events.productChanged,
        { subject: shelf.id, version: shelf.version, time: now() },
        {
          productId: shelf.id,
          handle: `product-${shelf.id.slice(0, 8)}`,
          title: `Title ${random(1000)}`,
          published: shelf.isPublished,
          variants: shelf.skus.map((sku) => ({
            sku,
            options: { Size: 'M', Colour: `C${random(9)}` },
            price: { amount: String(1 + random(99_999)), currency: 'EUR' },
            priceVersion: 1 + random(20),
            image: random(3) === 0 ? null : { id: 'b'.repeat(32), alt: 'Front' },
          })),
        },
      ),
    );
  };
  for (let step = 0; step < steps; step += 1) {
    const at = random(shelves.length);
    const shelf = shelves[at] ?? newShelf();
    const kind = random(10);
    if (kind < 3) shelf.skus.push(`sku-${step}`);
    else if (kind === 3) shelf.isPublished = !shelf.isPublished;
    else if (kind === 4) shelf.skus.splice(random(shelf.skus.length), 1);
    else if (kind === 5) {
      const [sku] = shelf.skus.splice(random(shelf.skus.length), 1);
      const other = shelves[random(shelves.length)];
      tellProduct(shelf);
      if (sku && other && other !== shelf) {
        other.skus.push(sku);
        tellProduct(other);
      }
    } else if (kind === 6 && shelf.version > 0) {
      const gone = { productId: shelf.id, handle: 'gone', skus: shelf.skus };
      const of = { subject: shelf.id, version: shelf.version + 1, time: now() };
      facts.push(anEvent(events.productDeleted, of, gone));
      shelves[at] = newShelf();
    }
    if (kind !== 5 && kind !== 6) tellProduct(shelf);
    const sku = `sku-${random(steps)}`;
    const version = (stockVersions.get(sku) ?? 0) + 1;
    stockVersions.set(sku, version);
    const available = random(50);
    facts.push(
      anEvent(
        events.stockChanged,
        { subject: sku, version, time: now() },
        { sku, onHand: available, held: 0, allocated: 0, available },
      ),
    );
  }
  return facts;
};

const manyStocks = (n: number): Envelope[] =>
  Array.from({ length: n }, (_, i) => {
    const sku = `many-${i}`;
    const data = { sku, onHand: i, held: 0, allocated: 0, available: i };
    return anEvent(events.stockChanged, { subject: sku }, data);
  });

const newShelf = (): Shelf => ({ id: randomUUID(), version: 0, skus: [], isPublished: true });

const aKey = (): Envelope => {
  const { kid, jwk } = newSigner(randomUUID());
  return anEvent(events.quoteKeyPublished, { subject: kid }, { kid, jwk });
};

/** A cart that was bought while something else came into it: what events did to it is done once. */
const anOrder = async (): Promise<Envelope[]> => {
  const answer = await fetch(`${service.url}/carts`, { method: 'POST' });
  const { id } = (await answer.json()) as { id: string };
  const orderId = randomUUID();
  const fact = { orderId, cartId: id, cartVersion: 1, total: { amount: '1', currency: 'EUR' } };
  const tell = (definition: { readonly type: string }, version: number, data: object) =>
    anEvent(definition, { subject: orderId, version }, data);
  return [
    tell(events.orderPlaced, 1, { ...fact, lines: [{ sku: 'sku-1', quantity: 1 }] }),
    tell(events.orderAuthorized, 2, fact),
    tell(events.orderPaid, 3, fact),
  ];
};

if (!engines.includes('kafka')) {
  it.todo(`was not tried over kafka: ${process.env['TEST_KAFKA_MISSING'] ?? 'there is none here'}`);
}

describe.each(engines)('a replay of what cart copies, over %s', (engine) => {
  beforeAll(async () => {
    scene = await newScene('cart', engine);
    service = await start(scene.env);
  });

  afterAll(async () => {
    await service.close();
    await scene.close();
  });
  it('makes every copy anew to the same bytes, and repeats nothing else', async () => {
    await publish([aKey(), aKey(), ...(await anOrder()), ...traffic(600)]);
    await scene.caughtUp();
    await eventually(async () => expect(await countClosedTold()).toBe(1));
    const running = await runEventsCommand('cart', ['replay', 'cart', '--from', '0'], scene.env);
    expect(running).toMatchObject({ code: 1, out: '' });
    expect(running.err).toMatch(/The group cart is running. Stop its service first/);
    await service.close();
    const before = await dumpAll();
    await scene.database.query({ text: `update stock_copies set available = available + 1` });
    await scene.database.query({ text: `delete from product_copies where sku like '%7'` });

    const ran = await runEventsCommand(
      'cart',
      ['replay', 'cart', '--from', '0', '--json'],
      scene.env,
    );
    expect([ran.code, ran.err]).toEqual([0, expect.not.stringMatching(/rror/)]);
    expect(JSON.parse(ran.out)).toMatchObject({ group: 'cart', isWhole: true, deadLetters: 0 });
    expect(await dumpAll()).toBe(before);

    service = await start(scene.env);
    await publish([aKey()]);
    await scene.caughtUp();
    await sleep(1000);
    expect(await countClosedTold()).toBe(1);
  });

  it('that is killed half-way ends right when it is run again, and when cart starts instead', async () => {
    await publish(manyStocks(20_000));
    await scene.caughtUp();
    await service.close();
    const before = await dumpAll();
    const rowsOf = async (): Promise<number> =>
      (await dump(scene.database, ['stock_copies'])).split('\n').length;
    const all = await rowsOf();
    const killHalfWay = async (): Promise<void> => {
      const command = startEventsCommand('cart', ['replay', 'cart', '--from', '0'], scene.env);
      await eventually(async () => expect(await rowsOf()).toBeLessThan(all), 20_000);
      command.kill('SIGKILL');
      await command.ended;
      expect(await rowsOf()).toBeLessThan(all);
    };
    await killHalfWay();
    await eventually(async () => expect(await scene.as('cart').members('cart')).toBe(0), 15_000);
    const ran = await runEventsCommand('cart', ['replay', 'cart', '--from', '0'], scene.env);
    expect(ran.code).toBe(0);
    expect(await dumpAll()).toBe(before);

    await killHalfWay();
    service = await start(scene.env);
    await scene.caughtUp();
    expect(await dumpAll()).toBe(before);
  });
});
