import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import {
  cart,
  cartId,
  cartLine,
  eur,
  item,
  list,
  order,
  product,
  quote,
  shop,
} from '../../test/builders.ts';
import { BagPage } from './bag/bag.page.tsx';
import { CheckoutPage, type CheckoutProps } from './checkout/checkout.page.tsx';
import { WaitingPage } from './checkout/waiting.page.tsx';
import { ErrorPage } from './error/error.page.tsx';
import { HomePage } from './home/home.page.tsx';
import { ListPage } from './list/list.page.tsx';
import { parseListQuery } from './list/list-query.ts';
import { OrderPage } from './order/order.page.tsx';
import { ProductPage } from './product/product.page.tsx';

const now = new Date('2026-05-04T10:00:01.000Z');
const later = new Date('2026-05-04T10:31:00.000Z');
const evil = '</script><script>alert(1)</script>"\'&';

const checkout = (parts: Partial<CheckoutProps> = {}): JSX.Element =>
  CheckoutPage({
    shop,
    cart: { id: cartId, version: 3 },
    lines: cart().lines,
    totals: {
      total: eur(10_290),
      parts: { subtotal: eur(9_800), delivery: eur(490), tax: eur(1_924) },
    },
    values: {},
    errors: [],
    messages: [],
    idempotencyKey: 'k'.repeat(22),
    ...parts,
  });

const search = (words: string): JSX.Element =>
  ListPage({ shop, now, query: parseListQuery(`q=${encodeURIComponent(words)}`), list: list() });

const inSize = { Colour: 'Indigo', Size: 'M' };

const pages: Readonly<Record<string, JSX.Element>> = {
  home: HomePage({ shop, items: Array.from({ length: 60 }, () => item()) }),
  'home without catalog': HomePage({ shop, items: undefined }),
  list: ListPage({
    shop,
    now,
    query: parseListQuery('option.Colour=Indigo&category=clothing/shirts'),
    list: list({ items: Array.from({ length: 100 }, () => item()), next: 'abc' }),
  }),
  'list with nothing in it': ListPage({
    shop,
    now,
    query: parseListQuery('q=zzzz&inStock=true'),
    list: list({ items: [], total: 0 }),
  }),
  'list from memory': ListPage({ shop, now, query: [], list: list(), heldSince: now }),
  'list of old stock': ListPage({ shop, now: later, query: [], list: list() }),
  'product of old stock': ProductPage({ shop, product: product(), asked: inSize, now: later }),
  'bag of old stock': BagPage({ shop, now: later, cart: cart() }),
  product: ProductPage({ shop, product: product(), asked: { Size: 'M' }, now }),
  'product sold out': ProductPage({ shop, product: product(), asked: { Colour: 'Chalk' }, now }),
  bag: BagPage({ shop, now, cart: cart() }),
  'bag with nothing in it': BagPage({ shop, now, cart: undefined }),
  checkout: checkout(),
  'checkout with faults': checkout({ errors: [{ field: 'email', message: 'Enter it.' }] }),
  'checkout without payments': checkout({ totals: undefined }),
  waiting: WaitingPage({ shop, refreshSeconds: 3 }),
  order: OrderPage({ shop, order: order(), link: 'https://hemline.example/orders/x', now }),
  error: ErrorPage({ shop, title: 'Oh', words: ['Sorry.'], reference: 'f'.repeat(32) }),
  'page of evil words': ProductPage({
    shop,
    product: product({ title: evil, vendor: evil, options: [], descriptionHtml: '' }),
    asked: {},
    now,
  }),
  'search for evil words': search(evil),
};

describe.each(Object.entries(pages))('the %s', (_name, page) => {
  const html = renderToString(page);

  it('has no style and no script of its own, as the content policy allows none', () => {
    expect(html).not.toMatch(/ style=| on[a-z]+=|javascript:|<style/i);
    const scripts = html.match(/<script[^>]*>/g) ?? [];
    expect(scripts.every((tag) => / src="\/assets\/| type="application\/ld\+json"/.test(tag))).toBe(
      true,
    );
    expect(html).not.toContain('alert(1)</script>');
  });

  it('has a language, a title, one heading, one main part, and a way past the menu', () => {
    expect(html).toMatch(/<html lang="en">.*<title>[^<]+<\/title>/);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html.match(/<main/g)).toHaveLength(1);
    expect(html).toContain('<a class="skip" href="#main">');
  });

  it('names each field, and leads only to places that are there', () => {
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target] of html.matchAll(
      / (?:for|aria-describedby|aria-labelledby)="([^"]+)"/g,
    )) {
      for (const id of (target ?? '').split(' ')) expect(ids).toContain(id);
    }
    for (const [, target] of html.matchAll(/ href="#([^"]+)"/g)) expect(ids).toContain(target);
    expect(ids.size).toBe([...html.matchAll(/ id="/g)].length);
  });

  it('is at most 30 KB on the line', () => {
    expect(gzipSync(html).length).toBeLessThan(30 * 1024);
  });

  it('guards each form that changes something', () => {
    for (const [form] of html.matchAll(/<form[^>]*method="post".*?<\/form>/g)) {
      expect(form).toContain('name="csrf"');
    }
  });
});

