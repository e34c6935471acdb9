import { DomainError } from '@hemline/http';
import type { Queryable, Transaction } from '@hemline/postgres';
import type { Dispute } from '../disputes/dispute.ts';
import * as disputes from '../disputes/disputes.store.ts';
import * as orders from '../orders/orders.store.ts';
import type { Order } from '../orders/orders.store.ts';
import type { Refundable } from '../refunds/refund.ts';
import * as refunds from '../refunds/refunds.store.ts';

/** All that counts where money of an order is to go back. */
export type Stated = Refundable & { readonly order: Order; readonly disputes: readonly Dispute[] };

export const readState = async (db: Queryable, order: Order): Promise<Stated> => {
  const found = await disputes.list(db, order.id);
  return {
    order,
    lines: await orders.listLines(db, order.id),
    refunds: await refunds.list(db, order.id),
    disputes: found,
    disputed: disputes.sumTaken(found),
  };
};

/** The same, and nobody changes any of it until we are done. */
export const lockState = async (tx: Transaction, orderId: string): Promise<Stated> => {
  const order = await orders.lock(tx, orderId);
  if (!order) throw new DomainError('orders.not_found');
  return readState(tx, order);
};
