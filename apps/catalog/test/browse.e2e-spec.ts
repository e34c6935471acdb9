import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogApi, events, type Problem } from '@hemline/contracts';
import { aGarment, aProduct, aVariant, eur } from './builders.ts';
import { TestCatalog, eventually } from './catalog.ts';

let catalog: TestCatalog;
const names = [
  'Linen shirt',
  'Flannel shirt',
  'Wool sweater',
  'Crème scarf',
  'Canvas tote',
  'Oak stool',
];
const count = 30;

beforeAll(async () => {
  catalog = await TestCatalog.start();
  for (let i = 0; i < count; i += 1) {
    const title = `${names[i % names.length]} ${i}`;
    const body = aGarment(`p${i}`, {
      title,
      vendor: i % 2 ? 'Loom & Co' : 'Hemline',
      category: i % 6 < 4 ? `Clothing > ${i % 6 < 2 ? 'Shirts' : 'Knitwear'}` : 'Home',
      colours: i % 3 ? ['Indigo', 'Rust'] : ['Ecru'],
      sizes: ['S', 'M'],
      images: [
        { id: 'a'.repeat(32) },
        { id: 'b'.repeat(32) },
        { id: 'c'.repeat(32), options: { Colour: i % 3 ? 'Rust' : 'Ecru' } },
      ],
    });
    // Prices come in threes, so that pages have to tell equal ones apart by id.
    const variants = body.variants.map((variant) => ({
      ...variant,
      price: eur(1000 + Math.floor(i / 3) * 100),
    }));
    await catalog.put(`p${i}`, { ...body, variants });
  }
});
afterAll(() => catalog.stop());

/** Fails where the answer is not a list as its contract says. */
const list = async (query = ''): Promise<catalogApi.ProductList> =>
  catalogApi.productList.parse((await catalog.get(`/products${query}`)).body);

const valuesOf = ({ facets }: catalogApi.ProductList, name: string): Record<string, number> =>
  Object.fromEntries(
    facets.find((facet) => facet.name === name)?.values.map(({ value, count: n }) => [value, n]) ??
      [],
  );

