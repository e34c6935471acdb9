import { unfinishedStatuses } from '../payments/payment.ts';
import type { DueEvent } from './psp-events.store.ts';

export type EventMeaning = 'settled' | 'wake' | 'orphan' | 'unknown';

const movesMoneyLate = /^(refund|charge\.dispute|charge\.refund)\./;

/**
 * A webhook is a hint that there is news, never the news itself: it may come late, twice, or before
 * the answer to our own request. So nothing in it is believed; it makes the driver ask.
 */
export const meaningOf = ({ type, intentId, payment }: DueEvent): EventMeaning => {
  if (intentId === null) return 'settled';
  if (!payment) return 'unknown';
  if (payment.intentId !== null && payment.intentId !== intentId) return 'orphan';
  if (unfinishedStatuses.includes(payment.status)) return 'wake';
  // What was captured may still leave us: refunds fail late, and banks take money back.
  if (payment.status !== 'voided' && movesMoneyLate.test(type)) return 'wake';
  return payment.intentId === null ? 'orphan' : 'settled';
};
