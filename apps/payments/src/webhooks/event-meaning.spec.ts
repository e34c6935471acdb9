import { describe, expect, it } from '@jest/globals';
import type { PaymentStatus } from '../transitions.ts';
import { meaningOf } from './event-meaning.ts';

const event = (
  intentId: string | null,
  status?: PaymentStatus,
  known: string | null = 'pi_1',
  type = 'payment_intent.succeeded',
) => ({
  id: 'evt_1',
  type,
  intentId,
  isOld: false,
  payment: status ? { orderId: 'o', status, intentId: known } : null,
});

describe('a webhook', () => {
  it.each([
    ['about no intent is settled', event(null, 'capturing'), 'settled'],
    ['about an unfinished payment wakes the driver', event('pi_1', 'confirming'), 'wake'],
    [
      'before the intent is known to us wakes the driver',
      event('pi_1', 'confirming', null),
      'wake',
    ],
    ['about a finished payment is settled', event('pi_1', 'captured'), 'settled'],
    [
      'about a refund of a finished payment wakes the driver',
      event('pi_1', 'captured', 'pi_1', 'refund.failed'),
      'wake',
    ],
    [
      'about a dispute of a finished payment wakes the driver',
      event('pi_1', 'refunded', 'pi_1', 'charge.dispute.created'),
      'wake',
    ],
    [
      'about a dispute of a payment whose capture is not on our books waits',
      event('pi_1', 'capturing', 'pi_1', 'charge.dispute.created'),
      'later',
    ],
    [
      'about a refund while another is on its way wakes the driver',
      event('pi_1', 'refunding', 'pi_1', 'refund.failed'),
      'wake',
    ],
    [
      'about a refund of a payment that was never made is settled',
      event('pi_1', 'voided', 'pi_1', 'refund.failed'),
      'settled',
    ],
    ['about another intent than the order’s is an orphan', event('pi_2', 'captured'), 'orphan'],
    [
      'about an order that ended with no intent is an orphan',
      event('pi_2', 'voided', null),
      'orphan',
    ],
    ['about an order that is not known waits', event('pi_1'), 'unknown'],
  ])('%s', (_, given, meaning) => {
    expect(meaningOf(given)).toBe(meaning);
  });
});