describe('GET /products', () => {
  it('answers as its contract says, the newest first', async () => {
    const { items, total, next } = await list();
    expect([items.length, total]).toEqual([24, count]);
    expect(items[0]?.handle).toBe(`p${count - 1}`);
    expect(next).not.toBeNull();
  });

  it.each([
    'relevance',
    'newest',
    'price',
    '-price',
    'title',
    'relevance&q=shirt',
    'title&inStock=false&vendor=Hemline',
  ])('shows each product once, page by page, sorted by %s', async (sort) => {
    const seen: catalogApi.ProductItem[] = [];
    let cursor: string | null = '';
    let total = 0;
    while (cursor !== null) {
      const page = await list(`?sort=${sort}&limit=7&cursor=${cursor}`);
      seen.push(...page.items);
      total = page.total;
      cursor = page.next;
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(total);
    expect(seen).toHaveLength(total);
    const prices = seen.map(({ priceRange }) => Number(priceRange.min.amount));
    const signs: Record<string, number> = { price: 1, '-price': -1 };
    const sign = signs[sort] ?? 0;
    expect(prices.toSorted((a, b) => sign * (a - b))).toEqual(prices);
  });

  it('narrows by category with those below it, vendor, price and options', async () => {
    expect((await list('?category=clothing')).total).toBe(20);
    expect((await list('?category=clothing/shirts')).total).toBe(10);
    expect((await list('?category=clothing/shirts&category=home')).total).toBe(20);
    expect((await list('?vendor=Hemline')).total).toBe(15);
    expect((await list('?minPrice=1000&maxPrice=1100')).total).toBe(6);
    expect((await list('?option.Colour=Ecru')).total).toBe(10);
    expect((await list('?option.Colour=Ecru&option.Size=XL')).total).toBe(0);
    expect((await list('?category=nowhere')).total).toBe(0);
  });

  it('counts each facet by what its values would show beside the other choices', async () => {
    const answer = await list('?option.Colour=Ecru&vendor=Hemline');
    expect(valuesOf(answer, 'Colour')).toEqual({ Ecru: 5, Indigo: 10, Rust: 10 });
    expect(valuesOf(answer, 'vendor')).toEqual({ Hemline: 5, 'Loom & Co': 5 });
    expect(valuesOf(answer, 'Size')).toEqual({ S: 5, M: 5 });
    const colour = answer.facets.find(({ name }) => name === 'Colour');
    expect(colour?.parameter).toBe('option.Colour');
    expect(colour?.values.filter(({ selected }) => selected).map(({ value }) => value)).toEqual([
      'Ecru',
    ]);
    const gone = await list('?option.Colour=Pink');
    expect(gone.facets.find(({ name }) => name === 'Colour')?.values).toContainEqual({
      value: 'Pink',
      title: 'Pink',
      count: 0,
      selected: true,
    });
  });

  it('asks one variant to be all that is asked of variants', async () => {
    await catalog.put(
      'mixed',
      aProduct({
        title: 'Mixed',
        category: 'Mixed',
        options: [
          { name: 'Colour', values: ['Blue', 'Red'] },
          { name: 'Size', values: ['S', 'L'] },
        ],
        variants: [
          aVariant('mixed-1', { options: { Colour: 'Blue', Size: 'S' }, price: eur(10) }),
          aVariant('mixed-2', { options: { Colour: 'Red', Size: 'L' }, price: eur(20) }),
        ],
      }),
    );
    const total = async (query: string): Promise<number> =>
      (await list(`?category=mixed&${query}`)).total;
    expect(await total('option.Colour=Blue&option.Size=S')).toBe(1);
    expect(await total('option.Colour=Blue&option.Size=L')).toBe(0);
    expect(await total('option.Colour=Blue&option.Colour=Red&option.Size=L')).toBe(1);
    expect(await total('option.Colour=Blue&minPrice=15')).toBe(0);
    expect(await total('option.Colour=Red&minPrice=15')).toBe(1);
    await catalog.send('DELETE', '/products/mixed');
  });

  it('shows the chosen colour first', async () => {
    const [item] = (await list('?option.Colour=Ecru&limit=1')).items;
    expect(item?.images.map(({ id }) => id[0])).toEqual(['c', 'a']);
  });

  it.each([
    ['linen shirt', 'Linen shirt', 5],
    ['LINEN SHIRTS', 'Linen shirt', 5],
    ['shirt lin', 'Linen shirt', 5],
    ['creme', 'Crème scarf', 5],
    ['shrit', 'Linen shirt', 10],
    ['lnen', 'Linen shirt', 5],
    ['swaeter', 'Wool sweater', 5],
    ['flanel shrt', 'Flannel shirt', 5],
  ])('finds for %p a %s among %d', async (q, title, total) => {
    const answer = await list(`?q=${encodeURIComponent(q)}`);
    expect(answer.total).toBe(total);
    expect(answer.items.some((item) => item.title.startsWith(title))).toBe(true);
  });

  it('finds what has any of the words where nothing has all, the best first', async () => {
    const answer = await list('?q=wool+canvas+tote');
    expect(answer.total).toBe(10);
    expect(answer.items[0]?.title).toMatch(/^Canvas tote/);
    expect(answer.items.some(({ title }) => title.startsWith('Wool sweater'))).toBe(true);
    expect((await list('?q=xylophone+stool')).total).toBe(5);
  });

  it.each(['xylophone', '!!!', "'; drop table products; --", ':*', 'a & | ! <->', '\\'])(
    'finds nothing for %p, and says so',
    async (q) => {
      const answer = await list(`?q=${encodeURIComponent(q)}`);
      expect([answer.total, answer.items, answer.next]).toEqual([0, [], null]);
    },
  );

  it.each([
    ['cursor=abc', '#/query/cursor'],
    ['limit=1000', '#/query/limit'],
    ['sort=cheapest', '#/query/sort'],
    ['colour=red', '#/query/colour'],
    ['minPrice=-1', '#/query/minPrice'],
    ['minPrice=5&maxPrice=1', '#/query/maxPrice'],
    ['inStock=perhaps', '#/query/inStock'],
    [`q=${'x'.repeat(201)}`, '#/query/q'],
    ['vendor=%00', '#/query/vendor'],
    ['option.a=1&option.b=1&option.c=1&option.d=1', '#/query/option.d'],
  ])('refuses %s by name', async (query, pointer) => {
    const { status, body } = await catalog.get<Problem>(`/products?${query}`);
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([
      400,
      'request.invalid',
      pointer,
    ]);
  });

  it('refuses the cursor of another query', async () => {
    const { next } = await list('?limit=5');
    const { status, body } = await catalog.get<Problem>(
      `/products?limit=5&vendor=Hemline&cursor=${next}`,
    );
    expect([status, body.errors?.[0]?.detail]).toEqual([400, 'belongs to another query']);
  });

  it('tells who holds an answer that it is still right', async () => {
    const first = await catalog.get('/products?limit=3');
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toContain('max-age=1');
    const second = await catalog.get('/products?limit=3', { 'if-none-match': etag });
    expect([second.status, second.body]).toEqual([304, undefined]);
    expect((await catalog.get('/products?limit=3', { 'if-none-match': '"x"' })).status).toBe(200);
  });
});

describe('GET /suggest and /categories', () => {
  it('suggests at most eight titles and categories for what is begun', async () => {
    const { body } = await catalog.get('/suggest?q=shi');
    const { items } = catalogApi.suggestions.parse(body);
    expect(items).toHaveLength(8);
    expect(items[0]).toEqual({ kind: 'category', title: 'Shirts', category: 'clothing/shirts' });
    expect(items.slice(1).every(({ title }) => /shirt/i.test(title))).toBe(true);
    expect((await catalog.get('/suggest?q=')).body).toEqual({ items: [] });
    expect((await catalog.get('/suggest?query=x')).status).toBe(400);
  });

  it('draws the tree with counts', async () => {
    const { items } = catalogApi.categoryTree.parse((await catalog.get('/categories')).body);
    expect(items.map(({ path, count: n }) => [path, n])).toEqual([
      ['clothing', 20],
      ['home', 10],
    ]);
    expect(items[0]?.children.map(({ title, count: n }) => [title, n])).toEqual([
      ['Knitwear', 10],
      ['Shirts', 10],
    ]);
  });
});

describe('GET /products/{handle}', () => {
  it('shows a few others of its category', async () => {
    const { body } = await catalog.get('/products/p0');
    const { related } = catalogApi.product.parse(body);
    expect(related).toHaveLength(4);
    expect(
      related.every(({ category, handle }) => category === 'clothing/shirts' && handle !== 'p0'),
    ).toBe(true);
  });

  it.each(['nothing-here', 'Bad%20Handle', '%00', 'x'.repeat(300)])(
    'knows no %s',
    async (handle) => {
      const { status, body } = await catalog.get<Problem>(`/products/${handle}`);
      expect([status, body.code]).toEqual([404, 'products.not_found']);
    },
  );
});

describe('what others tell', () => {
  const stock = (sku: string, available: number, version: number) =>
    catalog.tell('payments', events.stockChanged, {
      subject: sku,
      version,
      data: { sku, onHand: available, held: 0, allocated: 0, available },
    });
  const availabilityOf = async (handle: string, sku: string) => {
    const { body } = await catalog.get<catalogApi.Product>(`/products/${handle}`);
    return body.variants.find((variant) => variant.sku === sku)?.availability;
  };

  it('is seen on the product’s page and in lists within two seconds', async () => {
    const sku = 'p1-Indigo-S';
    expect((await availabilityOf('p1', sku))?.state).toBe('sold_out');
    expect((await list('?inStock=true')).total).toBe(0);
    await stock(sku, 2, 1);
    const few = await eventually(
      () => availabilityOf('p1', sku),
      (answer) => answer?.state !== 'sold_out',
    );
    expect(few).toMatchObject({ state: 'few_left', left: 2 });
    await stock(sku, 50, 2);
    const many = await eventually(
      () => availabilityOf('p1', sku),
      (answer) => answer?.state === 'in_stock',
    );
    expect(many).toEqual({ state: 'in_stock', asOf: expect.any(String) });
    const found = await eventually(
      () => list('?option.Colour=Indigo&option.Size=S&inStock=true'),
      ({ items }) => items[0]?.availability.state === 'in_stock',
    );
    expect(found.items.map(({ handle }) => handle)).toEqual(['p1']);
    expect((await list('?option.Colour=Rust&inStock=true')).total).toBe(0);
  });

  it('is kept for a product that comes later, and for one that comes back', async () => {
    await stock('early', 9, 1);
    await eventually(async () => (await catalog.copiedSkus()).includes('early'), Boolean);
    for (let i = 0; i < 2; i += 1) {
      await catalog.put('early', aProduct({ variants: [aVariant('early')] }));
      expect((await availabilityOf('early', 'early'))?.state).toBe('in_stock');
      await catalog.send('DELETE', '/products/early');
    }
  });

  it('gives pictures their size', async () => {
    const id = 'd'.repeat(32);
    await catalog.put(
      'pictured',
      aProduct({ variants: [aVariant('pictured')], images: [{ id, alt: 'One' }] }),
    );
    await catalog.tell('images', events.assetStored, {
      subject: id,
      version: 1,
      data: { imageId: id, width: 900, height: 1200, placeholder: 'data:image/webp;base64,AA==' },
    });
    const read = await eventually(
      () => catalog.get<catalogApi.Product>('/products/pictured'),
      ({ body }) => body.images[0]?.width !== 0,
    );
    expect(read.body.images).toEqual([
      { id, width: 900, height: 1200, alt: 'One', placeholder: 'data:image/webp;base64,AA==' },
    ]);
    await catalog.send('DELETE', '/products/pictured');
  });
});

describe('a URL that was just answered', () => {
  it('is answered the same again, headers and all, and counted under its route', async () => {
    const path = '/products?limit=2&vendor=Hemline';
    const [first, second] = [await catalog.get(path), await catalog.get(path)];
    expect(second.body).toEqual(first.body);
    for (const name of ['etag', 'cache-control', 'content-type', 'content-length']) {
      expect(second.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(second.headers.get('trace-id')).toMatch(/^[0-9a-f]{32}$/);
    const held = await catalog.get(path, { 'if-none-match': first.headers.get('etag') ?? '' });
    expect(held.status).toBe(304);
    const metrics = await (await fetch(`${catalog.service.url}/metrics`)).text();
    expect(metrics).toMatch(/duration_seconds_count\{[^}]*route="\/products"[^}]*status="304"/);
  });
});

describe('a change', () => {
  it('is seen at once by who reads after it, on the page, in lists, facets and the tree', async () => {
    const before = await list();
    await catalog.get('/products/fresh');
    await catalog.put('fresh', aProduct({ category: 'Fresh', variants: [aVariant('fresh')] }));
    expect((await catalog.get('/products/fresh')).status).toBe(200);
    const after = await list();
    expect(after.total).toBe(before.total + 1);
    expect(valuesOf(after, 'category')['fresh']).toBe(1);
    await catalog.put(
      'fresh',
      aProduct({ category: 'Fresh', variants: [aVariant('fresh', { price: eur(1) })] }),
    );
    expect((await list()).items[0]?.priceRange.min.amount).toBe('1');
    await catalog.send('DELETE', '/products/fresh');
    expect((await list()).total).toBe(before.total);
    expect((await catalog.get('/products/fresh')).status).toBe(404);
  });
});
