import type { Answer, KeyClaim } from '../checkout/idempotency.ts';
import type { Order } from '../orders/orders.store.ts';
import { move } from '../transitions.ts';
import type { Decision } from './payment.ts';

/** How an order stands after something was learned of its payment. */
export type Outcome = {
  readonly order: Order;
  readonly decision: Decision;
};

/** A shopper who waits: the answer is made from the outcome and stored in the same commit. */
export type Waiting = {
  readonly claim: KeyClaim;
  answer(order: Order): Answer;
};

export type Applied = Outcome & {
  readonly answer?: Answer;
  /** False if another request holds the key by now; what is stored under it counts. */
  readonly isAnswerStored: boolean;
};

/** The order as a decision leaves it, for the answer that is stored together with it. */
export const orderAfter = (order: Order, decision: Decision): Order => {
  const moved = (
    orderStatus: Order['orderStatus'],
    status: Order['status'],
    { intentId }: { readonly intentId: string | null },
  ): Order => ({
    ...order,
    orderStatus: move('orders', order.orderStatus, orderStatus),
    status: move('payments', order.status, status),
    intentId,
  });
  switch (decision.kind) {
    case 'authorise':
      return moved('authorized', 'capturing', decision);
    case 'capture': {
      if (!decision.alsoAuthorise) return toCaptured(moved('paid', 'captured', decision));
      const authorised = moved('authorized', 'capturing', decision);
      return toCaptured({ ...authorised, orderStatus: 'paid', status: 'captured' });
    }
    case 'decline': {
      const attemptStatus = move('payment_attempts', order.attemptStatus, 'declined');
      const { declineCode } = decision;
      return { ...moved(order.orderStatus, 'ready', decision), declineCode, attemptStatus };
    }
    case 'cancel':
      return moved('cancelled', 'voided', decision);
    case 'give_back':
      return toCaptured(moved(order.orderStatus, 'refunding', decision));
    case 'require_action': {
      const attemptStatus = move('payment_attempts', order.attemptStatus, 'requires_action');
      const { intentId, actionUrl } = decision;
      return { ...order, attemptStatus, intentId, actionUrl };
    }
    case 'note_intent':
      return { ...order, intentId: decision.intentId };
    case 'orphan':
    case 'break':
    case 'none':
      return order;
  }
  return decision satisfies never;
};

const toCaptured = (order: Order): Order => ({ ...order, captured: order.total });
