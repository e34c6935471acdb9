import type { TopicName } from './events/topics.ts';

/**
 * Every copy of someone else's fact, with how old it may be. Nobody decides on a copy: where one is
 * older than its bound, what `decides` says is right all the same.
 */
export type Copy = {
  readonly holder: 'catalog' | 'cart' | 'payments' | 'web';
  /** The topic that it follows; a page follows none, as it asks catalog. */
  readonly topic?: TopicName;
  /** From the commit at the fact's owner to the moment when the copy is read; p99, while all is well. */
  readonly boundMs: number;
  readonly decides: string;
};

/** The name of each is the label of its metrics. */
export const copies = {
  'web.price': {
    holder: 'web',
    boundMs: 5000,
    decides: 'the quote: what it says is what she pays',
  },
  'catalog.availability': {
    holder: 'catalog',
    topic: 'payments.stock',
    boundMs: 2000,
    decides: 'checkout: stock is taken in the transaction of the order',
  },
  'cart.availability': {
    holder: 'cart',
    topic: 'payments.stock',
    boundMs: 2000,
    decides: 'checkout: stock is taken in the transaction of the order',
  },
  'cart.product': {
    holder: 'cart',
    topic: 'catalog.products',
    boundMs: 10_000,
    decides: 'nothing: name and picture are shown as last known, and the price is in the quote',
  },
  'cart.purchases': {
    holder: 'cart',
    topic: 'payments.orders',
    boundMs: 2000,
    decides: 'the order page: it asks payments; a cart that is paid again is the same order',
  },
  'catalog.pictures': {
    holder: 'catalog',
    topic: 'images.assets',
    boundMs: 10_000,
    decides: 'nothing: a picture whose size is not known yet is shown without it',
  },
  'cart.quote-keys': {
    holder: 'cart',
    topic: 'catalog.quote-keys',
    boundMs: 30_000,
    decides: 'catalog: a key signs nothing for so long after it was published',
  },
  'payments.quote-keys': {
    holder: 'payments',
    topic: 'catalog.quote-keys',
    boundMs: 30_000,
    decides: 'catalog: a key signs nothing for so long after it was published',
  },
} as const satisfies Readonly<Record<string, Copy>>;

export type CopyName = keyof typeof copies;

/**
 * An owner that has nothing to tell says so this often, so that copies of what does not change know
 * that they are right. It is part of the age of every copy in a quiet shop.
 */
export const watermarkMs = 1000;
