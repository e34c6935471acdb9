import { setTimeout as sleep } from 'node:timers/promises';
import { type CopyName, copies } from '../../libs/contracts/src/staleness.ts';
import { Connection, toRequest } from './connection.ts';
import { handleOf } from './goods.ts';
import type { Fact } from './line.ts';
import type { Worker } from './load.ts';
import { observedSince, percentile, upperBounds } from './numbers.ts';
import type { Where } from './reads.ts';
import { type Basket, buyer, orderOf } from './writes.ts';

/** How old copies are while many buy: what shoppers read in that time says as of when it is right. */

const ordersPerSecond = 100;
const buyers = 24;
const lookEveryMs = 20;
const readCarts = 10;
/** Not counted: nobody has bought yet, and connections are new. */
const warmUpMs = 1500;

type Ages = Record<CopyName, number[]>;
type CartLine = { readonly asOf: Readonly<Record<'product' | 'availability', string | null>> };
type Cart = {
  readonly id: string;
  readonly token: string;
  readonly version: number;
  readonly status: string;
  readonly lines: readonly CartLine[];
};
type Order = {
  readonly id: string;
  readonly token: string;
  readonly status: string;
  readonly timeline: readonly { readonly at: string; readonly what: string }[];
};
type Item = { readonly availability: { readonly asOf: string } };

const ageOf = (asOf: string): number => Math.max(0, Date.now() - Date.parse(asOf));

/** Asks one service again and again until the time is over. */
class Caller {
  private readonly connection: Connection;

  constructor(url: string) {
    this.connection = new Connection(url);
  }

