import { StripeError } from '../stripe/stripe-error.ts';
import type { Change, Moment } from './change.ts';
import type { Charge, Failure, Intent, Transaction } from './objects.ts';
import { type TestCard, authenticationRequired } from './test-cards.ts';

type Attempt = {
  readonly intent: Intent;
  readonly card: TestCard;
  readonly paymentMethod: string;
};

type AttemptOptions = { readonly isOffSession: boolean; readonly failsOnAction: boolean };

/** Asks the card for the money: authorised, captured at once, declined, or the cardholder must act. */
export const attemptPayment = (
  attempt: Attempt,
  { isOffSession, failsOnAction }: AttemptOptions,
  moment: Moment,
): Change => {
  const { card } = attempt;
  if (card.asksForAuthentication) {
    return isOffSession || failsOnAction
      ? decline(attempt, authenticationRequired, moment)
      : askCardholder(attempt, moment);
  }
  return card.failure ? decline(attempt, card.failure, moment) : approve(attempt, moment);
};

/** The second half of an attempt, once the cardholder is back from the bank's page. */
export const settleAuthentication = (
  attempt: Attempt,
  failure: Failure | null,
  moment: Moment,
): Change => (failure ? decline(attempt, failure, moment) : approve(attempt, moment));

const askCardholder = ({ intent }: Attempt, { publicUrl = '' }: Moment): Change => {
  const page = `${publicUrl}/3d-secure/${intent.id}/${intent.secret}`;
  const asked: Intent = {
    ...intent,
    status: 'requires_action',
    lastFailure: null,
    actionUrl: intent.returnUrl === null ? null : page,
  };
  return {
    effects: [
      {
        kind: 'payment_intent.requires_action',
        amount: intent.amount,
        put: { intent: asked },
        events: ['payment_intent.requires_action'],
      },
    ],
    answer: asked,
  };
};

const approve = (attempt: Attempt, moment: Moment): Change => {
  const authorised = makeCharge(attempt, null, moment);
  return attempt.intent.captureMethod === 'manual'
    ? hold(attempt.intent, authorised)
    : take(attempt.intent, authorised, moment);
};

const hold = (intent: Intent, charge: Charge): Change => {
  const held: Intent = {
    ...intent,
    status: 'requires_capture',
    amountCapturable: intent.amount,
    latestCharge: charge.id,
    lastFailure: null,
  };
  return {
    effects: [
      {
        kind: 'payment_intent.amount_capturable_updated',
        amount: held.amountCapturable,
        put: { intent: held, charge },
        events: ['charge.succeeded', 'payment_intent.amount_capturable_updated'],
      },
    ],
    answer: held,
  };
};

const take = (intent: Intent, authorised: Charge, moment: Moment): Change => {
  const { amount, currency } = intent;
  const transaction: Transaction = {
    id: moment.newId('txn'),
    created: Math.floor(moment.now / 1000),
    type: 'charge',
    amount,
    currency,
    source: authorised.id,
  };
  const charge = { ...authorised, amountCaptured: amount, transaction: transaction.id };
  const paid: Intent = {
    ...intent,
    status: 'succeeded',
    amountReceived: amount,
    latestCharge: charge.id,
    lastFailure: null,
  };
  return {
    effects: [
      {
        kind: 'charge.captured',
        amount,
        put: { intent: paid, charge, transaction },
        events: ['charge.succeeded', 'payment_intent.succeeded'],
      },
    ],
    answer: paid,
  };
};

const decline = (attempt: Attempt, failure: Failure, moment: Moment): Change => {
  const { intent, paymentMethod } = attempt;
  const isCharge = failure.declineCode !== null;
  const charge = isCharge ? makeCharge(attempt, failure, moment) : null;
  const declined: Intent = {
    ...intent,
    status: 'requires_payment_method',
    paymentMethod: null,
    latestCharge: charge?.id ?? intent.latestCharge,
    lastFailure: { ...failure, charge: charge?.id ?? null, paymentMethod },
  };
  return {
    effects: [
      {
        kind: 'payment_intent.payment_failed',
        amount: intent.amount,
        put: { intent: declined, ...(charge && { charge }) },
        events: charge
          ? ['charge.failed', 'payment_intent.payment_failed']
          : ['payment_intent.payment_failed'],
      },
    ],
    answer: new StripeError(
      402,
      {
        type: 'card_error',
        code: failure.code,
        decline_code: failure.declineCode ?? undefined,
        message: failure.message,
        charge: charge?.id,
        paymentMethod,
        intent: declined,
      },
      'stored',
    ),
  };
};

const makeCharge = (
  { intent, card, paymentMethod }: Attempt,
  failure: Failure | null,
  moment: Moment,
): Charge => ({
  id: moment.newId('ch'),
  created: Math.floor(moment.now / 1000),
  intent: intent.id,
  amount: intent.amount,
  currency: intent.currency,
  status: failure ? 'failed' : 'succeeded',
  paymentMethod,
  isAuthenticated: card.asksForAuthentication && failure?.code !== 'authentication_required',
  amountCaptured: 0,
  amountRefunded: 0,
  isReleased: false,
  failure,
  transaction: null,
  metadata: intent.metadata,
});
