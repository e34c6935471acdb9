import { randomUUID } from 'node:crypto';
import { cartApi } from '@hemline/contracts';
import { listRoutes } from '@hemline/http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findDocumentationFaults } from '../../../libs/http/test/documented.ts';
import { newSigner } from './builders.ts';
import { type StartedCart, startCart } from './started.ts';

let cart: StartedCart;
beforeAll(async () => {
  cart = await startCart();
});
afterAll(() => cart.close());

describe('a new cart', () => {
  it('comes with a token of its own, and is read with it', async () => {
    const created = await cart.request('POST', '/carts');
    expect(created.status).toBe(201);
    const { id, token, ...rest } = cartApi.cartCreated.parse(created.cart);
    expect(token.length).toBeGreaterThanOrEqual(22);
    expect(rest).toMatchObject({ status: 'open', version: 1, lines: [], subtotal: null });
    const read = await cart.request('GET', `/carts/${id}`, { token });
    expect([read.status, read.headers.get('etag')]).toEqual([200, '"1"']);
    expect(cartApi.cart.parse(read.cart).id).toBe(id);
  });

  it('takes an empty object as its body, and no field', async () => {
    expect((await cart.request('POST', '/carts', { body: {} })).status).toBe(201);
    const refused = await cart.request('POST', '/carts', { body: { subtotal: 1 } });
    expect([refused.status, refused.problem.errors?.[0]?.pointer]).toEqual([400, '#/subtotal']);
  });

  it('stores its token as a hash alone', async () => {
    const { id, token } = await cart.newCart();
    const { rows } = await cart.database.query<{ row: string }>({
      text: 'select c::text as row from carts c where id = $1',
      values: [id],
    });
    expect(rows[0]?.row).toContain(id);
    expect(rows[0]?.row).not.toContain(token);
    expect(rows[0]?.row).not.toContain(Buffer.from(token).toString('hex'));
  });
});

describe('adding to a cart', () => {
  it('keeps the price that was quoted', async () => {
    const { path, token } = await cart.newCart();
    const quote = cart.quote({ price: '4950' });
    const added = await cart.request('POST', `${path}/lines`, {
      token,
      body: { quote, quantity: 2 },
    });
    expect(added.status).toBe(200);
    expect(cartApi.cart.parse(added.cart)).toMatchObject({
      version: 2,
      subtotal: { amount: '9900', currency: 'EUR' },
      lines: [{ sku: 'shirt-m', quantity: 2, quote, unitPrice: { amount: '4950' }, notices: [] }],
    });
  });

  it('loses nothing when two tabs add 50 times at once', async () => {
    const { path, token } = await cart.newCart();
    const tabs = [cart.quote({ sku: 'shirt-m' }), cart.quote({ sku: 'hat' })];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        cart.request('POST', `${path}/lines`, { token, body: { quote: tabs[i % 2], quantity: 1 } }),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const { cart: read } = await cart.request('GET', path, { token });
    expect(read.version).toBe(51);
    expect(read.lines.map(({ quantity }) => quantity)).toEqual([25, 25]);
  });

  it.each<[string, unknown, string]>([
    ['a negative quantity', -1, '#/quantity'],
    ['none', 0, '#/quantity'],
    ['a fraction', 1.5, '#/quantity'],
    ['too many', 100, '#/quantity'],
    ['a huge number', 1e21, '#/quantity'],
    ['a word', 'two', '#/quantity'],
  ])('is refused with %s', async (_what, quantity, pointer) => {
    const { path, token } = await cart.newCart();
    const body = { quote: cart.quote(), quantity };
    const { status, problem } = await cart.request('POST', `${path}/lines`, { token, body });
    expect([status, problem.code, problem.errors?.[0]?.pointer]).toEqual([
      400,
      'request.invalid',
      pointer,
    ]);
  });

  it('is refused above 99 of one thing, and says how many there are', async () => {
    const { path, token } = await cart.newCart();
    await cart.request('POST', `${path}/lines`, {
      token,
      body: { quote: cart.quote(), quantity: 98 },
    });
    const { status, problem } = await cart.request('POST', `${path}/lines`, {
      token,
      body: { quote: cart.quote(), quantity: 2 },
    });
    expect([status, problem.code]).toEqual([409, 'carts.quantity_limit']);
    expect(problem).toMatchObject({ limit: 99, inCart: 98, sku: 'shirt-m' });
  });

  it.each<[string, () => string, number, string]>([
    ['forged', () => newSigner().quote(), 400, 'quotes.invalid'],
    [
      'signed by another under our key’s name',
      () => newSigner(kidOf(cart.quote())).quote(),
      400,
      'quotes.invalid',
    ],
    ['changed', () => changed(cart.quote()), 400, 'quotes.invalid'],
    [
      'expired',
      () => cart.quote({ exp: Math.floor(Date.now() / 1000) - 1 }),
      409,
      'quotes.expired',
    ],
    ['nonsense', () => 'not-a-quote', 400, 'quotes.invalid'],
    ['unsigned', () => `${cart.quote().split('.').slice(0, 2).join('.')}.`, 400, 'quotes.invalid'],
  ])('is refused with a quote that is %s', async (_what, quote, status, code) => {
    const { path, token } = await cart.newCart();
    const body = { quote: quote(), quantity: 1 };
    const refused = await cart.request('POST', `${path}/lines`, { token, body });
    expect([refused.status, refused.problem.code]).toEqual([status, code]);
    expect((await cart.request('GET', path, { token })).cart.version).toBe(1);
  });

  it('takes neither a price nor an unknown field from the client', async () => {
    const { path, token } = await cart.newCart();
    const body = { quote: cart.quote(), quantity: 1, unitPrice: { amount: '1', currency: 'EUR' } };
    const { status, problem } = await cart.request('POST', `${path}/lines`, { token, body });
    expect([status, problem.errors?.[0]?.pointer]).toEqual([400, '#/unitPrice']);
  });

  it('with one Idempotency-Key has one effect and one answer, also at once', async () => {
    const { path, token } = await cart.newCart();
    const body = { quote: cart.quote(), quantity: 1 };
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        cart.request('POST', `${path}/lines`, { token, body, headers }),
      ),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter((answer) => !answer.headers.get('idempotent-replayed'))).toHaveLength(1);
    expect(answers[0]?.cart.lines[0]?.quantity).toBe(1);
    const other = { ...body, quantity: 2 };
    const { status, problem } = await cart.request('POST', `${path}/lines`, {
      token,
      body: other,
      headers,
    });
    expect([status, problem.code]).toEqual([422, 'idempotency.mismatch']);
    expect((await cart.request('GET', path, { token })).cart.lines[0]?.quantity).toBe(1);
  });

  it('answers a replay although its quote has expired since, and keeps keys to their cart', async () => {
    const [a, b] = [await cart.newCart(), await cart.newCart()];
    const quote = cart.quote({ exp: Math.floor(Date.now() / 1000) + 1 });
    const headers = { 'idempotency-key': 'one' };
    const add = (to: typeof a) =>
      cart.request('POST', `${to.path}/lines`, {
        token: to.token,
        body: { quote, quantity: 1 },
        headers,
      });
    const first = await add(a);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await add(a)).text).toBe(first.text);
    expect((await add(b)).problem.code).toBe('quotes.expired');
  });

  it('refuses an Idempotency-Key that is none', async () => {
    const { path, token } = await cart.newCart();
    const body = { quote: cart.quote(), quantity: 1 };
    for (const value of ['x'.repeat(256), 'with space', '']) {
      const headers = { 'idempotency-key': value };
      const { status, problem } = await cart.request('POST', `${path}/lines`, {
        token,
        body,
        headers,
      });
      expect([status, problem.code]).toEqual([400, 'idempotency.invalid_key']);
    }
  });
});

