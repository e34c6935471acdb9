import type { OrderStatus } from '../transitions.ts';

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
