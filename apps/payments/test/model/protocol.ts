import type { Order } from '../../src/orders/orders.store.ts';
import { cancelMeans } from '../../src/orders/order.ts';
import { type Standing, mayFence, nextStep } from '../../src/driver/next-step.ts';
import { orderAfter } from '../../src/payments/outcome.ts';
import { decide, resumeMeans } from '../../src/payments/payment.ts';
import { decideDispute } from '../../src/disputes/dispute.ts';
import { decideRefund, statusesWith, withStatus } from '../../src/refunds/refund-outcome.ts';
import { leftToRefund } from '../../src/refunds/refund.ts';
import { canMove } from '../../src/transitions.ts';
import { meaningOf } from '../../src/webhooks/event-meaning.ts';
import type { OrderState } from './state.ts';

/**
 * What is checked: the decisions of production, imported, and the facts of its steps that are SQL or the
 * order of calls. A mutant is this with something changed.
 */
export const production = {
  decide,
  orderAfter,
  nextStep,
  mayFence,
  cancelMeans,
  resumeMeans,
  meaningOf,
  decideRefund,
  decideDispute,
  statusesWith,
  withStatus,
  leftToRefund,
  canMove,
  /** `checkout.place`, `checkout.begin_attempt`: on record, then sent. */
  recordsAttemptsFirst: true,
  /** `captureTransfer` is sent for the recorded intent only, once the order is `authorized`. */
  capturesOnlyRecorded: true,
  /** `begin_attempt` names the order's intent for every attempt but the first. */
  reusesIntent: true,
  captureMethod: 'manual' as 'manual' | 'automatic',
  /** `orders_cart_version_key`. */
  cartIsUnique: true,
  /** `stock … where on_hand - held - allocated >= q`. */
  checksStock: true,
  /** `payments.authorise`. */
  consumesHold: true,
  /** `payments.end`: goods that are free again are subtracted from where they were counted. */
  releasesWhatItHeld: true,
  /** `payments.end` releases only holds that are not released. */
  releasesOnce: true,
  /** `payments.capture` posts; so does `give_back`. */
  postsOnGiveBack: true,
  /** `ledger_transfers_source_key`. */
  sourceIsUnique: true,
  /** `decide` is asked under the lock of the order's row. */
  decidesUnderLock: true,
  /** `stop`: what may have been sent is cancelled at the provider before it is cancelled here. */
  fences: 'always' as 'always' | 'if confirming' | 'never',
  /** `begin_attempt` holds the goods anew. */
  extendsHold: true,
  /** The fence is lifted by a cancel that succeeded or a final state. A lookup that found nothing is none. */
  endsOnlyOnCanceled: true,
  /** `refunds.request` counts what is left under the lock. */
  countsRefunds: true,
  /** `Refunding.send`: an old refund is looked for in the provider's list before it gets another key. */
  listsBeforeRenewing: true,
  /** Another key only once the provider has forgotten the former. */
  waitsBeforeRenewing: true,
  /** `ApplyRefundState.refuse`: what was refused under a former key does not count. */
  refusalsNameKey: true,
  /** A refund that nobody answered for is not given up. */
  waitsForRefunds: true,
  /** `decideRefund`'s `accepts` is posted, and nothing before it. */
  postsRefundsWhenAccepted: true,
  /** `decideRefund`'s `reverses` is posted. */
  postsReversals: true,
  restocksOnce: true,
  /** Each intent beside an order's own is heard of in the end, and cancelled. */
  sweepsEvents: true,
  /** What moves money after its end, a refund that failed late or a dispute, is heard of in the end. */
  asksAgain: true,
};

type Widened<Value> = Value extends boolean ? boolean : Value;
export type Protocol = {
  readonly [Name in keyof typeof production]: Widened<(typeof production)[Name]>;
};

export const standingOf = (s: OrderState): Standing => ({
  status: s.status,
  attemptStatus: s.attemptStatus,
  intentId: toIntentId(s.intent),
  isHoldExpired: s.isHoldExpired,
  isKeyAlive: s.isKeyAlive,
});

export const toIntentId = (number: number): string | null => (number === 0 ? null : String(number));

/** The order as production knows it: what it does not decide by is the same for all. */
export const toOrder = (s: OrderState): Order => {
  if (latest?.state !== s) latest = { state: s, order: makeOrder(s) };
  return latest.order;
};

/** Asked for many times in a row. */
let latest: { readonly state: OrderState; readonly order: Order } | undefined;

const longAgo = new Date(0);

const makeOrder = (s: OrderState): Order => ({
  id: 'order',
  orderStatus: s.orderStatus === 'none' ? 'pending' : s.orderStatus,
  status: s.status,
  intentId: toIntentId(s.intent),
  attempt: s.attempt,
  attemptStatus: s.attemptStatus,
  amount: 2n,
  currency: 'EUR',
  subtotal: 2n,
  delivery: 0n,
  tax: 0n,
  deliveryTax: 0n,
  total: 2n,
  captured: BigInt(s.captured),
  version: 1,
  cart: { id: 'cart', version: 1 },
  paymentMethod: 'pm_card_visa',
  sentIntentId: toIntentId(s.named[s.attempt - 1] ?? 0),
  returnUrl: null,
  actionUrl: null,
  declineCode: null,
  firstSentAt: longAgo,
  isHoldExpired: s.isHoldExpired,
  cancelReason: s.isCancelWanted ? 'a reason' : null,
});
