import type { Stripe } from 'stripe';
import type { DisputeSnapshot } from '../disputes/dispute.ts';
import type { Snapshot } from '../payments/payment.ts';
import type { RefundSnapshot } from '../refunds/refund-outcome.ts';

// What Stripe says, in our words.

const statuses: Readonly<Record<string, Snapshot['status']>> = {
  requires_payment_method: 'unpaid',
  requires_confirmation: 'unpaid',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorised',
  succeeded: 'captured',
  canceled: 'canceled',
};

export const toSnapshot = (intent: Stripe.PaymentIntent): Snapshot => ({
  ...(intent.next_action?.redirect_to_url?.url && {
    actionUrl: intent.next_action.redirect_to_url.url,
  }),
  intentId: intent.id,
  // A status newer than this list is not one to act on.
  status: statuses[intent.status] ?? 'processing',
  amount: BigInt(intent.amount),
  currency: intent.currency.toUpperCase(),
  captured: BigInt(intent.amount_received ?? 0),
});

export const toRefundSnapshot = (refund: Stripe.Refund): RefundSnapshot => {
  const isOver = refund.status === 'failed' || refund.status === 'canceled';
  const status = refund.status === 'succeeded' ? 'succeeded' : 'pending';
  return {
    pspRefundId: refund.id,
    refundId: refund.metadata?.['refund_id'] ?? null,
    status: isOver ? 'failed' : status,
    amount: BigInt(refund.amount),
    currency: refund.currency.toUpperCase(),
  };
};

/** What has no place here (warnings, what was prevented) has moved no money. */
const disputeStatuses: Readonly<Record<string, DisputeSnapshot['status']>> = {
  needs_response: 'open',
  under_review: 'open',
  won: 'won',
  lost: 'lost',
  appeal_needs_response: 'lost',
  appeal_under_review: 'lost',
};

export const toDisputeSnapshot = (dispute: Stripe.Dispute): DisputeSnapshot => ({
  id: dispute.id,
  status: disputeStatuses[dispute.status] ?? 'inquiry',
  amount: BigInt(dispute.amount),
  currency: dispute.currency.toUpperCase(),
});
