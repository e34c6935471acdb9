import type { Staff } from '@hemline/auth';
import type { paymentsApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { outboxColumns } from '@hemline/messaging';
import type { Answer } from '../checkout/idempotency.ts';
import type { Order } from '../orders/orders.store.ts';
import { refundEvent } from '../payments/order-events.ts';
import {
  type Refund,
  type Refusal,
  type Wish,
  isAccepted,
  leftToRefund,
  sumOf,
} from '../refunds/refund.ts';
import type { StaffAction } from '../staff-actions/staff-actions.store.ts';
import type { Stated } from './refund-state.ts';

// Between the wire and what is refunded: requests in, answers, refusals, facts and the record out.

export const toWish = ({ amount, lines = [] }: paymentsApi.RequestRefund): Wish =>
  amount
    ? { kind: 'amount', amount: BigInt(amount.amount), currency: amount.currency }
    : { kind: 'lines', lines };

export const toError = (refusal: Refusal): DomainError => {
  switch (refusal.code) {
    case 'refunds.exceeds_captured': {
      const { amount, left } = refusal;
      const detail = `${amount} asked for, and ${left} left (minor units)`;
      return new DomainError(refusal.code, { detail, left: left.toString() });
    }
    case 'refunds.exceeds_ordered': {
      const detail = `${refusal.left} left of ${refusal.sku}`;
      return new DomainError(refusal.code, { detail, errors: [{ pointer: '#/lines', detail }] });
    }
    case 'refunds.other_currency': {
      const detail = `the order was paid in ${refusal.currency}`;
      const errors = [{ pointer: '#/amount/currency', detail }];
      return new DomainError(refusal.code, { detail, errors });
    }
    case 'refunds.not_captured':
    case 'refunds.nothing_to_refund':
      return new DomainError(refusal.code);
  }
  return refusal satisfies never;
};

export const toAction = (
  { id, currency }: Order,
  refund: { readonly id: string; readonly amount: bigint; readonly reason: string },
  { subject, role }: Staff,
  action: string,
): StaffAction => ({
  actor: subject,
  role,
  action,
  order_id: id,
  detail: {
    refundId: refund.id,
    amount: refund.amount.toString(),
    currency,
    reason: refund.reason,
  },
});

export const toAnswer = (
  refund: Pick<Refund, 'id' | 'status' | 'amount'>,
  { orderId, currency }: { readonly orderId: string; readonly currency: string },
): Answer => ({
  status: 201,
  type: 'application/json',
  body: JSON.stringify(toWire(refund, currency)),
  orderId,
});

export const toWire = (
  { id, status, amount }: Pick<Refund, 'id' | 'status' | 'amount'>,
  currency: string,
): paymentsApi.Refund => ({
  id,
  // That a request may have left us already makes no difference to the one who asked.
  status: status === 'sent' ? 'requested' : status,
  amount: { amount: amount.toString(), currency },
});

export const toList = (state: Stated): paymentsApi.RefundList => {
  const { order, refunds, disputed } = state;
  const money = (amount: bigint) => ({ amount: amount.toString(), currency: order.currency });
  return {
    items: refunds.map((refund) => ({
      ...toWire(refund, order.currency),
      lines: refund.lines && [...refund.lines],
      restock: refund.restock,
      reason: refund.reason,
      requestedBy: refund.requestedBy,
      requestedAt: refund.requestedAt.toISOString(),
      decidedBy: refund.decidedBy,
      providerReference: refund.pspRefundId,
      failure: refund.failure,
    })),
    captured: money(order.captured),
    refunded: money(sumOf(refunds.filter(isAccepted))),
    disputed: money(disputed),
    left: money(leftToRefund(state)),
    disputes: state.disputes.map(({ id, status, amount }) => ({
      id,
      status,
      amount: money(amount),
    })),
  };
};

/** What is told once a refund is certain to be sent. */
export const requestedEvents = (
  order: Order,
  refunds: readonly Refund[],
  refund: { readonly id: string; readonly amount: bigint },
): string => {
  const refunded = sumOf(refunds.filter(isAccepted));
  const fact = { version: order.version + 1, refund, refunded };
  return outboxColumns([refundEvent('requested', order, fact)]);
};
