import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestShop, openShop } from './shop.ts';
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
});

const posts = ['/cart/add', '/cart/update', '/cart/remove', '/cart/fit', '/checkout'];

describe.each(posts)('POST %s', (path) => {
  const send = (headers: Record<string, string>, fields?: Record<string, string>) =>
    visitor.post(path, fields ?? Object.fromEntries(visitor.fieldsOf('/cart/add')), headers);

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour’s site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['no origin at all', { origin: 'null' }],
    ['our name on another port', { origin: 'http://127.0.0.1:1' }],
  ])('from %s is refused, and asks nobody', async (_from, headers) => {
    const answer = await send(headers);
    expect(answer.status).toBe(403);
    expect(answer.html).toContain('Nothing was done');
    expect([...shop.carts.asked, ...shop.payments.asked]).toEqual([]);
  });

  it.each([
    ['no token', {}],
    ['a wrong token', { csrf: 'A'.repeat(43) }],
  ])('with %s is refused, and asks nobody', async (_token, fields) => {
    expect((await send({}, fields as Record<string, string>)).status).toBe(403);
    expect([...shop.carts.asked, ...shop.payments.asked]).toEqual([]);
  });

  it('with the token of another visitor is refused', async () => {
    const other = new Visitor(shop.url);
    await other.get('/products/linen-shirt?Colour=Indigo&Size=M');
    expect((await send({}, Object.fromEntries(other.fieldsOf('/cart/add')))).status).toBe(403);
  });

  it('with a body of another kind is refused', async () => {
    const fields = Object.fromEntries(visitor.fieldsOf('/cart/add'));
    expect((await send({ 'content-type': 'text/plain' }, fields)).status).toBe(415);
    const json = await send({ 'content-type': 'application/json' }, fields);
    expect(json.status).toBeGreaterThanOrEqual(400);
    expect(shop.carts.asked).toEqual([]);
  });
});

describe('every answer', () => {
  it('forbids inline script and style, frames, and guesses of types', async () => {
    for (const path of ['/', '/products', '/cart', '/nowhere', '/robots.txt', '/suggest?q=']) {
      const { headers } = await visitor.get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("img-src 'self' data: https://pictures.example");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
    }
  });

  it('is found again in the trace by its reference', async () => {
    const traced = new Visitor(shop.url, {
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    });
    expect((await traced.get('/nowhere')).html).toContain('a'.repeat(32));
  });
});

describe('cookies', () => {
  it('are out of script’s reach, and not sent from other sites', async () => {
    await visitor.submit('/cart/add');
    const answer = await fetch(`${shop.url}/products/linen-shirt?Colour=Indigo&Size=M`);
    for (const line of answer.headers.getSetCookie()) {
      expect(line).toMatch(/HttpOnly/);
      expect(line).toMatch(/SameSite=Lax/);
      expect(line).not.toMatch(/Secure/);
    }
    expect([...visitor.cookies.keys()].toSorted()).toEqual(['bag', 'count', 'session']);
  });

  it('travel over TLS only where the shop does', async () => {
    const secure = await openShop({ PUBLIC_URL: 'https://hemline.example' });
    try {
      const answer = await fetch(`${secure.url}/products/linen-shirt?Colour=Indigo&Size=M`);
      expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-session=.*; Secure/);
      expect(answer.headers.get('strict-transport-security')).toContain('max-age');
    } finally {
      await secure.close();
    }
  });

  it('are not given to those who only look', async () => {
    for (const path of ['/', '/products', '/nowhere']) {
      const answer = await fetch(shop.url + path);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });
});
