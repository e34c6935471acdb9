import type { Projections } from '@hemline/messaging';

/**
 * Tables that are copies and nothing else, by the topic that fills them. Orders are not among them: what
 * was paid for is taken out of a cart once, and a cart is nobody's copy.
 */
export const projections = {
  'catalog.products': ['product_copies'],
  'catalog.quote-keys': ['quote_keys'],
  'payments.stock': ['stock_copies'],
} satisfies Projections;
