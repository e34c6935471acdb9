import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { paymentsApi, problemSchema } from '@hemline/contracts';
import { newSigner } from './builders.ts';
import { type Answer, type Shop, startPayments } from './started.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await startPayments();
  await shop.stock('shirt-m', 100_000);
}, 60_000);

afterAll(() => shop.close(), 30_000);

const countOrders = async (cartId: string): Promise<number> => {
  const { rows } = await shop.database.query<{ n: number }>({
    text: 'select count(*)::int as n from orders where cart_id = $1',
    values: [cartId],
  });
  return rows[0]?.n ?? 0;
};

const captures = async (orderId: string): Promise<number> =>
  (await shop.sandbox.journal(orderId)).filter(({ kind }) => kind === 'charge.captured').length;

const expectProblem = (answer: Answer, status: number, code: string): void => {
  expect(answer.body).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(problemSchema.safeParse(answer.body).success).toBe(true);
};

describe('an order', () => {
  it('is authorised while the shopper waits, and paid a moment later', async () => {
    const wish = shop.order({ quantity: 1 });
    const placed = await shop.post(wish);
    expect(placed.status).toBe(201);
    expect(paymentsApi.orderPlaced.parse(placed.body)).toMatchObject({
      status: 'authorized',
      total: { amount: '6390', currency: 'EUR' },
      payment: { status: 'authorized' },
    });
    const order = paymentsApi.order.parse(await shop.settled(placed.body));
    expect(order).toMatchObject({
      status: 'paid',
      cart: wish.cart,
      email: wish.email,
      shippingAddress: wish.shippingAddress,
      subtotal: { amount: '5900' },
      delivery: { amount: '490' },
      tax: { amount: '1195' },
      captured: { amount: '6390', currency: 'EUR' },
      payment: { status: 'captured' },
    });
    expect(order.timeline.map(({ what }) => what)).toEqual(['placed', 'authorized', 'paid']);
    expect(await captures(order.id)).toBe(1);
  });

  it('costs what the preview said', async () => {
    const wish = shop.order({ quantity: 2 });
    const preview = await shop.send('POST', '/orders/preview', { body: { lines: wish.lines } });
    expect(paymentsApi.preview.parse(preview.body)).toMatchObject({
      subtotal: { amount: '11800' },
      delivery: { amount: '0' },
      total: { amount: '11800' },
    });
    const placed = await shop.post({ ...wish, expectedTotal: preview.body['total'] });
    expect(placed.status).toBe(201);
  });
});

