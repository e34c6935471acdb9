import type { Shop } from './explore.ts';

/** The smallest shop that is one: an order, a card, a unit. Every shop below says what it adds. */
export const smallest: Shop = {
  orders: 1,
  isOneCart: false,
  onHand: 1,
  attempts: 1,
  intents: 1,
  refunds: 0,
  hasDisputes: false,
  lies: false,
};

export type NamedShop = Shop & {
  readonly name: string;
  readonly what: string;
  readonly maxStates: number;
};

const shop = (
  name: string,
  what: string,
  change: Partial<Shop>,
  maxStates = 4_000_000,
): NamedShop => ({ ...smallest, ...change, name, what, maxStates });

/** Each is visited to its end, but for the last of the long ones, which are visited as far as they may. */
export const shops: readonly NamedShop[] = [
  shop('cards', 'one order, two cards, and a request that made two intents', {
    attempts: 2,
    intents: 2,
  }),
  shop('refunds', 'two refunds of one order, partial or full, each may fail late', { refunds: 2 }),
  shop('dispute', 'a refund and a dispute', { refunds: 1, hasDisputes: true }),
  shop('lies', 'two intents, and the provider once tells of another amount', {
    intents: 2,
    lies: true,
  }),
  shop('last-unit', 'two orders, one unit', { orders: 2 }),
  shop('one-cart', 'two orders of one cart, placed again once the first was cancelled', {
    orders: 2,
    isOneCart: true,
    onHand: 2,
  }),
];

export const longShops: readonly NamedShop[] = [
  shop('three-cards', 'one order, three cards', { attempts: 3 }),
  shop('cards-and-refund', 'one order, two cards, a refund of it', { attempts: 2, refunds: 1 }),
  shop('refunds-and-dispute', 'two refunds and a dispute', { refunds: 2, hasDisputes: true }),
  shop(
    'last-unit-two-cards',
    'two orders, one unit, two cards each',
    { orders: 2, attempts: 2 },
    6_000_000,
  ),
  shop('three-orders', 'three orders, two units', { orders: 3, onHand: 2 }, 6_000_000),
];
