import { randomUUID } from 'node:crypto';
import { events } from '@hemline/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anEvent } from './builders.ts';
import { eventually } from '../../../libs/postgres/test/eventually.ts';
import { type StartedCart, startCart } from './started.ts';

let cart: StartedCart;
beforeAll(async () => {
  cart = await startCart();
});
afterAll(() => cart.close());

type Made = { readonly id: string; readonly token: string; readonly path: string };

const add = (to: Made, sku: string, quantity = 1) =>
  cart.request('POST', `${to.path}/lines`, {
    token: to.token,
    body: { quote: cart.quote({ sku }), quantity },
  });
const read = async ({ path, token }: Made) => (await cart.request('GET', path, { token })).cart;
const contents = async (of: Made): Promise<unknown> => {
  const { status, lines } = await read(of);
  return [status, ...lines.map(({ sku, quantity }) => `${quantity} ${sku}`)];
};

const aProduct = (
  skus: readonly string[],
  {
    productId = randomUUID(),
    version = 1,
    time = new Date(),
    ...rest
  }: {
    productId?: string;
    version?: number;
    time?: Date;
    amount?: string;
    priceVersion?: number;
    published?: boolean;
  } = {},
) =>
  anEvent(
    events.productChanged,
    { subject: productId, version, time },
    {
      productId,
      handle: 'linen-shirt',
      title: 'Linen shirt, washed',
      published: rest.published ?? true,
      variants: skus.map((sku) => ({
        sku,
        options: { Size: 'M' },
        price: { amount: rest.amount ?? '12900', currency: 'EUR' },
        priceVersion: rest.priceVersion ?? 1,
        image: { id: 'a'.repeat(32), alt: 'Front' },
      })),
    },
  );

const aStock = (sku: string, version: number, available: number) =>
  anEvent(
    events.stockChanged,
    { subject: sku, version },
    {
      sku,
      onHand: available,
      held: 0,
      allocated: 0,
      available,
    },
  );