describe('an idempotency key', () => {
  it('makes one order of 32 posts at once, and gives all of them the same bytes', async () => {
    for (let round = 0; round < 5; round += 1) {
      const wish = shop.order();
      const key = randomUUID();
      const answers = await Promise.all(Array.from({ length: 32 }, () => shop.post(wish, key)));
      expect(answers.map(({ status }) => status)).toEqual(Array(32).fill(201));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed'));
      expect(replayed).toHaveLength(31);
      expect(await countOrders(wish.cart.id)).toBe(1);
      await shop.settled(answers[0]?.body ?? {});
      expect(await captures(answers[0]?.body['id'])).toBe(1);
    }
  }, 30_000);

  it('replays a refusal too, with the same bytes', async () => {
    const wish = shop.order({ paymentMethod: 'pm_card_chargeDeclined' });
    const key = randomUUID();
    const first = await shop.post(wish, key);
    const second = await shop.post(wish, key);
    expectProblem(first, 402, 'payments.declined');
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  it('replays after the quotes it was given for have expired', async () => {
    const now = Math.floor(Date.now() / 1000);
    const quote = shop.signer.quote({ exp: now + 2 });
    const wish = { ...shop.order(), lines: [{ quote, quantity: 1 }] };
    const key = randomUUID();
    const first = await shop.post(wish, key);
    expect(first.status).toBe(201);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const second = await shop.post(wish, key);
    expect(second.text).toBe(first.text);
    expectProblem(await shop.post(wish), 409, 'quotes.expired');
  });

  it('is refused with another request, whichever field differs', async () => {
    const wish = shop.order();
    const key = randomUUID();
    expect((await shop.post(wish, key)).status).toBe(201);
    const others = [
      { ...wish, email: 'eve@example.org' },
      { ...wish, cart: { ...wish.cart, version: 2 } },
      { ...wish, cart: { ...wish.cart, id: randomUUID() } },
      { ...wish, paymentMethod: 'pm_card_mastercard' },
      { ...wish, shippingAddress: { ...wish.shippingAddress, city: 'Cork' } },
      { ...shop.order({ quantity: 2 }), cart: wish.cart },
    ];
    for (const other of others) {
      expectProblem(await shop.post(other, key), 422, 'idempotency.mismatch');
    }
    expect(await countOrders(wish.cart.id)).toBe(1);
  });

  it('is its holder’s own: with another cart’s token it is another key', async () => {
    const key = randomUUID();
    const as = (token: string, body: unknown) =>
      shop.send('POST', '/orders', { body, token, headers: { 'idempotency-key': key } });
    const first = await as('a'.repeat(32), shop.order());
    const second = await as('b'.repeat(32), shop.order());
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body['id']).not.toBe(second.body['id']);
  });

  it.each([
    [undefined, 'idempotency.key_required'],
    ['', 'idempotency.key_required'],
    ['x'.repeat(256), 'idempotency.key_invalid'],
    ['with space', 'idempotency.key_invalid'],
  ])('%j is refused before anything happens', async (key, code) => {
    const wish = shop.order();
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    expectProblem(await shop.send('POST', '/orders', { body: wish, headers }), 400, code);
    expect(await countOrders(wish.cart.id)).toBe(0);
  });

  it('is free again after a request that was not valid', async () => {
    const wish = shop.order();
    const key = randomUUID();
    expectProblem(await shop.post({ ...wish, email: 'no' }, key), 400, 'request.invalid');
    expect((await shop.post(wish, key)).status).toBe(201);
  });
});

describe('a version of a cart', () => {
  it('is one order, whatever keys are used', async () => {
    for (let round = 0; round < 10; round += 1) {
      const wish = shop.order();
      const answers = await Promise.all([shop.post(wish), shop.post(wish), shop.post(wish)]);
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
      expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
      expect(await countOrders(wish.cart.id)).toBe(1);
    }
  });

  it('that is paid already is answered with that order', async () => {
    const wish = shop.order();
    const first = await shop.post(wish);
    await shop.settled(first.body);
    const second = await shop.post(wish);
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ id: first.body['id'], status: 'paid' });
    expect(second.body['token']).toBe(first.body['token']);
    expect(await captures(first.body['id'])).toBe(1);
  });

  it('gives nothing away to one who knows no more than the cart', async () => {
    const wish = shop.order();
    const first = await shop.post(wish);
    const stranger = await shop.post({ ...wish, email: 'eve@example.org' });
    expectProblem(stranger, 409, 'orders.cart_already_ordered');
    expect(stranger.text).not.toContain(first.body['id']);
    const others = { ...shop.order({ quantity: 2 }), cart: wish.cart };
    expectProblem(await shop.post(others), 409, 'orders.cart_already_ordered');
  });

  it('that was declined is paid with another card, on the same order and the same intent', async () => {
    const wish = shop.order({ paymentMethod: 'pm_card_chargeDeclinedInsufficientFunds' });
    const declined = await shop.post(wish);
    expectProblem(declined, 402, 'payments.declined');
    expect(declined.body).toMatchObject({ declineCode: 'insufficient_funds' });
    const again = await shop.post({ ...wish, paymentMethod: 'pm_card_chargeDeclined' });
    expectProblem(again, 402, 'payments.declined');
    const paid = await shop.post({ ...wish, paymentMethod: 'pm_card_visa' });
    expect(paid.status).toBe(201);
    expect(paid.body['id']).toBe(declined.body['orderId']);
    const order = await shop.settled(paid.body);
    expect(order['status']).toBe('paid');
    const journal = await shop.sandbox.journal(order['id']);
    const kinds = journal.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'payment_intent.created')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'payment_intent.payment_failed')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'charge.captured')).toHaveLength(1);
    const version = await shop.database.query<{ version: number }>({
      text: 'select version from orders where id = $1',
      values: [order['id']],
    });
    expect(version.rows[0]?.version).toBe(3);
  });

  it('that was declined keeps the prices it was placed at', async () => {
    const wish = shop.order({ paymentMethod: 'pm_card_chargeDeclined' });
    await shop.post(wish);
    const dearer = {
      ...wish,
      lines: [{ quote: shop.signer.quote({ price: '6900' }), quantity: 1 }],
    };
    const shown = await shop.post({
      ...dearer,
      expectedTotal: { amount: '7390', currency: 'EUR' },
    });
    expectProblem(shown, 409, 'orders.total_changed');
    expect(shown.body['total']).toEqual({ amount: '6390', currency: 'EUR' });
    expect((await shop.post({ ...dearer, paymentMethod: 'pm_card_visa' })).status).toBe(201);
  });
});

