import type { Order } from '../orders/orders.store.ts';
import { type OrderStatus, type PaymentStatus, type RefundStatus, move } from '../transitions.ts';
import { type Refund, isAccepted, isUnderWay, sumOf } from './refund.ts';

/** The provider's refund as it was seen at some moment, perhaps long ago. */
export type RefundSnapshot = {
  readonly pspRefundId: string;
  /** Ours, by its metadata; null if it was not made by us. */
  readonly refundId: string | null;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly amount: bigint;
  readonly currency: string;
};

export type RefundDecision =
  | { readonly kind: 'none' }
  /**
   * T9 and what may come after it. `accepts`: the money has left us, which is posted once. `reverses`: it
   * came back, which is posted once too.
   */
  | {
      readonly kind: 'step';
      readonly status: 'pending' | 'succeeded' | 'failed';
      readonly accepts: boolean;
      readonly reverses: boolean;
    }
  /** The provider speaks of another refund than we do. Never applied; a person must look. */
  | { readonly kind: 'break'; readonly reason: string };

const none: RefundDecision = { kind: 'none' };

/**
 * What the provider's refund means for ours. It may be seen late, twice, out of order: what does not move
 * our refund forward is without effect.
 */
export const decideRefund = (
  refund: Refund & { readonly currency: string },
  seen: RefundSnapshot,
): RefundDecision => {
  if (seen.amount !== refund.amount || seen.currency !== refund.currency) {
    return { kind: 'break', reason: `ours is ${refund.amount} ${refund.currency}` };
  }
  if (refund.pspRefundId !== null && refund.pspRefundId !== seen.pspRefundId) {
    return { kind: 'break', reason: `ours is ${refund.pspRefundId}` };
  }
  const { status } = seen;
  switch (refund.status) {
    case 'sent':
      return { kind: 'step', status, accepts: true, reverses: status === 'failed' };
    case 'pending':
      if (status === 'pending') return none;
      return { kind: 'step', status, accepts: false, reverses: status === 'failed' };
    case 'succeeded':
      if (status !== 'failed') return none;
      return { kind: 'step', status, accepts: false, reverses: true };
    case 'failed':
      // One that was refused, as far as we knew, and was made after all.
      if (refund.pspRefundId === null && status !== 'failed') {
        return { kind: 'break', reason: 'ours had failed' };
      }
      return none;
    case 'awaiting_approval':
    case 'requested':
    case 'rejected':
      return { kind: 'break', reason: `ours is ${refund.status}, and was never sent` };
  }
  return refund.status satisfies never;
};

export const withStatus = (
  refunds: readonly Refund[],
  id: string,
  status: RefundStatus,
): readonly Refund[] =>
  refunds.map((each) =>
    each.id === id ? { ...each, status: move('refunds', each.status, status) } : each,
  );

/** How order and payment stand with these refunds. */
export const statusesWith = (
  order: Pick<Order, 'orderStatus' | 'status' | 'captured' | 'cancelReason'>,
  refunds: readonly Refund[],
): { readonly order: OrderStatus; readonly payment: PaymentStatus; readonly refunded: bigint } => {
  const refunded = sumOf(refunds.filter(isAccepted));
  const isAll = refunded === order.captured;
  const kept = refunded === 0n ? 'paid' : 'part_refunded';
  // An order that was cancelled has given its goods back: it is refunded, or its money is still owed.
  const rest = order.cancelReason === null ? kept : 'cancelling';
  const ended = isAll ? 'refunded' : 'captured';
  return {
    order: move('orders', order.orderStatus, isAll ? 'refunded' : rest),
    payment: move('payments', order.status, refunds.some(isUnderWay) ? 'refunding' : ended),
    refunded,
  };
};