  async call<Answer>(method: string, path: string, parts: Parameters<typeof toRequest>[2] = {}) {
    const { status, body } = await this.connection.send(toRequest(method, path, parts));
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${body.toString()}`);
    return JSON.parse(body.toString()) as Answer;
  }

  /** For pages, which are not JSON. */
  async look(path: string): Promise<void> {
    await this.connection.send(toRequest('GET', path));
  }

  close(): void {
    this.connection.close();
  }
}

type Stage = {
  readonly where: Where;
  readonly baskets: readonly Basket[];
  readonly ages: Ages;
  readonly isOver: () => boolean;
};

const forEver = async ({ isOver }: Stage, work: (turn: number) => Promise<void>): Promise<void> => {
  for (let turn = 0; !isOver(); turn += 1) {
    await work(turn);
    await sleep(lookEveryMs);
  }
};

const lookAtGoods = async (stage: Stage): Promise<void> => {
  const catalog = new Caller(stage.where.urls.catalog);
  const handles = stage.baskets.length * 2;
  const note = (items: readonly Item[]): void => {
    const ages = items.map(({ availability }) => ageOf(availability.asOf));
    stage.ages['catalog.availability'].push(Math.max(...ages));
  };
  await forEver(stage, async (turn) => {
    const path = `/products/${handleOf((turn * 7) % handles)}`;
    note((await catalog.call<{ variants: Item[] }>('GET', path)).variants);
    if (turn % 5 === 0) note((await catalog.call<{ items: Item[] }>('GET', '/products')).items);
  });
  catalog.close();
};

const lookAtPages = async (stage: Stage): Promise<void> => {
  const web = new Caller(stage.where.urls.web);
  const handles = stage.baskets.length * 2;
  await forEver(stage, async (turn) => {
    await web.look(turn % 2 === 0 ? '/products' : `/products/${handleOf((turn * 7) % handles)}`);
  });
  web.close();
};

const fillCart = async (cart: Caller, { lines }: Basket): Promise<Cart> => {
  const { id, token } = await cart.call<Cart>('POST', '/carts', { body: {} });
  const headers = { authorization: `Bearer ${token}` };
  let filled: Cart | undefined;
  for (const line of lines) {
    filled = await cart.call<Cart>('POST', `/carts/${id}/lines`, { headers, body: line });
  }
  if (!filled) throw new Error('a basket with nothing in it');
  return { ...filled, token };
};

const readCart = (cart: Caller, { id, token }: Cart): Promise<Cart> =>
  cart.call<Cart>('GET', `/carts/${id}`, { headers: { authorization: `Bearer ${token}` } });

const lookAtCarts = async (stage: Stage): Promise<void> => {
  const cart = new Caller(stage.where.urls.cart);
  const mine: Cart[] = [];
  for (const basket of stage.baskets.slice(0, readCarts)) mine.push(await fillCart(cart, basket));
  await forEver(stage, async (turn) => {
    const one = mine[turn % mine.length];
    if (!one) return;
    for (const { asOf } of (await readCart(cart, one)).lines) {
      if (asOf.availability) stage.ages['cart.availability'].push(ageOf(asOf.availability));
      if (asOf.product) stage.ages['cart.product'].push(ageOf(asOf.product));
    }
  });
  cart.close();
};

/** From the commit of the payment to the first look at a cart that is closed by it. */
const buyAndLook = async (stage: Stage): Promise<void> => {
  const { urls } = stage.where;
  const [cart, payments] = [new Caller(urls.cart), new Caller(urls.payments)];
  await forEver(stage, async (turn) => {
    const basket = stage.baskets[turn % stage.baskets.length];
    if (!basket) return;
    const filled = await fillCart(cart, basket);
    const order = await payments.call<Order>('POST', '/orders', orderOf(basket, filled));
    const headers = { authorization: `Bearer ${order.token}` };
    let paid: string | undefined;
    while (!paid) {
      const { timeline } = await payments.call<Order>('GET', `/orders/${order.id}`, { headers });
      paid = timeline.find(({ what }) => what === 'paid')?.at;
      await sleep(5);
    }
    while ((await readCart(cart, filled)).status !== 'closed') await sleep(5);
    stage.ages['cart.purchases'].push(ageOf(paid));
  });
  cart.close();
  payments.close();
};

/** So many a second whatever the answers take; what finds no free buyer is not placed. */
const buyMuch = async ({ where, baskets, isOver }: Stage): Promise<number> => {
  const free = Array.from({ length: buyers }, () => buyer(where.urls.payments, baskets));
  const all = [...free];
  const running = new Set<Promise<void>>();
  let placed = 0;
  const place = async (worker: Worker): Promise<void> => {
    await worker.run();
    placed += 1;
    free.push(worker);
  };
  const startedAt = performance.now();
  for (let due = 1; !isOver(); due += 1) {
    const worker = free.pop();
    if (worker) {
      const run = place(worker);
      running.add(run);
      // Who waits for all of them learns of a failure.
      run.then(
        () => running.delete(run),
        () => {},
      );
    }
    await sleep(Math.max(0, startedAt + (due * 1000) / ordersPerSecond - performance.now()));
  }
  const rate = placed / ((performance.now() - startedAt) / 1000);
  await Promise.all(running);
  for (const worker of all) worker.close();
  return rate;
};

const toFact = (name: CopyName, ages: readonly number[], load: string): Fact => {
  const { boundMs } = copies[name];
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => percentile(ages, share));
  return {
    name: `age of ${name} when read, p99`,
    value: p99 ?? Number.NaN,
    unit: 'ms',
    target: { text: `< ${boundMs.toLocaleString('en')} ms`, reached: (p99 ?? boundMs) < boundMs },
    notes: [`p50 ${p50?.toFixed(0)}, max ${max?.toFixed(0)} ms; ${ages.length} reads ${load}`],
  };
};

/** Pages do not say as of when a price is right; what web itself counted of them says it by steps. */
const pageAges = async (where: Where): Promise<readonly number[]> => {
  const text = await (await fetch(`${where.urls.web}/metrics`)).text();
  return upperBounds(text, 'copy_age_when_read_seconds', 'copy="web.price"').map((s) => s * 1000);
};

/** From the commit of a change of stock to that of its copies, as cart and catalog counted it by steps. */
const readApplied = async ({ urls }: Where): Promise<number[]> => {
  const texts = await Promise.all(
    [urls.cart, urls.catalog].map(async (url) => (await fetch(`${url}/metrics`)).text()),
  );
  return texts.flatMap((text) =>
    upperBounds(text, 'event_age_when_applied_seconds', 'topic="payments.stock"'),
  );
};

const appliedFacts = (seconds: readonly number[], load: string): Fact[] =>
  (
    [
      ['p50', 0.5, 60],
      ['p99', 0.99, 250],
    ] as const
  ).map(([name, share, targetMs]) => {
    const value = percentile(seconds, share) * 1000;
    return {
      name: `commit to copy of stock, ${name} at most`,
      value,
      unit: 'ms',
      target: { text: `< ${targetMs} ms`, reached: value <= targetMs },
      notes: [`${seconds.length} copies ${load}`],
    };
  });

export const benchStaleness = async (where: Where, baskets: readonly Basket[]): Promise<Fact[]> => {
  const ages = Object.fromEntries(Object.keys(copies).map((name) => [name, []])) as never as Ages;
  const endsAt = performance.now() + warmUpMs + where.seconds * 3000;
  const stage: Stage = { where, baskets, ages, isOver: () => performance.now() > endsAt };
  const begin = async (): Promise<number[]> => {
    await sleep(warmUpMs);
    for (const each of Object.values(ages)) each.length = 0;
    return readApplied(where);
  };
  const [rate, appliedBefore] = await Promise.all([
    buyMuch(stage),
    begin(),
    lookAtGoods(stage),
    lookAtPages(stage),
    lookAtCarts(stage),
    buyAndLook(stage),
  ]);
  const applied = observedSince(appliedBefore, await readApplied(where));
  ages['web.price'].push(...(await pageAges(where)));
  const load = `at ${rate.toFixed(0)} orders/s`;
  const read = (Object.entries(ages) as [CopyName, number[]][])
    .filter(([, each]) => each.length > 0)
    .map(([name, each]) => toFact(name, each, load));
  return [...appliedFacts(applied, load), ...read];
};