describe('a payment method', () => {
  it('that the provider does not know is a decline, and another one pays', async () => {
    const wish = shop.order({ paymentMethod: 'pm_card_of_nobody' });
    expectProblem(await shop.post(wish), 402, 'payments.declined');
    const paid = await shop.post({ ...wish, paymentMethod: 'pm_card_visa' });
    expect(paid.status).toBe(201);
    expect((await shop.settled(paid.body))['status']).toBe('paid');
  });

  it('that asks for 3-D Secure leaves the order pending until the cardholder has passed it', async () => {
    const wish = shop.order({ paymentMethod: 'pm_card_authenticationRequired' });
    const placed = await shop.post(wish);
    expect(placed.status).toBe(202);
    expect(placed.body).toMatchObject({
      status: 'pending',
      payment: { status: 'requires_action' },
    });
    const intent = (await shop.sandbox.journal(placed.body['id']))[0]?.object;
    const second = await shop.post(wish);
    expect(second.status).toBe(202);
    await shop.sandbox.post(`/_sandbox/payment_intents/${intent}/authenticate`, {
      outcome: 'succeed',
    });
    expect((await shop.settled(placed.body))['status']).toBe('paid');
  });

  it('that fails 3-D Secure is a decline, and another one pays', async () => {
    const wish = shop.order({ paymentMethod: 'pm_card_authenticationRequired' });
    const placed = await shop.post(wish);
    const intent = (await shop.sandbox.journal(placed.body['id']))[0]?.object;
    await shop.sandbox.post(`/_sandbox/payment_intents/${intent}/authenticate`, {
      outcome: 'fail',
    });
    const deadline = Date.now() + 8000;
    let status = '';
    while (status !== 'declined' && Date.now() < deadline) {
      status = (await shop.read(placed.body)).body['payment'].status;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(status).toBe('declined');
    const paid = await shop.post({ ...wish, paymentMethod: 'pm_card_visa' });
    expect(paid.status).toBe(201);
    expect((await shop.settled(paid.body))['status']).toBe('paid');
  });
});

describe('a price', () => {
  it('that was not signed by catalog is refused', async () => {
    const wish = shop.order();
    const [line] = wish.lines;
    const [head, body, signature] = (line?.quote ?? '').split('.');
    const cheap = Buffer.from(
      JSON.stringify({
        ...JSON.parse(Buffer.from(body ?? '', 'base64url').toString()),
        price: '1',
      }),
    ).toString('base64url');
    const forged = [
      newSigner().quote(),
      newSigner(shop.signer.kid).quote(),
      `${head}.${cheap}.${signature}`,
      `${head}.${body}.`,
      'no quote at all',
    ];
    for (const quote of forged) {
      const answer = await shop.post({ ...wish, lines: [{ quote, quantity: 1 }] });
      expectProblem(answer, 400, 'quotes.invalid');
    }
    expect(await countOrders(wish.cart.id)).toBe(0);
  });

  it('that was quoted too long ago is refused by the name of its sku', async () => {
    const quote = shop.signer.quote({ exp: Math.floor(Date.now() / 1000) - 1 });
    const answer = await shop.post({ ...shop.order(), lines: [{ quote, quantity: 1 }] });
    expectProblem(answer, 409, 'quotes.expired');
    expect(answer.body['skus']).toEqual(['shirt-m']);
  });

  it('that adds up to another total than was shown is refused with the right one', async () => {
    const wish = shop.order();
    for (const expectedTotal of [
      { amount: '6389', currency: 'EUR' },
      { amount: '6390', currency: 'USD' },
    ]) {
      const answer = await shop.post({ ...wish, expectedTotal });
      expectProblem(answer, 409, 'orders.total_changed');
      expect(answer.body['total']).toEqual({ amount: '6390', currency: 'EUR' });
    }
    expect(await countOrders(wish.cart.id)).toBe(0);
  });
});

describe('a request', () => {
  it('with a card number anywhere is refused', async () => {
    const wish = shop.order();
    const planted = [
      { ...wish, shippingAddress: { ...wish.shippingAddress, line2: '4242 4242 4242 4242' } },
      { ...wish, email: '4242424242424242@example.org' },
      { ...wish, paymentMethod: 'pm_4242424242424242' },
    ];
    for (const body of planted) {
      const answer = await shop.post(body);
      expectProblem(answer, 400, 'payments.card_number');
      expect(answer.text).not.toContain('4242');
    }
    const raw = { ...wish, paymentMethod: '4242424242424242' };
    expectProblem(await shop.post(raw), 400, 'request.invalid');
  });

  it.each([
    [{ lines: [] }, '#/lines'],
    [{ cart: { id: 'x', version: 1 } }, '#/cart/id'],
    [{ cart: { id: randomUUID(), version: 0 } }, '#/cart/version'],
    [{ email: 'nobody' }, '#/email'],
    [{ status: 'paid' }, '#/status'],
    [{ currency: 'USD' }, '#/currency'],
    [{ expectedTotal: { amount: '63.90', currency: 'EUR' } }, '#/expectedTotal/amount'],
  ])('with %j says where the fault is', async (wrong, pointer) => {
    const answer = await shop.post({ ...shop.order(), ...wrong } as never);
    expectProblem(answer, 400, 'request.invalid');
    expect(answer.body['errors'].map((error: { pointer: string }) => error.pointer)).toContain(
      pointer,
    );
  });

  it.each([0, -1, 1.5, 100, 1e9, '1'])('for %j of something is refused', async (quantity) => {
    const wish = shop.order();
    const lines = [{ quote: shop.signer.quote(), quantity }];
    expectProblem(await shop.post({ ...wish, lines } as never), 400, 'request.invalid');
    expect(await countOrders(wish.cart.id)).toBe(0);
  });
});
