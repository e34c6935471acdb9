import { StripeError } from '../stripe/stripe-error.ts';
import type { Account } from './account.ts';
import type { Decision, Moment } from './change.ts';
import type { Charge, Dispute, Transaction } from './objects.ts';

const refused = (message: string): StripeError =>
  new StripeError(400, { type: 'invalid_request_error', message }, 'not stored');

/** Disputes whose money the bank holds, or has kept. */
const isHeld = ({ status }: Dispute): boolean => status !== 'won';

export const heldByDisputes = (account: Account, charge: Charge): number =>
  account
    .disputesOf(charge.intent)
    .values()
    .filter(isHeld)
    .reduce((sum, { amount }) => sum + amount, 0);

/** The cardholder's bank takes a payment back, until it has decided. */
export const openDispute =
  (intentId: string, wanted: number | undefined): Decision =>
  (account, moment) => {
    const { latestCharge } = account.intent(intentId);
    const charge = latestCharge === null ? undefined : account.charge(latestCharge);
    if (!charge || charge.amountCaptured === 0) throw refused('Nothing was captured of it.');
    const left = charge.amountCaptured - heldByDisputes(account, charge);
    const amount = wanted ?? left;
    if (amount < 1 || amount > left) throw refused(`There is ${left} left to dispute.`);
    const id = moment.newId('du');
    const transaction = move(moment, { id, currency: charge.currency }, -amount);
    const dispute: Dispute = {
      id,
      created: Math.floor(moment.now / 1000),
      intent: intentId,
      charge: charge.id,
      amount,
      currency: charge.currency,
      status: 'needs_response',
      transactions: [transaction.id],
    };
    return {
      effects: [
        {
          kind: 'charge.dispute.created',
          amount,
          put: { dispute, charge: { ...charge, isDisputed: true }, transaction },
          events: ['charge.dispute.created', 'charge.dispute.funds_withdrawn'],
        },
      ],
      answer: dispute,
    };
  };

/** The bank has decided: the money comes back to the shop, or stays with the cardholder. */
export const closeDispute =
  (id: string, status: 'won' | 'lost'): Decision =>
  (account, moment) => {
    const earlier = account.dispute(id);
    if (earlier.status === status) return { effects: [], answer: earlier };
    // A lost one may still be won on appeal.
    if (earlier.status === 'won') throw refused(`Dispute ${id} was won already.`);
    const charge = account.charge(earlier.charge);
    if (status === 'lost') {
      const lost: Dispute = { ...earlier, status };
      return {
        effects: [
          {
            kind: 'charge.dispute.closed',
            amount: lost.amount,
            put: { dispute: lost, charge },
            events: ['charge.dispute.closed'],
          },
        ],
        answer: lost,
      };
    }
    const transaction = move(moment, earlier, earlier.amount);
    const transactions = [...earlier.transactions, transaction.id];
    const won: Dispute = { ...earlier, status, transactions };
    return {
      effects: [
        {
          kind: 'charge.dispute.funds_reinstated',
          amount: won.amount,
          put: { dispute: won, charge, transaction },
          events: ['charge.dispute.funds_reinstated', 'charge.dispute.closed'],
        },
      ],
      answer: won,
    };
  };

const move = (
  moment: Moment,
  { id, currency }: Pick<Dispute, 'id' | 'currency'>,
  amount: number,
): Transaction => ({
  id: moment.newId('txn'),
  created: Math.floor(moment.now / 1000),
  type: 'adjustment',
  amount,
  currency,
  source: id,
});
