import { unfinishedStatuses } from '../payments/payment.ts';
import type { DueEvent } from './psp-events.store.ts';

export type EventMeaning = 'settled' | 'wake' | 'orphan' | 'unknown';

/**
 * A webhook is a hint that there is news, never the news itself: it may come late, twice, or before
 * the answer to our own request. So nothing in it is believed; it makes the driver ask.
 */
export const meaningOf = ({ intentId, payment }: DueEvent): EventMeaning => {
  if (intentId === null) return 'settled';
  if (!payment) return 'unknown';
  if (payment.intentId !== null && payment.intentId !== intentId) return 'orphan';
  if (unfinishedStatuses.includes(payment.status)) return 'wake';
  return payment.intentId === null ? 'orphan' : 'settled';
};
