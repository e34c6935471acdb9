import type { CreateRefundParams } from '../stripe/params.ts';
import { StripeError, invalidParam } from '../stripe/stripe-error.ts';
import type { Account } from './account.ts';
import type { Change, Decision, Moment } from './change.ts';
import { heldByDisputes } from './disputes.ts';
import { withoutEmpty } from './intents.ts';
import type { Charge, Refund, Transaction } from './objects.ts';
import { findTestCard } from './test-cards.ts';

/** How long the cards whose refunds are slow take, in milliseconds. */
const settleMs = 2000;

const refused = (message: string, code?: string): StripeError =>
  new StripeError(400, { type: 'invalid_request_error', message, code, param: 'amount' }, 'stored');

export const createRefund =
  (params: CreateRefundParams): Decision =>
  (account, moment) => {
    const charge = chargeToRefund(account, params);
    if (heldByDisputes(account, charge) > 0) {
      throw refused(`Charge ${charge.id} has been charged back.`, 'charge_disputed');
    }
    const left = charge.amountCaptured - charge.amountRefunded;
    if (left === 0) {
      throw refused(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
    }
    const amount = params.amount ?? left;
    if (amount > left) {
      throw refused(
        `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      );
    }
    return refund(charge, { amount, params, moment });
  };

const chargeToRefund = (account: Account, params: CreateRefundParams): Charge => {
  const { payment_intent: intentId, charge: chargeId } = params;
  if (chargeId === undefined && intentId === undefined) {
    throw invalidParam(
      'One of the following params should be provided for this request: payment_intent or charge.',
      'payment_intent',
      'parameter_missing',
    );
  }
  const latest =
    intentId === undefined ? null : account.intent(intentId, 'payment_intent').latestCharge;
  const id = chargeId ?? latest;
  const charge = id === null ? undefined : account.charge(id, 'charge');
  if (!charge || charge.amountCaptured === 0) {
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        code: 'charge_not_refundable',
        message: `This PaymentIntent (${charge?.intent ?? intentId ?? ''}) does not have a successful charge to refund.`,
      },
      'stored',
    );
  }
  if (intentId !== undefined && charge.intent !== intentId) {
    throw invalidParam('The charge does not belong to the payment_intent.', 'charge');
  }
  return charge;
};

type Amounts = {
  readonly amount: number;
  readonly params: CreateRefundParams;
  readonly moment: Moment;
};

const refund = (charge: Charge, { amount, params, moment }: Amounts): Change => {
  const behaviour = findTestCard(charge.paymentMethod)?.refund ?? 'at once';
  const id = moment.newId('re');
  const transaction = makeTransaction(moment, {
    type: 'refund',
    amount: -amount,
    currency: charge.currency,
    source: id,
  });
  const settles = {
    status: behaviour === 'fails' ? 'failed' : 'succeeded',
    at: moment.now + settleMs,
  };
  const made: Refund = {
    id,
    created: Math.floor(moment.now / 1000),
    intent: charge.intent,
    charge: charge.id,
    paymentMethod: charge.paymentMethod,
    amount,
    currency: charge.currency,
    status: behaviour === 'pending' ? 'pending' : 'succeeded',
    reason: params.reason ?? null,
    transaction: transaction.id,
    failureTransaction: null,
    settles: behaviour === 'at once' ? null : (settles as Refund['settles']),
    metadata: withoutEmpty(params.metadata ?? {}),
  };
  return {
    effects: [
      {
        kind: 'refund.created',
        amount,
        put: {
          refund: made,
          charge: { ...charge, amountRefunded: charge.amountRefunded + amount },
          transaction,
        },
        events: ['charge.refunded', 'refund.created'],
      },
    ],
    answer: made,
  };
};

/** A refund's second word: a pending one arrives, or the bank sends the money back. */
export const settleRefund =
  (id: string, status: 'succeeded' | 'failed'): Decision =>
  (account, moment) => {
    const earlier = account.refund(id);
    if (earlier.status === status) return { effects: [], answer: earlier };
    if (earlier.status === 'failed') throw refused(`Refund ${id} has failed already.`);
    return status === 'failed'
      ? fail(earlier, account.charge(earlier.charge), moment)
      : succeed(earlier);
  };

const succeed = (earlier: Refund): Change => {
  const arrived: Refund = { ...earlier, status: 'succeeded', settles: null };
  return {
    effects: [
      {
        kind: 'refund.updated',
        amount: arrived.amount,
        put: { refund: arrived },
        events: ['charge.refund.updated', 'refund.updated'],
      },
    ],
    answer: arrived,
  };
};

const fail = (earlier: Refund, charge: Charge, moment: Moment): Change => {
  const transaction = makeTransaction(moment, {
    type: 'refund_failure',
    amount: earlier.amount,
    currency: earlier.currency,
    source: earlier.id,
  });
  const failed: Refund = {
    ...earlier,
    status: 'failed',
    settles: null,
    failureTransaction: transaction.id,
  };
  return {
    effects: [
      {
        kind: 'refund.failed',
        amount: failed.amount,
        put: {
          refund: failed,
          charge: { ...charge, amountRefunded: charge.amountRefunded - failed.amount },
          transaction,
        },
        events: ['charge.refund.updated', 'refund.updated', 'refund.failed'],
      },
    ],
    answer: failed,
  };
};

const makeTransaction = (
  moment: Moment,
  fields: Omit<Transaction, 'id' | 'created'>,
): Transaction => ({
  id: moment.newId('txn'),
  created: Math.floor(moment.now / 1000),
  ...fields,
});
