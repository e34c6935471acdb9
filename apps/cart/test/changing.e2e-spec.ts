import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StartedCart, startCart } from './started.ts';

let cart: StartedCart;
beforeAll(async () => {
  cart = await startCart();
});
afterAll(() => cart.close());

describe('changing a line', () => {
  const filled = async () => {
    const made = await cart.newCart();
    const body = { quote: cart.quote(), quantity: 1 };
    await cart.request('POST', `${made.path}/lines`, { token: made.token, body });
    return { ...made, line: `${made.path}/lines/shirt-m` };
  };

  it('sets its quantity and takes a newer quote', async () => {
    const { line, token } = await filled();
    const quote = cart.quote({ price: '13900', priceVersion: 2 });
    const { status, cart: after } = await cart.request('PUT', line, {
      token,
      body: { quantity: 5, quote },
    });
    expect(status).toBe(200);
    expect(after).toMatchObject({
      version: 3,
      lines: [{ quantity: 5, unitPrice: { amount: '13900' }, quote }],
    });
  });

  it('puts a line back with its quote, which is how a removal is undone', async () => {
    const { line, token } = await filled();
    expect((await cart.request('DELETE', line, { token })).cart.lines).toEqual([]);
    expect((await cart.request('DELETE', line, { token })).problem.code).toBe('lines.not_found');
    expect((await cart.request('PUT', line, { token, body: { quantity: 1 } })).status).toBe(404);
    const body = { quantity: 2, quote: cart.quote() };
    expect((await cart.request('PUT', line, { token, body })).cart.lines).toHaveLength(1);
  });

  it('refuses a quote of another thing', async () => {
    const { line, token } = await filled();
    const body = { quantity: 1, quote: cart.quote({ sku: 'hat' }) };
    const { status, problem } = await cart.request('PUT', line, { token, body });
    expect([status, problem.code]).toEqual([400, 'quotes.invalid']);
  });

  it('finds a sku with a slash, a space and letters beyond ASCII in its path', async () => {
    const { path, token } = await cart.newCart();
    const sku = 'Größe 38/40';
    await cart.request('POST', `${path}/lines`, {
      token,
      body: { quote: cart.quote({ sku }), quantity: 1 },
    });
    const line = `${path}/lines/${encodeURIComponent(sku)}`;
    const { cart: after } = await cart.request('PUT', line, { token, body: { quantity: 3 } });
    expect(after.lines).toMatchObject([{ sku, quantity: 3 }]);
  });

  it.each(['"2"', '"1", "2"', '*'])('goes ahead with If-Match: %s', async (tag) => {
    const { line, token } = await filled();
    const headers = { 'if-match': tag };
    const { status } = await cart.request('PUT', line, { token, body: { quantity: 2 }, headers });
    expect(status).toBe(200);
  });

  it.each(['"1"', 'W/"2"', '2', 'nonsense'])('stops at If-Match: %s', async (tag) => {
    const { line, token } = await filled();
    const headers = { 'if-match': tag };
    const set = await cart.request('PUT', line, { token, body: { quantity: 2 }, headers });
    expect(set.status).toBe(412);
    expect(set.problem).toMatchObject({ code: 'carts.version_mismatch', version: 2 });
    expect((await cart.request('DELETE', line, { token, headers })).status).toBe(412);
  });

  it('of two tabs with one version lets one through', async () => {
    const { line, token } = await filled();
    const headers = { 'if-match': '"2"' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        cart.request('PUT', line, { token, body: { quantity: i + 1 }, headers }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(9);
  });
});

describe('merging', () => {
  const add = (to: { path: string; token: string }, sku: string, quantity: number) =>
    cart.request('POST', `${to.path}/lines`, {
      token: to.token,
      body: { quote: cart.quote({ sku }), quantity },
    });

  it('takes the other cart’s lines once, and closes it', async () => {
    const [mine, guest] = [await cart.newCart(), await cart.newCart()];
    await add(mine, 'shirt-m', 1);
    await add(guest, 'shirt-m', 2);
    await add(guest, 'hat', 1);
    const body = { id: guest.id, token: guest.token };
    const merge = () => cart.request('POST', `${mine.path}/merge`, { token: mine.token, body });
    const answers = await Promise.all([merge(), merge(), merge()]);
    answers.push(await merge());
    for (const { status, cart: merged } of answers) {
      expect(status).toBe(200);
      expect(merged.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
        ['shirt-m', 3],
        ['hat', 1],
      ]);
    }
    const { cart: other } = await cart.request('GET', guest.path, { token: guest.token });
    expect(other).toMatchObject({ status: 'closed', lines: [] });
    expect((await add(guest, 'hat', 1)).problem.code).toBe('carts.closed');
  });

  it('needs the other cart’s token, and another cart', async () => {
    const [mine, guest] = [await cart.newCart(), await cart.newCart()];
    await add(guest, 'hat', 1);
    const merge = (body: unknown) =>
      cart.request('POST', `${mine.path}/merge`, { token: mine.token, body });
    const wrong = await merge({ id: guest.id, token: mine.token });
    expect([wrong.status, wrong.problem.code]).toEqual([404, 'carts.not_found']);
    const self = await merge({ id: mine.id, token: mine.token });
    expect([self.status, self.problem.errors?.[0]?.pointer]).toEqual([400, '#/id']);
    expect((await cart.request('GET', guest.path, { token: guest.token })).cart.lines).toHaveLength(
      1,
    );
  });

  it('of two carts into each other at once ends with one that holds it all', async () => {
    const [a, b] = [await cart.newCart(), await cart.newCart()];
    await add(a, 'shirt-m', 1);
    await add(b, 'hat', 1);
    const answers = await Promise.all([
      cart.request('POST', `${a.path}/merge`, {
        token: a.token,
        body: { id: b.id, token: b.token },
      }),
      cart.request('POST', `${b.path}/merge`, {
        token: b.token,
        body: { id: a.id, token: a.token },
      }),
    ]);
    expect(answers.map(({ problem }) => problem.code)).toContain('carts.closed');
    expect(answers.find(({ status }) => status === 200)?.cart.lines).toHaveLength(2);
  });
});
