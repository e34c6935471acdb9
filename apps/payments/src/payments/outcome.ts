import type { Answer, KeyClaim } from '../checkout/idempotency.ts';
import type { Order } from '../orders/orders.store.ts';
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
  switch (decision.kind) {
    case 'authorise':
      return {
        ...order,
        orderStatus: 'authorized',
        status: 'capturing',
        intentId: decision.intentId,
      };
    case 'capture':
      return { ...order, orderStatus: 'paid', status: 'captured', intentId: decision.intentId };
    case 'decline':
      return {
        ...order,
        status: 'ready',
        intentId: decision.intentId,
        declineCode: decision.declineCode,
        attemptStatus: 'declined',
      };
    case 'cancel':
      return { ...order, orderStatus: 'cancelled', status: 'voided' };
    case 'give_back':
      return { ...order, status: 'refunding', intentId: decision.intentId };
    case 'require_action':
      return { ...order, attemptStatus: 'requires_action', intentId: decision.intentId };
    case 'note_intent':
      return { ...order, intentId: decision.intentId };
    case 'orphan':
    case 'break':
    case 'none':
      return order;
  }
  return decision satisfies never;
};
