import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findOpenApiFaultsAt } from '../../../libs/http/test/openapi.ts';
import { cart, cartId, item, list, product, quote } from './builders.ts';
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
});

const countCalls = (): number =>
  [...shop.catalog.asked, ...shop.carts.asked, ...shop.payments.asked].filter(
    ({ path }) => path !== '/categories',
  ).length;

describe('looking round', () => {
  it('costs one call a page at most, and one for all who look at the same time', async () => {
    await Promise.all([1, 2, 3, 4].map(() => visitor.get('/products?q=one-call')));
    expect(countCalls()).toBe(1);
    await visitor.get('/products/linen-shirt');
    expect(countCalls()).toBe(2);
  });

  it('hands the query on as catalog knows it', async () => {
    await visitor.get('/products?q=linen&option.Colour=Indigo&option.Colour=Sky&utm=x&minPrice=');
    expect(shop.catalog.asked.at(-1)?.path).toBe(
      '/products?option.Colour=Indigo&option.Colour=Sky&q=linen',
    );
  });

  it('turns typed prices into the one address of that list', async () => {
    const answer = await visitor.get('/products?q=linen&from=20&to=60');
    expect([answer.status, answer.location]).toEqual([
      303,
      '/products?maxPrice=6000&minPrice=2000&q=linen',
    ]);
  });

  it('goes back to the first page where a cursor is of yesterday', async () => {
    shop.catalog.on('GET /products', ({ path }) =>
      path.includes('cursor') ? problem(400, 'request.invalid') : { body: list() },
    );
    expect((await visitor.get('/products?q=a&cursor=old')).location).toBe('/products?q=a');
  });

  it('answers 404 with a way on and a reference for what is not there', async () => {
    for (const path of [
      '/nowhere',
      '/products/nowhere',
      '/products/%3Cscript%3E',
      '/assets/x.js',
    ]) {
      const answer = await visitor.get(path);
      expect(answer.status).toBe(404);
      expect(answer.html).toContain('There is nothing here.');
      expect(answer.html).toContain(answer.headers.get('trace-id') ?? 'none');
    }
  });

  it('shows the shelf from memory while catalog is away, and says so', async () => {
    await visitor.get('/products?q=held');
    await shop.catalog.stop();
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const held = await visitor.get('/products?q=held');
    expect(held.status).toBe(200);
    expect(held.html).toContain('This is the page as it was at');
    const never = await visitor.get('/products?q=never-seen');
    expect(never.status).toBe(503);
    expect(never.html).toContain('href="/cart"');
    expect((await visitor.get('/cart')).status).toBe(200);
    expect((await visitor.get('/')).status).toBe(200);
  });

  it('suggests words, and nothing where catalog is away', async () => {
    shop.catalog.on('GET /suggest', () => ({
      body: {
        items: [
          { kind: 'product', title: 'Linen shirt', handle: 'linen-shirt' },
          { kind: 'category', title: 'Shirts', category: 'clothing/shirts' },
        ],
      },
    }));
    const { html } = await visitor.get('/suggest?q=lin');
    expect(JSON.parse(html)).toEqual({
      items: [
        { title: 'Linen shirt', href: '/products/linen-shirt' },
        { title: 'Shirts', href: '/products?category=clothing/shirts', note: 'Department' },
      ],
    });
    await shop.catalog.stop();
    expect(JSON.parse((await visitor.get('/suggest?q=lin')).html)).toEqual({ items: [] });
  });

  it('lists its pages for search engines', async () => {
    shop.catalog.on('GET /products', ({ path }) =>
      path.includes('cursor=2')
        ? { body: list({ items: [item({ handle: 'second' })] }) }
        : { body: list({ items: [item()], next: '2' }) },
    );
    const { html } = await visitor.get('/sitemap.xml');
    expect(html).toContain('<loc>http://hemline.example/products/linen-shirt</loc>');
    expect(html).toContain('<loc>http://hemline.example/products/second</loc>');
    expect((await visitor.get('/robots.txt')).html).toContain('Disallow: /orders');
  });

  it('serves static files for ever, compressed, and under no other name', async () => {
    const { html } = await visitor.get('/');
    const [, path = ''] = /rel="stylesheet" href="([^"]+)"/.exec(html) ?? [];
    const styles = await fetch(shop.url + path, { headers: { 'accept-encoding': 'br' } });
    expect(styles.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(styles.headers.get('content-encoding')).toBe('br');
    expect(await styles.text()).not.toMatch(/\{\s*\}|\/\*/);
    const [, script = ''] = /<script src="([^"]+)"/.exec(html) ?? [];
    const compressed = await fetch(shop.url + script, { headers: { 'accept-encoding': 'gzip' } });
    expect(Number(compressed.headers.get('content-length'))).toBeLessThan(10_240);
  });
});

