import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cart, cartId, cartLine, eur, order, orderId, preview, quote } from './builders.ts';
import { type TestShop, openShop, token } from './shop.ts';
import { problem } from './stand-in.ts';
import { Visitor } from './visitor.ts';

let shop: TestShop;
let visitor: Visitor;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  await shop.reset();
  visitor = new Visitor(shop.url);
  await visitor.get('/products/linen-shirt?Colour=Indigo&Size=M');
  await visitor.submit('/cart/add', { quantity: '2' });
  await visitor.get('/checkout');
  for (const standIn of [shop.catalog, shop.carts, shop.payments]) standIn.asked.length = 0;
});

const typed = {
  email: 'jo@example.com',
  name: 'Jo Marsh',
  line1: '4 Mill Lane',
  city: 'Dublin',
  postalCode: 'D02 X285',
  country: 'IE',
  paymentMethod: 'pm_card_visa',
};
const placed = {
  status: 201,
  body: {
    id: orderId,
    token,
    status: 'authorized',
    total: eur(10_290),
    lines: order().lines,
    payment: { status: 'authorized' },
  },
};

describe('paying', () => {
  it('is one call to payments, with all that the page carries, and leads to the order', async () => {
    shop.payments.on('POST /orders', () => placed);
    const answer = await visitor.submit('/checkout', typed);
    expect([answer.status, answer.location]).toEqual([303, `/orders/${orderId}?token=${token}`]);
    expect(shop.payments.asked.map(({ path }) => path)).toEqual(['/orders']);
    expect([
      ...shop.carts.asked,
      ...shop.catalog.asked.filter(({ method }) => method === 'POST'),
    ]).toEqual([]);
    expect(shop.payments.asked[0]?.body).toEqual({
      cart: { id: cartId, version: 3 },
      lines: [{ quote: quote('IN-M'), quantity: 2 }],
      email: typed.email,
      shippingAddress: {
        name: 'Jo Marsh',
        line1: '4 Mill Lane',
        city: 'Dublin',
        postalCode: 'D02 X285',
        country: 'IE',
      },
      paymentMethod: 'pm_card_visa',
      expectedTotal: eur(10_290),
      returnUrl: 'http://hemline.example/orders',
    });
  });

  it('sends the same key for a second press of the button, a reload and "back"', async () => {
    let calls = 0;
    shop.payments.on('POST /orders', () => {
      calls += 1;
      return calls === 2 ? problem(409, 'idempotency.in_progress') : placed;
    });
    const answers = await Promise.all([1, 2].map(() => visitor.submit('/checkout', typed)));
    expect(answers.map(({ location }) => location)).toEqual(
      Array.from({ length: 2 }, () => `/orders/${orderId}?token=${token}`),
    );
    const keys = new Set(shop.payments.asked.map(({ headers }) => headers['idempotency-key']));
    expect(keys.size).toBe(1);
  });

  it('says that the bank said no, keeps what she typed, and tries again under another key', async () => {
    shop.payments.on('POST /orders', () =>
      problem(402, 'payments.declined', { orderId, declineCode: 'insufficient_funds' }),
    );
    shop.payments.on('POST /orders/preview', () => ({ body: preview() }));
    const first = visitor.fieldsOf('/checkout').find(([name]) => name === 'key')?.[1];
    const answer = await visitor.submit('/checkout', typed);
    expect(answer.status).toBe(402);
    expect(answer.html).toContain('not enough on this card');
    expect(answer.html).toContain('value="4 Mill Lane"');
    expect(answer.html).toMatch(/<option value="IE" selected/);
    const second = visitor.fieldsOf('/checkout').find(([name]) => name === 'key')?.[1];
    expect(second).not.toBe(first);
  });

  it('says what is missing at the fields, and asks nobody for it', async () => {
    const answer = await visitor.submit('/checkout', { ...typed, email: 'jo', city: '' });
    expect(answer.status).toBe(422);
    expect(answer.html).toContain('2 things to put right');
    expect(answer.html).toContain('href="#field-city"');
    expect(answer.html).toContain('value="jo"');
    expect(shop.payments.asked.filter(({ path }) => path === '/orders')).toEqual([]);
  });

  it('explains a shortage, and goes on with the rest at one press', async () => {
    const shortages = [{ sku: 'IN-M', requested: 2, available: 1 }];
    shop.payments.on('POST /orders', () => problem(409, 'stock.insufficient', { shortages }));
    shop.payments.on('POST /orders/preview', () => ({ body: preview() }));
    const answer = await visitor.submit('/checkout', typed);
    expect(answer.status).toBe(409);
    expect(answer.html).toContain('you asked for 2, and 1 is left');
    const fitted = await visitor.submit('/cart/fit');
    expect(fitted.location).toBe('/checkout');
    const put = shop.carts.asked.find(({ method }) => method === 'PUT');
    expect([put?.path, put?.body]).toEqual([`/carts/${cartId}/lines/IN-M`, { quantity: 1 }]);
  });

  it('shows a changed total before she pays it', async () => {
    shop.payments.on('POST /orders', () =>
      problem(409, 'orders.total_changed', { total: eur(11_000) }),
    );
    shop.payments.on('POST /orders/preview', () => ({ body: preview(11_000) }));
    const answer = await visitor.submit('/checkout', typed);
    expect(answer.status).toBe(409);
    expect(answer.html).toContain('It was €102.90; it is €110.00 now');
    expect(answer.html).toContain('Pay €110.00');
  });

  it('renews expired quotes, and shows what changed, old and new', async () => {
    shop.payments.on('POST /orders', () => problem(409, 'quotes.expired', { skus: ['IN-M'] }));
    shop.payments.on('POST /orders/preview', () => ({ body: preview(11_090) }));
    const dearer = cartLine({ unitPrice: eur(5_300), lineTotal: eur(10_600), quote: 'new' });
    shop.carts.on(`PUT /carts/${cartId}/lines`, () => ({
      body: cart({ version: 4, lines: [dearer] }),
    }));
    const answer = await visitor.submit('/checkout', typed);
    expect(answer.html).toContain('Linen shirt: €49.00 → €53.00');
    expect(answer.html).toContain('name="version" value="4"');
    expect(answer.html).toContain('name="quote" value="new"');
  });

  it('loses nothing while payments is down, and charges nothing', async () => {
    await shop.payments.stop();
    const key = visitor.fieldsOf('/checkout').find(([name]) => name === 'key')?.[1];
    const answer = await visitor.submit('/checkout', typed);
    expect(answer.status).toBe(503);
    expect(answer.html).toContain('We cannot take payments at this moment');
    expect(answer.html).toContain('value="jo@example.com"');
    expect(visitor.fieldsOf('/checkout').find(([name]) => name === 'key')?.[1]).toBe(key);
    await shop.payments.start();
    shop.payments.on('POST /orders', () => placed);
    expect((await visitor.submit('/checkout', typed)).status).toBe(303);
  });

  it('waits where the answer was lost, asks again with the same key, and finds the one order', async () => {
    let calls = 0;
    shop.payments.on('POST /orders', () => {
      calls += 1;
      return calls < 3 ? 'no answer' : placed;
    });
    const answer = await visitor.submit('/checkout', typed);
    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(/^\/checkout\/waiting\?key=/);
    const waiting = await visitor.get(answer.location ?? '');
    expect(waiting.html).toContain('You will not be charged twice.');
    expect(waiting.html).toContain('<noscript><meta http-equiv="refresh"');
    expect((await visitor.get(answer.location ?? '')).location).toContain(`/orders/${orderId}`);
    const keys = new Set(shop.payments.asked.map(({ headers }) => headers['idempotency-key']));
    expect(keys.size).toBe(1);
    const stranger = await new Visitor(shop.url).get(answer.location ?? '');
    expect(stranger.location).toBe('/checkout');
  });

  it('keeps asking how it went while payments is away, however long that is', async () => {
    shop.payments.on('POST /orders', () => 'no answer');
    const location = (await visitor.submit('/checkout', typed)).location ?? '';
    await shop.payments.stop();
    for (const _ of [1, 2, 3]) {
      expect((await visitor.get(location)).html).toContain('We are asking your bank.');
    }
    await shop.payments.start();
    shop.payments.on('POST /orders', () => problem(402, 'payments.declined', { orderId }));
    expect((await visitor.get(location)).location).toBe('/checkout?unpaid');
    expect((await visitor.get('/checkout?unpaid')).html).toContain('It was not paid.');
  });

  it('begins afresh where an order of this bag was cancelled', async () => {
    shop.payments.on('POST /orders', () => problem(409, 'orders.cancelled', { orderId }));
    shop.payments.on('POST /orders/preview', () => ({ body: preview() }));
    const answer = await visitor.submit('/checkout', typed);
    expect(answer.html).toContain('We have begun afresh');
    expect(answer.html).toContain('name="version" value="4"');
  });

  it('still shows what she was about to pay while her bag is away', async () => {
    shop.payments.on('POST /orders', () => problem(402, 'payments.declined', { orderId }));
    await shop.carts.stop();
    const answer = await visitor.submit('/checkout', typed);
    expect(answer.status).toBe(402);
    expect(answer.html).toContain('Linen shirt');
    expect(answer.html).toContain('Pay €102.90');
  });

  it('does not take a form that is not ours', async () => {
    const answer = await visitor.submit('/checkout', { ...typed, key: 'x', cart: 'y' });
    expect([answer.status, answer.location]).toEqual([303, '/checkout']);
  });
});

