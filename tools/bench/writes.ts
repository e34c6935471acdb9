import { randomUUID } from 'node:crypto';
import { Connection, toRequest } from './connection.ts';
import { handleOf, skusOf } from './goods.ts';
import type { Line } from './line.ts';
import { repeat, takeTurns, type Load, type Worker } from './load.ts';
import { mergeRounds, pairedRatio } from './numbers.ts';
import type { Where } from './reads.ts';
import { prepareSqlFloor } from './sql-floor.ts';
import type { PerOrder } from './statements.ts';
import { PaymentsWatch } from './watch.ts';

type Money = { readonly amount: string; readonly currency: string };

/** Two lines of different products, with what they cost together. */
export type Basket = {
  readonly lines: readonly { readonly quote: string; readonly quantity: number }[];
  readonly expectedTotal: Money;
};

const basketCount = 200;

const readQuote = async (catalogUrl: string, n: number): Promise<string> => {
  const answer = await fetch(`${catalogUrl}/products/${handleOf(n)}`);
  const { variants } = (await answer.json()) as { variants: readonly { quote: string }[] };
  const { quote } = variants[n % variants.length] ?? {};
  if (!quote) throw new Error(`${handleOf(n)} has no quote`);
  return quote;
};

const readBasket = async ({ urls }: Where, n: number): Promise<Basket> => {
  const quotes = await Promise.all([n * 2, n * 2 + 1].map((each) => readQuote(urls.catalog, each)));
  const lines = quotes.map((quote) => ({ quote, quantity: 1 }));
  const answer = await fetch(`${urls.payments}/orders/preview`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ lines }),
  });
  const { total } = (await answer.json()) as { total?: Money };
  if (!answer.ok || !total) throw new Error(`preview answered ${answer.status}`);
  return { lines, expectedTotal: total };
};

export const readBaskets = async (where: Where): Promise<Basket[]> => {
  const baskets: Basket[] = [];
  for (let n = 0; n < basketCount; n += 1) baskets.push(await readBasket(where, n));
  return baskets;
};

const pick = <T>(values: readonly T[]): T => {
  const value = values[Math.floor(Math.random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
};

const expectStatus = (what: string, answer: { status: number; body: Buffer }, status: number) => {
  if (answer.status === status) return;
  throw new Error(`${what}: ${answer.status} ${answer.body.toString().slice(0, 200)}`);
};

/** `POST /carts`, and a line into it: two requests and two commits. */
export const shopper = (url: string, baskets: readonly Basket[]): Worker => {
  const connection = new Connection(url);
  const newCart = toRequest('POST', '/carts', { body: {} });
  return {
    run: async () => {
      const made = await connection.send(newCart);
      expectStatus('POST /carts', made, 201);
      const { id, token } = JSON.parse(made.body.toString()) as { id: string; token: string };
      const [line] = pick(baskets).lines;
      const headers = { authorization: `Bearer ${token}` };
      const added = await connection.send(
        toRequest('POST', `/carts/${id}/lines`, { headers, body: line ?? {} }),
      );
      expectStatus('POST /carts/{id}/lines', added, 200);
    },
    close: () => connection.close(),
  };
};

export const benchCart = async (where: Where, baskets: readonly Basket[]): Promise<Line> => {
  const { seconds, groups, urls } = where;
  const open = async () => shopper(urls.cart, baskets);
  const subject = mergeRounds(await repeat({ concurrency: 8, seconds, groups, open }, 3));
  return {
    name: 'new cart with a line, c=8',
    subject,
    target: { text: '≥ 800/s', reached: subject.rate >= 800 },
    notes: ['two requests and two commits each'],
  };
};

const shippingAddress = {
  name: 'Bench Shopper',
  line1: '1 Long Street',
  city: 'Cork',
  postalCode: 'T12 X',
  country: 'IE',
};

/** A new order of a basket, for a cart as it is at one version. */
export const orderOf = (
  basket: Basket,
  { id, version }: { readonly id: string; readonly version: number },
) => ({
  headers: { 'idempotency-key': randomUUID() },
  body: {
    cart: { id, version },
    ...basket,
    email: 'bench@example.com',
    shippingAddress,
    paymentMethod: 'pm_card_visa',
  },
});

export const buyer = (url: string, baskets: readonly Basket[]): Worker => {
  const connection = new Connection(url);
  return {
    run: async () => {
      const order = orderOf(pick(baskets), { id: randomUUID(), version: 2 });
      const placed = await connection.send(toRequest('POST', '/orders', order));
      expectStatus('POST /orders', placed, 201);
    },
    close: () => connection.close(),
  };
};

const describe = ({ statements, commits, besideStatements }: PerOrder): string =>
  `${statements.toFixed(1)} statements and ${commits.toFixed(1)} commits an order up to paid; ` +
  `relay, webhooks and driver beside it ${besideStatements.toFixed(1)} statements`;

export const benchCheckout = async (
  where: Where,
  baskets: readonly Basket[],
  adminUrl: string,
): Promise<Line[]> => {
  const { seconds, groups, urls } = where;
  const watch = await PaymentsWatch.open(adminUrl);
  const floor = await prepareSqlFloor(
    adminUrl,
    Array.from({ length: 400 }, (_, n) => n).flatMap(skusOf),
  );
  const subject: Load = {
    concurrency: 8,
    seconds,
    groups,
    open: async () => buyer(urls.payments, baskets),
    settle: () => watch.settle(),
  };
  const floorLoad: Load = {
    concurrency: 8,
    seconds,
    groups: { postgres: groups['postgres'] ?? [] },
    open: floor.open,
  };
  try {
    await watch.begin();
    const { subjects, floors } = await takeTurns({ subject, floor: floorLoad }, 3);
    const perOrder = await watch.end();
    const merged = mergeRounds(subjects);
    const wide = mergeRounds(await repeat({ ...subject, concurrency: 32 }, 2));
    const isLean = perOrder.statements <= 12.05 && perOrder.commits <= 3.05;
    return [
      {
        name: 'checkout, two lines, c=8',
        subject: merged,
        floor: mergeRounds(floors),
        ratio: pairedRatio(subjects, floors),
        target: {
          text: '≥ 150/s, ≤ 12 statements, ≤ 3 commits',
          reached: merged.rate >= 150 && isLean,
        },
        notes: [describe(perOrder)],
        details: perOrder,
      },
      {
        name: 'checkout, two lines, c=32',
        subject: wide,
        target: { text: 'p99 < 400 ms', reached: wide.p99 < 400 },
      },
    ];
  } finally {
    await watch.close();
  }
};
