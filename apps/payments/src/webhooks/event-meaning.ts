import { unfinishedStatuses } from '../payments/payment.ts';
import type { DueEvent } from './psp-events.store.ts';

export type EventMeaning = 'settled' | 'wake' | 'later' | 'orphan' | 'unknown';

const movesMoneyLate = /^(refund|charge\.dispute|charge\.refund)\./;

/**
 * A webhook is a hint that there is news, never the news itself: it may come late, twice, or before
 * the answer to our own request. So nothing in it is believed; it makes the driver ask.
 */
export const meaningOf = ({ type, intentId, payment }: DueEvent): EventMeaning => {
  if (intentId === null) return 'settled';
  if (!payment) return 'unknown';
  if (payment.intentId !== null && payment.intentId !== intentId) return 'orphan';
  const isUnfinished = unfinishedStatuses.includes(payment.status);
  // What was captured may still leave us: refunds fail late, and banks take money back. It is looked into
  // where the capture is on our books; told before that, it waits, or nobody would look again.
  if (movesMoneyLate.test(type) && payment.status !== 'voided') {
    return isUnfinished && payment.status !== 'refunding' ? 'later' : 'wake';
  }
  if (isUnfinished) return 'wake';
  return payment.intentId === null ? 'orphan' : 'settled';
};
