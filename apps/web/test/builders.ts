import type { cartApi, catalogApi, paymentsApi } from '@hemline/contracts';
import type { Shop } from '../src/layout/shop.ts';

// Answers of the other services as their contracts have them, for pages and for stand-ins.

export const asOf = '2026-05-04T10:00:00.000Z';
export const eur = (amount: number): { amount: string; currency: string } => ({
  amount: String(amount),
  currency: 'EUR',
});

export const shop: Shop = {
  publicUrl: 'https://hemline.example',
  imagesUrl: 'https://pictures.example',
  assets: {
    styles: '/assets/hemline.css',
    script: '/assets/enhance.js',
    headingFont: '/assets/heading.woff2',
    textFont: '/assets/text.woff2',
    icon: '/assets/icon.svg',
    story: '/assets/story.svg',
  },
  categories: [{ path: 'clothing/shirts', title: 'Shirts', count: 2, children: [] }],
};

export const picture = (id: string, colour?: string): catalogApi.ProductImage => ({
  id: id.repeat(32).slice(0, 32),
  width: 1280,
  height: 1600,
  alt: `Picture ${id}`,
  ...(colour && { options: { Colour: colour } }),
});

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Shaped like catalog's quotes; nobody here checks the signature. */
export const quote = (sku: string, price = 4_900, title = 'Linen shirt'): string =>
  [
    base64({ alg: 'EdDSA' }),
    base64({
      sku,
      price: String(price),
      currency: 'EUR',
      priceVersion: 1,
      title,
      iat: 1_700_000_000,
      exp: 1_900_000_000,
    }),
    'signature',
  ].join('.');

type VariantParts = Partial<Omit<catalogApi.Variant, 'availability'>> & {
  readonly state?: 'in_stock' | 'few_left' | 'sold_out';
  readonly left?: number;
};

export const variant = ({
  state = 'in_stock',
  left,
  ...parts
}: VariantParts): catalogApi.Variant => ({
  sku: 'SHIRT-IND-M',
  options: { Colour: 'Indigo', Size: 'M' },
  price: eur(4_900),
  quote: quote(parts.sku ?? 'SHIRT-IND-M'),
  availability: { state, asOf, ...(left !== undefined && { left }) },
  ...parts,
});

export const item = (parts: Partial<catalogApi.ProductItem> = {}): catalogApi.ProductItem => ({
  id: '5f0c3b5e-7d0a-4a53-8f1c-0d6f6a1b2c3d',
  handle: 'linen-shirt',
  title: 'Linen shirt',
  vendor: 'Marlow',
  category: 'clothing/shirts',
  priceRange: { min: eur(4_900), max: eur(4_900) },
  images: [picture('a')],
  availability: { state: 'in_stock', asOf },
  ...parts,
});

export const product = (parts: Partial<catalogApi.Product> = {}): catalogApi.Product => {
  const { priceRange: _price, availability: _availability, ...shared } = item();
  return {
    ...shared,
    breadcrumbs: [{ path: 'clothing/shirts', title: 'Shirts' }],
    tags: [],
    descriptionHtml: '<p>Cut from <em>linen</em>.</p>',
    options: [
      { name: 'Colour', values: ['Chalk', 'Indigo'] },
      { name: 'Size', values: ['S', 'M'] },
    ],
    variants: [
      variant({ sku: 'CH-S', options: { Colour: 'Chalk', Size: 'S' }, state: 'sold_out', left: 0 }),
      variant({ sku: 'CH-M', options: { Colour: 'Chalk', Size: 'M' }, state: 'sold_out', left: 0 }),
      variant({ sku: 'IN-S', options: { Colour: 'Indigo', Size: 'S' } }),
      variant({
        sku: 'IN-M',
        options: { Colour: 'Indigo', Size: 'M' },
        state: 'few_left',
        left: 2,
      }),
    ],
    images: [picture('a', 'Chalk'), picture('b', 'Indigo'), picture('c')],
    related: [],
    version: 1,
    createdAt: asOf,
    asOf,
    ...parts,
  };
};

export const list = (parts: Partial<catalogApi.ProductList> = {}): catalogApi.ProductList => ({
  items: [item()],
  total: 1,
  facets: [
    {
      name: 'Colour',
      parameter: 'option.Colour',
      values: [
        { value: 'Chalk', title: 'Chalk', count: 1, selected: false },
        { value: 'Indigo', title: 'Indigo', count: 3, selected: true },
      ],
    },
  ],
  next: null,
  asOf,
  ...parts,
});

export const cartLine = (parts: Partial<cartApi.CartLine> = {}): cartApi.CartLine => ({
  sku: 'IN-M',
  quantity: 2,
  unitPrice: eur(4_900),
  lineTotal: eur(9_800),
  title: 'Linen shirt',
  handle: 'linen-shirt',
  options: { Colour: 'Indigo', Size: 'M' },
  image: { id: 'b'.repeat(32), alt: 'Linen shirt' },
  quote: quote('IN-M'),
  quoteExpiresAt: '2099-01-01T00:00:00.000Z',
  availability: { state: 'in_stock', asOf },
  notices: [],
  asOf: { product: asOf, availability: asOf },
  ...parts,
});

export const cartId = '0f8fad5b-d9cb-469f-a165-70867728950e';
export const cart = (parts: Partial<cartApi.Cart> = {}): cartApi.Cart => ({
  id: cartId,
  status: 'open',
  version: 3,
  lines: [cartLine()],
  subtotal: eur(9_800),
  asOf,
  ...parts,
});

export const preview = (total = 10_290): paymentsApi.Preview => ({
  lines: [],
  subtotal: eur(total - 490),
  delivery: eur(490),
  tax: eur(1_924),
  total: eur(total),
});

export const orderId = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
export const order = (parts: Partial<paymentsApi.Order> = {}): paymentsApi.Order => ({
  id: orderId,
  status: 'paid',
  cart: { id: cartId, version: 3 },
  email: 'jo@example.com',
  shippingAddress: {
    name: 'Jo Marsh',
    line1: '4 Mill Lane',
    city: 'Dublin',
    postalCode: 'D02 X285',
    country: 'IE',
  },
  lines: [
    {
      sku: 'IN-M',
      title: 'Linen shirt',
      quantity: 2,
      unitPrice: eur(4_900),
      lineTotal: eur(9_800),
    },
  ],
  subtotal: eur(9_800),
  delivery: eur(490),
  tax: eur(1_924),
  total: eur(10_290),
  captured: eur(10_290),
  refunded: eur(0),
  payment: { status: 'captured' },
  timeline: [
    { at: asOf, what: 'placed' },
    { at: asOf, what: 'paid' },
  ],
  asOf,
  ...parts,
});