describe('the checkout page', () => {
  it('sends her to her bag where there is nothing to pay for', async () => {
    expect((await new Visitor(shop.url).get('/checkout')).location).toBe('/cart');
    shop.carts.on(`GET /carts/${cartId}`, () => ({ body: cart({ status: 'closed' }) }));
    expect((await visitor.get('/checkout')).location).toBe('/cart');
  });

  it('renews a quote that would end while she types', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const line = cartLine({ quoteExpiresAt: soon });
    shop.carts.on(`GET /carts/${cartId}`, () => ({ body: cart({ lines: [line] }) }));
    await visitor.get('/checkout');
    const put = shop.carts.asked.find(({ method }) => method === 'PUT');
    expect(put?.body).toEqual({ quantity: 2, quote: quote('IN-M') });
  });

  it('says kindly that payments is down, with her bag as it was', async () => {
    await shop.payments.stop();
    const answer = await visitor.get('/checkout');
    expect(answer.status).toBe(503);
    expect(answer.html).toContain('nothing is lost');
    expect(answer.html).toContain('Linen shirt');
  });
});

describe('the order page', () => {
  it('is one call, forgets the bag that was paid, and tells nobody its address', async () => {
    shop.payments.on(`GET /orders/${orderId}`, () => ({ body: order() }));
    const answer = await visitor.get(`/orders/${orderId}?token=${token}`);
    expect(answer.status).toBe(200);
    expect(answer.html).toContain('Thank you. It is paid.');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(shop.payments.asked).toHaveLength(1);
    expect(shop.payments.asked[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(visitor.cookies.has('bag')).toBe(false);
    expect(answer.html).not.toContain('bag-count');
  });

  it('leads to the bank that wants to ask her, by a link, and takes her back from it', async () => {
    const actionUrl = 'https://bank.example/3d-secure/pi_1/secret';
    const payment = { status: 'requires_action', actionUrl } as const;
    shop.payments.on(`GET /orders/${orderId}`, () => ({
      body: order({ status: 'pending', payment }),
    }));
    const asked = await visitor.get(`/orders/${orderId}?token=${token}`);
    expect(asked.html).toContain(`href="${actionUrl}"`);
    expect(asked.html).toContain('Go to your bank');
    expect(visitor.cookies.has('bag')).toBe(true);
    shop.payments.on(`POST /orders/${orderId}/returned`, () => ({ body: order() }));
    const path = `/orders/${orderId}?token=${token}`;
    const back = `${path}&payment_intent=pi_1&redirect_status=succeeded`;
    for (const _ of ['once', 'twice']) {
      const answer = await visitor.get(back);
      expect([answer.status, answer.location]).toEqual([303, path]);
    }
    const returns = shop.payments.asked.filter((each) => each.path.endsWith('/returned'));
    expect(returns.map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 2 }, () => `Bearer ${token}`),
    );
    const stranger = await visitor.get(`/orders/${orderId}?payment_intent=pi_1`);
    expect(stranger.status).toBe(404);
  });

  it('keeps a bag that is not the one of this order', async () => {
    const other = { id: '11111111-2222-4333-8444-555555555555', version: 1 };
    shop.payments.on(`GET /orders/${orderId}`, () => ({ body: order({ cart: other }) }));
    await visitor.get(`/orders/${orderId}?token=${token}`);
    expect(visitor.cookies.has('bag')).toBe(true);
  });

  it.each([`/orders/${orderId}`, `/orders/${orderId}?token=wrong`, '/orders/x?token=y'])(
    'of %s is not found without the whole link',
    async (path) => {
      shop.payments.on(`GET /orders/${orderId}`, () => problem(404, 'orders.not_found'));
      const answer = await visitor.get(path);
      expect(answer.status).toBe(404);
      expect(answer.html).toContain('We do not find this order');
    },
  );
});
