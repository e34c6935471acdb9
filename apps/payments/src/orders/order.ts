import type { paymentsApi } from '@hemline/contracts';

export type OrderStatus = paymentsApi.OrderStatus;
export type HoldStatus = 'active' | 'consumed' | 'released';

/**
 * Where an order may go from where it is. PostgreSQL enforces the same edges by triggers
 * (`migrations/0001_orders.sql`), and a test compares the two.
 */
export const orderTransitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['authorized', 'cancelling', 'cancelled'],
  authorized: ['paid', 'cancelling', 'cancelled'],
  paid: ['part_refunded', 'refunded'],
  // A refund that fails after it was accepted gives back what it took.
  part_refunded: ['refunded', 'paid'],
  refunded: ['part_refunded', 'paid'],
  // The provider had captured after all: the money goes back, and the order ends refunded.
  cancelling: ['cancelled', 'refunded'],
  cancelled: [],
};

export const holdTransitions: Readonly<Record<HoldStatus, readonly HoldStatus[]>> = {
  active: ['consumed', 'released'],
  consumed: ['released'],
  released: [],
};

/** A line of an order: what was bought, at the price that was quoted. */
export type OrderLine = {
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: bigint;
  readonly total: bigint;
  readonly tax: bigint;
};
