import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogApi, events, type Problem } from '@hemline/contracts';
import { aGarment, aProduct, aVariant, eur } from './builders.ts';
import { TestCatalog, eventually } from './catalog.ts';

let catalog: TestCatalog;

beforeAll(async () => {
  catalog = await TestCatalog.start();
});
afterAll(() => catalog.stop());

/** What was told of a product, once it is so many events. */
const tellingsOf = (handle: string, count: number) =>
  eventually(
    async () => (await catalog.tellings()).filter(({ data }) => data.handle === handle),
    (all) => all.length >= count,
  );

describe('PUT /products/{handle}', () => {
  it('creates a product that can be read at once, as its contract says', async () => {
    const body = aGarment('linen-shirt', {
      title: 'Linen shirt',
      colours: ['Indigo', 'Rust'],
      sizes: ['S', 'M'],
      tags: ['summer'],
      descriptionHtml: '<p onclick="x()">Soft<script>alert(1)</script></p>',
      images: [
        { id: 'a'.repeat(32), alt: 'Front' },
        { id: 'b'.repeat(32), alt: 'Rust', options: { Colour: 'Rust' } },
      ],
    });
    const created = await catalog.put<catalogApi.ProductWritten>('linen-shirt', body);
    expect([created.status, created.body.outcome, created.body.version]).toEqual([
      201,
      'created',
      1,
    ]);
    expect(created.headers.get('etag')).toBe('"1"');
    const read = await catalog.get('/products/linen-shirt');
    const product = catalogApi.product.parse(read.body);
    expect(product).toMatchObject({
      category: 'clothing/shirts',
      breadcrumbs: [
        { path: 'clothing', title: 'Clothing' },
        { path: 'clothing/shirts', title: 'Shirts' },
      ],
      descriptionHtml: '<p>Soft</p>',
      version: 1,
    });
    expect(product.variants).toHaveLength(4);
    expect(product.variants[0]?.availability.state).toBe('sold_out');
    expect(product.images[0]).toEqual({ id: 'a'.repeat(32), width: 0, height: 0, alt: 'Front' });
  });

  it('changes nothing when the same body comes twice, and raises the version when another does', async () => {
    const body = aProduct({ variants: [aVariant('same')] });
    await catalog.put('same', body);
    const again = await catalog.put<catalogApi.ProductWritten>('same', body);
    expect([again.status, again.body.outcome, again.body.version]).toEqual([200, 'unchanged', 1]);
    const other = await catalog.put<catalogApi.ProductWritten>('same', { ...body, title: 'Other' });
    expect([other.status, other.body.outcome, other.body.version]).toEqual([200, 'changed', 2]);
    expect(other.headers.get('etag')).toBe('"2"');
    expect((await tellingsOf('same', 2)).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('counts a price up when it changes, and goes on counting when a sku comes back', async () => {
    const at = (amount: number) =>
      aProduct({ variants: [aVariant('priced', { price: eur(amount) })] });
    await catalog.put('priced', at(100));
    await catalog.put('priced', { ...at(100), title: 'Renamed' });
    await catalog.put('priced', at(200));
    expect((await catalog.send('DELETE', '/products/priced')).status).toBe(204);
    await catalog.put('priced', at(300));
    const told = await tellingsOf('priced', 5);
    const versions = told
      .flatMap(({ data }) => data.variants ?? [])
      .map((each) => each.priceVersion);
    expect(versions.toSorted((a, b) => a - b)).toEqual([1, 1, 2, 3]);
  });

  it('refuses a change to another version than the one that was seen', async () => {
    const body = aProduct({ variants: [aVariant('matched')] });
    await catalog.put('matched', body);
    const seen = await catalog.get('/products/matched');
    const etag = seen.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"1-/);
    const changed = await catalog.put('matched', { ...body, title: 'B' }, { 'if-match': etag });
    expect(changed.status).toBe(200);
    const late = await catalog.put('matched', { ...body, title: 'C' }, { 'if-match': etag });
    expect([late.status, late.body.code]).toEqual([412, 'products.version_mismatch']);
    const missing = await catalog.put('unmatched', body, { 'if-match': '*' });
    expect(missing.status).toBe(412);
    const broken = await catalog.put('matched', body, { 'if-match': 'seven' });
    expect([broken.status, broken.body.errors?.[0]?.pointer]).toEqual([400, '#/headers/if-match']);
    const deleted = await catalog.send('DELETE', '/products/matched', {
      headers: { 'if-match': '"1"' },
    });
    expect(deleted.status).toBe(412);
  });

  it('lets one of many win who create a product at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        catalog.put<catalogApi.ProductWritten>(
          'raced',
          aProduct({ title: `T${i}`, variants: [aVariant('raced')] }),
        ),
      ),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    expect(answers.map(({ body }) => body.version).toSorted((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it('refuses a sku of another product, also when both come at once', async () => {
    await catalog.put('owner', aProduct({ variants: [aVariant('owned')] }));
    const refused = await catalog.put('thief', aProduct({ variants: [aVariant('owned')] }));
    expect([refused.status, refused.body.code]).toEqual([409, 'products.sku_taken']);
    expect(refused.body.errors?.[0]?.pointer).toBe('#/variants/0/sku');
    const both = await Promise.all(
      ['x', 'y'].map((handle) =>
        catalog.put(`rival-${handle}`, aProduct({ variants: [aVariant('rival')] })),
      ),
    );
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  it.each<[string, unknown, number, string, string]>([
    ['broken JSON', '{', 400, 'request.malformed', ''],
    ['no body', undefined, 400, 'request.invalid', '#'],
    ['an unknown field', { ...aProduct(), colour: 'red' }, 400, 'request.invalid', '#/colour'],
    ['no variant', { ...aProduct(), variants: [] }, 400, 'request.invalid', '#/variants'],
    [
      'a fractional price',
      aProduct({ variants: [aVariant('p', { price: eur('9.99') })] }),
      400,
      'request.invalid',
      '#/variants/0/price/amount',
    ],
    [
      'a price below zero',
      aProduct({ variants: [aVariant('p', { price: eur(-1) })] }),
      400,
      'request.invalid',
      '#/variants/0/price/amount',
    ],
    [
      'an unknown option',
      aProduct({ variants: [aVariant('p', { options: { Fit: 'Slim' } })] }),
      400,
      'request.invalid',
      '#/variants/0/options/Fit',
    ],
    [
      'a doubled sku',
      aProduct({ variants: [aVariant('p'), aVariant('p')] }),
      400,
      'request.invalid',
      '#/variants/1/options',
    ],
    [
      'a text that cannot be stored',
      aProduct({ title: 'a\u0000' }),
      400,
      'request.invalid',
      '#/title',
    ],
    ['an empty category', aProduct({ category: '>' }), 400, 'request.invalid', '#/category'],
    [
      'a body that is too large',
      aProduct({ descriptionHtml: 'x'.repeat(600_000) }),
      413,
      'request.too_large',
      '',
    ],
  ])('refuses %s and says where it is', async (_what, body, status, code, pointer) => {
    const refused = await catalog.put('bad', body);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    const pointers = (refused.body.errors ?? [{ pointer: '' }]).map((error) => error.pointer);
    expect(pointers).toContain(pointer);
    expect((await catalog.get('/products/bad')).status).toBe(404);
  });

  it('refuses a handle that cannot be one', async () => {
    const refused = await catalog.put('Not%20A%20Handle', aProduct());
    expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([400, '#/path/handle']);
  });

  it.each([
    ['PUT', '/products/x'],
    ['DELETE', '/products/x'],
    ['POST', '/quote-keys'],
  ])('%s %s is for staff', async (method, path) => {
    const anonymous = await catalog.send<Problem>(method, path, { token: null });
    const forged = await catalog.send<Problem>(method, path, { token: 'x.y.z' });
    const support = await catalog.send<Problem>(method, path, {
      token: await catalog.token('support'),
    });
    expect([anonymous.status, forged.status, support.status]).toEqual([401, 401, 403]);
  });
});

describe('DELETE /products/{handle}', () => {
  it('withdraws a product and tells of it', async () => {
    await catalog.put('gone', aProduct({ variants: [aVariant('gone')] }));
    expect((await catalog.get('/products/gone')).status).toBe(200);
    expect((await catalog.send('DELETE', '/products/gone')).status).toBe(204);
    const read = await catalog.get<Problem>('/products/gone');
    expect([read.status, read.body.code]).toEqual([404, 'products.not_found']);
    expect((await catalog.send('DELETE', '/products/gone')).status).toBe(404);
    const told = await tellingsOf('gone', 2);
    expect(told.map(({ type, version }) => [type, version])).toEqual([
      [events.productChanged.type, 1],
      [events.productDeleted.type, 2],
    ]);
  });
});

describe('a product that is not published', () => {
  it('is not shown and has no quotes, and comes back when it is', async () => {
    const body = aProduct({ variants: [aVariant('hidden')] });
    await catalog.put('hidden', { ...body, published: false });
    expect((await catalog.get('/products/hidden')).status).toBe(404);
    const ask = () =>
      catalog.send<catalogApi.QuotesResponse>('POST', '/quotes', { body: { skus: ['hidden'] } });
    expect((await ask()).body.quotes['hidden']).toBeNull();
    await catalog.put('hidden', body);
    expect((await catalog.get('/products/hidden')).status).toBe(200);
    expect((await ask()).body.quotes['hidden']).not.toBeNull();
  });
});