describe('what others tell', () => {
  it('is right as of its commit or of its owner’s last word, and its age is told', async () => {
    const made = await cart.newCart();
    const sku = `sku-${randomUUID()}`;
    await add(made, sku);
    await cart.publish(aProduct([sku]), aStock(sku, 1, 9));
    const asOf = async () => (await read(made)).lines[0]?.asOf;
    await eventually(async () => expect((await asOf())?.availability).toBeTruthy());
    const [before, time] = [await asOf(), new Date(Date.now() + 1000)];
    await cart.sayAllTold('payments', time);
    await eventually(async () =>
      expect(await asOf()).toEqual({ ...before, availability: time.toISOString() }),
    );
    const text = await (await fetch(`${cart.service.url}/metrics`)).text();
    const age = (name: string): number =>
      Number(new RegExp(`^copy_age_seconds{copy="${name}".* (.*)$`, 'm').exec(text)?.[1]);
    expect(age('cart.availability')).toBeLessThan(1);
    expect(age('cart.purchases')).toBeLessThan(1);
    expect(age('cart.product')).toBeGreaterThan(0);
    expect(text).toMatch(/^copy_age_when_read_seconds_count{.*copy="cart.purchases".* [1-9]/m);
  });

  it('shows in the lines: picture and options, a changed price, stock short and gone', async () => {
    const made = await cart.newCart();
    const [sku, productId] = [`sku-${randomUUID()}`, randomUUID()];
    await add(made, sku, 3);
    expect((await read(made)).lines[0]).toMatchObject({ title: 'Linen shirt', image: null });
    const time = new Date(Date.now() - 5000);
    await cart.publish(aProduct([sku], { productId, time }), aStock(sku, 1, 2));
    await eventually(async () =>
      expect((await read(made)).lines[0]).toMatchObject({
        title: 'Linen shirt, washed',
        handle: 'linen-shirt',
        options: { Size: 'M' },
        image: { id: 'a'.repeat(32), alt: 'Front' },
        availability: { state: 'few_left', left: 2 },
        notices: [{ kind: 'stock_short', requested: 3, left: 2 }],
        asOf: { product: time.toISOString() },
      }),
    );
    await cart.publish(
      aProduct([sku], { productId, version: 2, amount: '13900', priceVersion: 2 }),
      aStock(sku, 2, 0),
    );
    await eventually(async () =>
      expect((await read(made)).lines[0]).toMatchObject({
        unitPrice: { amount: '12900' },
        availability: { state: 'sold_out' },
        notices: [
          { kind: 'price_changed', was: { amount: '12900' }, now: { amount: '13900' } },
          { kind: 'sold_out' },
        ],
      }),
    );
  });

  it('withdraws a sku that its product no longer has, and all of a product that is gone', async () => {
    const made = await cart.newCart();
    const [a, b, productId] = [`sku-${randomUUID()}`, `sku-${randomUUID()}`, randomUUID()];
    await add(made, a);
    await add(made, b);
    const withdrawn = async (): Promise<string[]> =>
      (await read(made)).lines
        .filter(({ notices }) => notices.some(({ kind }) => kind === 'withdrawn'))
        .map(({ sku }) => sku);
    await cart.publish(aProduct([a, b], { productId }), aProduct([b], { productId, version: 2 }));
    await eventually(async () => expect(await withdrawn()).toEqual([a]));
    const gone = { productId, handle: 'linen-shirt', skus: [b] };
    await cart.publish(anEvent(events.productDeleted, { subject: productId, version: 3 }, gone));
    await eventually(async () => expect(await withdrawn()).toEqual([a, b]));
  });

  it('of a sku that moved to another product is believed by its time, not by its arrival', async () => {
    const made = await cart.newCart();
    const sku = `sku-${randomUUID()}`;
    await add(made, sku);
    const [early, late] = [new Date(Date.now() - 60_000), new Date(Date.now() - 1000)];
    await cart.publish(aProduct([sku], { time: late }), aProduct([sku], { time: early }));
    await cart.publish(aStock(sku, 1, 7));
    await eventually(async () => expect((await read(made)).lines[0]?.availability).not.toBeNull());
    await eventually(async () =>
      expect((await read(made)).lines[0]?.asOf.product).toBe(late.toISOString()),
    );
  });
});

const anOrder = (
  of: Made,
  cartVersion: number,
  lines: readonly { sku: string; quantity: number }[],
) => {
  const orderId = randomUUID();
  const fact = { orderId, cartId: of.id, cartVersion, total: { amount: '1', currency: 'EUR' } };
  const tell = (definition: { readonly type: string }, version: number, data: object) =>
    anEvent(definition, { subject: orderId, version }, data);
  return {
    placed: tell(events.orderPlaced, 1, { ...fact, lines }),
    authorized: tell(events.orderAuthorized, 2, fact),
    paid: tell(events.orderPaid, 3, fact),
    cancelled: tell(events.orderCancelled, 2, { ...fact, reason: 'expired' }),
  };
};

describe('an order', () => {
  it('that is paid closes its cart, and that is told once', async () => {
    const made = await cart.newCart();
    await add(made, 'shirt-m', 2);
    const { placed, authorized, paid } = anOrder(made, 2, [{ sku: 'shirt-m', quantity: 2 }]);
    await cart.publish(placed, authorized);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await contents(made)).toEqual(['open', '2 shirt-m']);
    await cart.publish(paid, paid);
    await eventually(async () => expect(await contents(made)).toEqual(['closed']));
    const refused = await add(made, 'hat');
    expect([refused.status, refused.problem.code]).toEqual([409, 'carts.closed']);
    await eventually(async () =>
      expect(await cart.told('cart.carts', made.id)).toMatchObject([
        { type: 'cart.cart.closed.v1', version: 1, data: { cartId: made.id } },
      ]),
    );
  });

  it('takes only what it bought from a cart that has moved on', async () => {
    const made = await cart.newCart();
    await add(made, 'shirt-m', 1);
    const { placed, paid } = anOrder(made, 2, [{ sku: 'shirt-m', quantity: 1 }]);
    await cart.publish(placed);
    await add(made, 'shirt-m', 2);
    await add(made, 'hat', 1);
    await cart.publish({ ...paid, version: 2 });
    await eventually(async () =>
      expect(await contents(made)).toEqual(['open', '2 shirt-m', '1 hat']),
    );
    expect((await add(made, 'hat')).status).toBe(200);
    expect(await cart.told('cart.carts', made.id)).toEqual([]);
  });

  it('finds its lines in the cart that its own was merged into', async () => {
    const [made, mine] = [await cart.newCart(), await cart.newCart()];
    await add(made, 'shirt-m', 1);
    await add(mine, 'hat', 1);
    const { placed, paid } = anOrder(made, 2, [{ sku: 'shirt-m', quantity: 1 }]);
    await cart.publish(placed);
    await cart.request('POST', `${mine.path}/merge`, {
      token: mine.token,
      body: { id: made.id, token: made.token },
    });
    await cart.publish({ ...paid, version: 2 });
    await eventually(async () => expect(await contents(mine)).toEqual(['open', '1 hat']));
  });

  it('that is cancelled, or of a cart that is not known, changes nothing', async () => {
    const made = await cart.newCart();
    await add(made, 'shirt-m', 1);
    const given = anOrder(made, 2, [{ sku: 'shirt-m', quantity: 1 }]);
    const stranger = anOrder({ ...made, id: randomUUID() }, 2, [{ sku: 'hat', quantity: 1 }]);
    await cart.publish(given.placed, given.cancelled);
    await cart.publish(stranger.placed, { ...stranger.paid, version: 2 });
    await eventually(async () => {
      const { rows } = await cart.database.query({
        text: `select 1 from aggregate_cursors where aggregate_id = any ($1) and version = 2`,
        values: [[given.placed.subject, stranger.placed.subject]],
      });
      expect(rows).toHaveLength(2);
    });
    expect(await contents(made)).toEqual(['open', '1 shirt-m']);
    const left = await cart.database.query({
      text: `select (select count(*)::int from placed_orders where cart_id = $1) as waiting,
               (select count(*)::int from dead_letters) as dead`,
      values: [made.id],
    });
    expect(left.rows).toEqual([{ waiting: 0, dead: 0 }]);
  });
});