const kidOf = (quote: string): string =>
  (JSON.parse(Buffer.from(quote.split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
    .kid;

const changed = (quote: string): string => {
  const [head, body, signature] = quote.split('.');
  const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString()) as object;
  const cheaper = Buffer.from(JSON.stringify({ ...claims, price: '1' })).toString('base64url');
  return [head, cheaper, signature].join('.');
};

describe('every route of a cart', () => {
  it('is closed to whoever has no token, a wrong one, or another cart’s', async () => {
    const [mine, other] = [await cart.newCart(), await cart.newCart()];
    const routes = listRoutes(cart.service.app).filter(({ path }) => path.includes(':id'));
    expect(routes).toHaveLength(5);
    const bodies = new Map<string, unknown>([
      ['POST /carts/:id/lines', { quote: cart.quote(), quantity: 1 }],
      ['PUT /carts/:id/lines/:sku', { quantity: 1 }],
      ['POST /carts/:id/merge', { id: other.id, token: other.token }],
    ]);
    for (const { method, path } of routes) {
      const body = bodies.get(`${method} ${path}`);
      const url = path.replace(':id', mine.id).replace(':sku', 'shirt-m');
      const attempt = (to: string, token?: string) =>
        cart.request(method, to, { ...(body !== undefined && { body }), ...(token && { token }) });
      const anonymous = await attempt(url);
      expect([anonymous.status, anonymous.problem.code]).toEqual([401, 'auth.required']);
      expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
      for (const [to, token] of [
        [url, other.token],
        [url, 'x'.repeat(43)],
        [url.replace(mine.id, randomUUID()), mine.token],
        [url.replace(mine.id, 'nonsense'), mine.token],
      ] as const) {
        const { status, problem } = await attempt(to, token);
        expect([method, path, status, problem.code]).toEqual([
          method,
          path,
          404,
          'carts.not_found',
        ]);
      }
    }
  });

  it('is documented', () => {
    const undocumented = listRoutes(cart.service.app).filter(({ documentation }) => !documentation);
    expect(undocumented).toEqual([]);
  });

  it('takes and refuses what its document says', async () => {
    const { token } = await cart.newCart();
    expect(await findDocumentationFaults(cart.service.url, token)).toEqual([]);
  });
});