describe('the bag', () => {
  const addOne = async (): Promise<void> => {
    await visitor.get('/products/linen-shirt?Colour=Indigo&Size=M');
    await visitor.submit('/cart/add');
  };

  it('takes a first line, and after that costs one call a change', async () => {
    await visitor.get('/products/linen-shirt?Colour=Indigo&Size=M');
    const first = await visitor.submit('/cart/add', { quantity: '2' });
    expect([first.status, first.location]).toEqual([303, '/cart?added=IN-M#line-IN-M']);
    expect(shop.carts.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /carts',
      `POST /carts/${cartId}/lines`,
    ]);
    expect(shop.carts.asked[1]?.body).toEqual({ quote: quote('IN-M'), quantity: 2 });
    shop.carts.asked.length = 0;
    await addOne();
    expect(shop.carts.asked).toHaveLength(1);
    expect(shop.carts.asked[0]?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it('counts in the header of every page without asking anyone', async () => {
    await addOne();
    const calls = countCalls();
    const { html } = await visitor.get('/products?q=count');
    expect(html).toContain('<b class="bag-count">2</b>');
    expect(countCalls() - calls).toBe(1);
    expect(shop.carts.asked.filter(({ method }) => method === 'GET')).toEqual([]);
  });

  it('gets a new quote for a page that lay open for hours', async () => {
    let calls = 0;
    shop.carts.on(`POST /carts/${cartId}/lines`, () => {
      calls += 1;
      return calls === 1 ? problem(409, 'quotes.expired') : { body: cart() };
    });
    await visitor.get('/products/linen-shirt?Colour=Indigo&Size=M');
    expect((await visitor.submit('/cart/add')).location).toContain('added=IN-M');
    expect(shop.catalog.asked.at(-1)?.body).toEqual({ skus: ['IN-M'] });
  });

  it('begins a new one where the old was paid', async () => {
    await addOne();
    let calls = 0;
    shop.carts.on(`POST /carts/${cartId}/lines`, () => {
      calls += 1;
      return calls === 1 ? problem(409, 'carts.closed') : { body: cart() };
    });
    await visitor.get('/products/linen-shirt?Colour=Indigo&Size=M');
    expect((await visitor.submit('/cart/add')).location).toContain('added=IN-M');
  });

  it('gives back what was taken out', async () => {
    await addOne();
    await visitor.get('/cart');
    const taken = await visitor.submit('/cart/remove');
    expect(taken.location).toBe('/cart');
    shop.carts.on(`GET /carts/${cartId}`, () => ({ body: cart({ lines: [], subtotal: null }) }));
    expect((await visitor.get('/cart')).html).toContain('Taken out: Linen shirt, Indigo, M.');
    await visitor.submit('/cart/add');
    expect(shop.carts.asked.at(-1)?.body).toEqual({ quote: quote('IN-M'), quantity: 2 });
  });

  it.each(['0', '-1', '1.5', '100', 'many', ''])(
    'changes nothing for %p of a thing',
    async (quantity) => {
      await addOne();
      await visitor.get('/cart');
      shop.carts.asked.length = 0;
      const answer = await visitor.submit('/cart/update', { quantity });
      expect(answer.location).toBe('/cart?problem=quantity');
      expect(shop.carts.asked).toEqual([]);
      expect((await visitor.get(answer.location ?? '')).html).toContain(
        'whole number from 1 to 99',
      );
    },
  );

  it('says that it cannot be opened while cart is down, and the shop goes on', async () => {
    await addOne();
    await visitor.get('/products/linen-shirt?Colour=Indigo&Size=M');
    await shop.carts.stop();
    const answer = await visitor.submit('/cart/add');
    expect(answer.status).toBe(503);
    expect(answer.html).toContain('Nothing in it is lost');
    expect((await visitor.get('/cart')).status).toBe(503);
    const goods = await visitor.get('/products?q=cart-down');
    expect(goods.status).toBe(200);
    expect(goods.html).toContain('href="/cart"');
    expect(visitor.cookies.has('bag')).toBe(true);
  });

  it('is not opened by a key that is not its own', async () => {
    await addOne();
    shop.carts.on(`GET /carts/${cartId}`, () => problem(401, 'auth.required'));
    expect((await visitor.get('/cart')).html).toContain('Nothing in it yet.');
    expect(visitor.cookies.has('bag')).toBe(false);
  });
});

describe('what merchants and strangers write', () => {
  it('never becomes markup', async () => {
    const title = '<img src=x onerror=alert(1)>';
    shop.catalog.on('GET /products/evil', () => ({
      body: product({
        handle: 'evil',
        title,
        options: [{ name: '"><b>', values: ['a"b', '<i>'] }],
      }),
    }));
    const { html } = await visitor.get('/products/evil?%22%3E%3Cb%3E=%3Ci%3E');
    expect(html).not.toContain('<img src=x');
    expect(html).not.toContain('"><b>');
    const search = await visitor.get('/products?q=%3Cscript%3Ealert(1)%3C/script%3E');
    expect(search.html).not.toContain('<script>alert');
  });

  it('is bounded', async () => {
    const long = await visitor.get(`/products?q=${'x'.repeat(5_000)}`);
    expect(long.status).toBe(200);
    await visitor.get('/products/linen-shirt?Colour=Indigo&Size=M');
    const huge = await visitor.submit('/cart/add', { quote: 'x'.repeat(300_000) });
    expect(huge.status).toBe(413);
  });
});

describe('the storefront as a service', () => {
  it('describes itself by a valid OpenAPI document', async () => {
    expect(await findOpenApiFaultsAt(shop.url)).toEqual([]);
  });
});
