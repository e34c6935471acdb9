import type { PaymentState } from '../payments/payment.ts';

/** What decides how a payment goes on. */
export type Standing = Pick<PaymentState, 'status' | 'intentId' | 'attemptStatus'> & {
  readonly isHoldExpired: boolean;
  /** Whether the provider is certain to know the key of the last attempt still. */
  readonly isKeyAlive: boolean;
};

export type NextStep =
  | 'fence'
  | 'look'
  /** Send the attempt again, under its key. */
  | 'confirm'
  | 'capture'
  | 'void'
  /** The fence needs the intent: the attempt, sent again, names it. */
  | 'learn_intent'
  /** The key is not known for certain any more; what there is must be found. */
  | 'search_intent'
  | 'refund'
  | 'none';

/**
 * The one place that says what is to be done about a payment that is not at its end. While an attempt
 * may be under way only its own answer can tell how it went, so the same request is sent again under the
 * same key; once 3-D Secure was asked for, the intent itself tells.
 */
export const nextStep = (standing: Standing): NextStep => {
  const { status, intentId, attemptStatus, isKeyAlive } = standing;
  switch (status) {
    case 'confirming':
    case 'ready':
      if (standing.isHoldExpired) return 'fence';
      if (status === 'ready' || attemptStatus === 'requires_action') {
        return intentId === null ? 'none' : 'look';
      }
      return isKeyAlive ? 'confirm' : 'fence';
    case 'capturing':
      return intentId === null ? 'none' : 'capture';
    case 'voiding':
      if (intentId !== null) return 'void';
      return isKeyAlive ? 'learn_intent' : 'search_intent';
    case 'refunding':
      return 'refund';
    case 'captured':
    case 'voided':
    case 'refunded':
      return 'none';
  }
  return status satisfies never;
};

/** Decided again under the lock: a payment that was authorised in the meantime goes on. */
export const mayFence = ({ status, isHoldExpired, isKeyAlive }: Standing): boolean =>
  (status === 'confirming' || status === 'ready') && (isHoldExpired || !isKeyAlive);
