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
