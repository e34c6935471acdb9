import { authProblems } from '@hemline/auth';
import type { Problems } from '@hemline/http';

/** Every refusal of payments that is not common to all services. */
export const problems = {
  ...authProblems,
  'idempotency.key_required': { status: 400, title: 'An Idempotency-Key header is needed here' },
  'idempotency.key_invalid': { status: 400, title: 'The Idempotency-Key is not valid' },
  'idempotency.mismatch': {
    status: 422,
    title: 'This Idempotency-Key was used for another request',
  },
  'idempotency.in_progress': { status: 409, title: 'The first request with this key is under way' },
  'payments.card_number': { status: 400, title: 'Card numbers are not taken here' },
  'payments.declined': { status: 402, title: 'The payment was declined' },
  'payments.too_many_attempts': { status: 409, title: 'Too many payments of this order failed' },
  'payments.provider_unavailable': { status: 503, title: 'Payments cannot be taken right now' },
  'stock.insufficient': { status: 409, title: 'There is not enough of it' },
  'stock.not_found': { status: 404, title: 'This sku is not known' },
  'stock.below_committed': { status: 409, title: 'More than that is promised to orders' },
  'orders.total_changed': { status: 409, title: 'The total is another than was shown' },
  'orders.mixed_currencies': { status: 409, title: 'One order is paid in one currency' },
  'orders.nothing_to_pay': { status: 409, title: 'There is nothing to pay for' },
  'orders.in_progress': { status: 409, title: 'This cart is being paid for at this moment' },
  'orders.cart_already_ordered': {
    status: 409,
    title: 'This version of the cart was ordered before',
  },
  'orders.cancelled': { status: 409, title: 'The order was cancelled before it was paid' },
  'orders.already_paid': { status: 409, title: 'The order is paid already' },
  'orders.not_found': { status: 404, title: 'There is no such order for this token' },
  'refunds.not_captured': { status: 409, title: 'No money of this order is with us' },
  'refunds.nothing_to_refund': { status: 409, title: 'Nothing was paid for that' },
  'refunds.exceeds_captured': { status: 409, title: 'That is more than is left to give back' },
  'refunds.exceeds_ordered': { status: 409, title: 'That is more than was ordered and kept' },
  'refunds.other_currency': { status: 409, title: 'The order was paid in another currency' },
  'refunds.not_found': { status: 404, title: 'This order has no such refund' },
  'refunds.same_person': { status: 403, title: 'A second person must confirm this refund' },
  'refunds.not_awaiting_approval': { status: 409, title: 'This refund waits for nobody' },
  'ledger.account_not_found': { status: 404, title: 'There is no such account' },
  'webhooks.signature_invalid': {
    status: 400,
    title: 'The signature of the webhook is not genuine',
  },
} as const satisfies Problems;

export type PaymentsErrorCode = keyof typeof problems;
