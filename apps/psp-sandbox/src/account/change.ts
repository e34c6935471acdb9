import type { StripeError } from '../stripe/stripe-error.ts';
import type { Account } from './account.ts';
import type { Charge, Dispute, Intent, Refund, Transaction } from './objects.ts';

/** What the world's journal calls an effect: Stripe's own event names. */
export type EffectKind =
  | 'payment_intent.created'
  | 'payment_intent.requires_action'
  | 'payment_intent.payment_failed'
  | 'payment_intent.amount_capturable_updated'
  | 'payment_intent.canceled'
  | 'charge.captured'
  | 'refund.created'
  | 'refund.updated'
  | 'refund.failed'
  | 'charge.dispute.created'
  | 'charge.dispute.funds_reinstated'
  | 'charge.dispute.closed';

/** The objects as they are after an effect. */
export type Put = {
  readonly intent?: Intent;
  readonly charge?: Charge;
  readonly refund?: Refund;
  readonly transaction?: Transaction;
  readonly dispute?: Dispute;
};

/** One thing that took effect, and the events that Stripe tells of it. */
export type Effect = {
  readonly kind: EffectKind;
  readonly amount: number;
  readonly put: Put;
  readonly events: readonly string[];
};

/** What a request comes to: effects in order, and its answer, which may be a refusal (a decline). */
export type Change = {
  readonly effects: readonly Effect[];
  readonly answer: Intent | Refund | Dispute | StripeError;
};

/** Where a decision takes the time and new names from. */
export type Moment = {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: (prefix: string) => string;
  /** Where browsers find us. */
  readonly publicUrl?: string;
};

/**
 * A request's decision: pure, so that it is taken and applied in one step that nothing can come
 * between. It throws a `StripeError` where nothing happens.
 */
export type Decision = (account: Account, moment: Moment) => Change;
