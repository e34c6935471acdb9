import { events } from '@hemline/contracts';
import type { NewEvent } from '@hemline/messaging';
import type { Order } from '../orders/orders.store.ts';

const orderFact = (order: Order) => ({
  orderId: order.id,
  cartId: order.cart.id,
  cartVersion: order.cart.version,
  total: { amount: order.total.toString(), currency: order.currency },
});

/** What is told of an order, in the version that its row gets in the same statement. */
export const authorizedEvent = (order: Order, version: number): NewEvent => ({
  definition: events.orderAuthorized,
  subject: order.id,
  version,
  data: orderFact(order),
});

export const paidEvent = (order: Order, version: number): NewEvent => ({
  definition: events.orderPaid,
  subject: order.id,
  version,
  data: orderFact(order),
});

export const cancelledEvent = (order: Order, version: number, reason: string): NewEvent => ({
  definition: events.orderCancelled,
  subject: order.id,
  version,
  data: { ...orderFact(order), reason },
});

const refundEvents = {
  requested: events.orderRefundRequested,
  partRefunded: events.orderPartRefunded,
  refunded: events.orderRefunded,
  failed: events.orderRefundFailed,
};
export type RefundEventKind = keyof typeof refundEvents;

export const refundEvent = (
  kind: RefundEventKind,
  order: Order,
  fact: {
    readonly version: number;
    readonly refund: { readonly id: string; readonly amount: bigint };
    readonly refunded: bigint;
  },
): NewEvent => ({
  definition: refundEvents[kind],
  subject: order.id,
  version: fact.version,
  data: {
    ...orderFact(order),
    refundId: fact.refund.id,
    amount: { amount: fact.refund.amount.toString(), currency: order.currency },
    refunded: { amount: fact.refunded.toString(), currency: order.currency },
  },
});
