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

/** What the wish to cancel means for an order: too late, done already, under way, or now. */
export const cancelMeans = (status: OrderStatus): 'stop' | 'under_way' | 'done' | 'too_late' => {
  switch (status) {
    case 'pending':
    case 'authorized':
      return 'stop';
    case 'cancelling':
      return 'under_way';
    case 'cancelled':
      return 'done';
    case 'paid':
    case 'part_refunded':
    case 'refunded':
      return 'too_late';
  }
  return status satisfies never;
};