describe('the home page', () => {
  it('leads with goods that can be seen, before those whose picture is to come', () => {
    const coming = ['a', 'b'].map((handle) => item({ handle, title: handle, images: [] }));
    const items = [...coming, item({ title: 'Seen shirt' })];
    const html = renderToString(HomePage({ shop, items }));
    expect(html).toContain('<span class="lead-title">Seen shirt</span>');
    expect(html.indexOf('/products/linen-shirt')).toBeLessThan(html.indexOf('/products/a"'));
  });
});

describe('what pages say', () => {
  const html = (page: JSX.Element): string => renderToString(page);

  it('of a changed price: old and new, and which of them she pays', () => {
    const notice = { kind: 'price_changed', was: eur(4_900), now: eur(5_200) } as const;
    const up = html(
      BagPage({ shop, now, cart: cart({ lines: [cartLine({ notices: [notice] })] }) }),
    );
    expect(up).toMatch(/€49\.00<\/del>.*€52\.00/);
    expect(up).toContain('It stays €49.00 for you if you order before');
    const less = { ...notice, now: eur(4_500) };
    const down = html(
      BagPage({ shop, now, cart: cart({ lines: [cartLine({ notices: [less] })] }) }),
    );
    expect(down).toContain('You will pay the new price');
  });

  it('of scarce stock: how many, and how old that number is', () => {
    const page = html(ProductPage({ shop, product: product(), asked: inSize, now }));
    expect(page).toContain('2 left<span class="stock-age">, a moment ago</span>');
    expect(page).not.toContain('<option>3</option>');
  });

  it('of stock that is older than it may be: as of when, and that paying decides; else nothing', () => {
    const words = (page: JSX.Element): string => html(page).replaceAll(/<[^>]*>/g, '');
    const goods = { shop, product: product(), asked: inSize };
    expect(words(ProductPage({ ...goods, now: later }))).toContain(
      '2 left when we last looked, at 10:00 UTC',
    );
    const again = 'We look again when you pay.';
    for (const at of [later, now]) {
      const all = [
        ProductPage({ ...goods, now: at }),
        ListPage({ shop, now: at, query: [], list: list() }),
        BagPage({ shop, now: at, cart: cart() }),
      ];
      for (const page of all) expect(words(page).includes(again)).toBe(at === later);
    }
    const held = ProductPage({ ...goods, now, heldSince: now });
    expect(words(held)).toContain('2 left when we last looked, at 10:00 UTC');
  });

  it('of what is sold out: shown and marked, with no button to press', () => {
    const asked = { Colour: 'Chalk', Size: 'M' };
    const page = html(ProductPage({ shop, product: product(), asked, now }));
    expect(page).toContain('option-sold_out');
    expect(page).toContain('Sold out');
    expect(page).not.toContain('Add to bag');
  });

  it('before she pays: goods, delivery, tax and total, and the same total is sent', () => {
    const page = html(checkout());
    for (const part of ['€98.00', '€4.90', '€19.24', 'Pay €102.90']) expect(page).toContain(part);
    expect(page).toContain('name="total" value="10290"');
    expect(page).toContain(`name="quote" value="${quote('IN-M')}"`);
  });

  it('after a fault: a summary that leads to the field, the fault beside it, what she typed', () => {
    const errors = [{ field: 'email', message: 'Enter it.' }] as const;
    const page = html(checkout({ errors, values: { email: 'jo@', city: 'Dublin' } }));
    expect(page).toContain('<a href="#field-email">Enter it.</a>');
    expect(page).toMatch(/id="field-email"[^>]*value="jo@"[^>]*aria-invalid="true"/);
    expect(page).toContain('value="Dublin"');
  });

  it('while payments is away: nothing is lost, and there is no button to pay', () => {
    const page = html(checkout({ totals: undefined }));
    expect(page).toContain('nothing is lost');
    expect(page).not.toContain('name="paymentMethod"');
  });

  it('to search engines: only whole pages, each by its one address', () => {
    const page = html(pages['list'] ?? <p />);
    expect(page).toContain('noindex');
    const plain = html(ListPage({ shop, now, query: parseListQuery('category=a'), list: list() }));
    expect(plain).not.toContain('noindex');
    expect(plain).toContain(
      '<link rel="canonical" href="https://hemline.example/products?category=a"',
    );
    const goods = html(ProductPage({ shop, product: product(), asked: { Size: 'M' }, now }));
    expect(goods).toContain('href="https://hemline.example/products/linen-shirt"');
    const [, data = ''] = /ld\+json">(.*?)<\/script>/.exec(goods) ?? [];
    expect(JSON.parse(data)).toMatchObject({
      '@type': 'Product',
      offers: { lowPrice: '49', availability: 'https://schema.org/InStock' },
    });
  });
});
