import type { Stripe } from 'stripe';
import type { Account, EventEntry } from '../account/account.ts';
import type { EffectRecord } from '../journal/record.ts';
import type {
  Charge,
  Dispute,
  Failure,
  Intent,
  Refund,
  Subject,
  Transaction,
} from '../account/objects.ts';
import { findTestCard } from '../account/test-cards.ts';
import { cardDetails, noAddress, outcomeObject, paymentMethodObject } from './card-objects.ts';
import type { StripeError } from './stripe-error.ts';

/** The version of Stripe's API whose shapes these are: the one that the package `stripe` 23 names. */
export const apiVersion = '2026-10-28.endive';

export type StripeObject = { readonly id?: string; readonly object: string };

/** Any object of ours in Stripe's shape; the types are the package's own, so the shapes are checked. */
export const subjectObject = (subject: Subject): StripeObject => {
  if ('captureMethod' in subject) return intentObject(subject);
  if ('amountCaptured' in subject) return chargeObject(subject);
  if ('transactions' in subject) return disputeObject(subject);
  return 'failureTransaction' in subject ? refundObject(subject) : transactionObject(subject);
};

export const intentObject = (intent: Intent): Stripe.PaymentIntent => ({
  id: intent.id,
  object: 'payment_intent',
  allowed_payment_method_types: null,
  amount: intent.amount,
  amount_capturable: intent.amountCapturable,
  amount_details: { tip: {} },
  amount_received: intent.amountReceived,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods:
    intent.redirects === null ? null : { allow_redirects: intent.redirects, enabled: true },
  canceled_at: intent.canceledAt,
  cancellation_reason: intent.cancellationReason,
  capture_method: intent.captureMethod,
  client_secret: `${intent.id}_${intent.secret}`,
  confirmation_method: 'automatic',
  created: intent.created,
  currency: intent.currency,
  customer: null,
  customer_account: null,
  description: intent.notes.description ?? null,
  excluded_payment_method_types: null,
  last_payment_error: intent.lastFailure ? paymentError(intent.lastFailure) : null,
  latest_charge: intent.latestCharge,
  livemode: false,
  managed_payments: null,
  metadata: { ...intent.metadata },
  next_action: nextAction(intent),
  on_behalf_of: null,
  payment_method: intent.paymentMethod,
  payment_method_configuration_details: null,
  payment_method_options: {
    card: {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: 'automatic',
    },
  },
  payment_method_types: ['card'],
  payment_record: null,
  processing: null,
  receipt_email: intent.notes.receipt_email ?? null,
  review: null,
  setup_future_usage: intent.notes.setup_future_usage ?? null,
  shipping: shippingObject(intent),
  source: null,
  statement_descriptor: intent.notes.statement_descriptor ?? null,
  statement_descriptor_suffix: intent.notes.statement_descriptor_suffix ?? null,
  status: intent.status,
  transfer_data: null,
  transfer_group: intent.notes.transfer_group ?? null,
});

const paymentError = (
  failure: Failure & { readonly charge: string | null; readonly paymentMethod: string },
): Stripe.PaymentIntent.LastPaymentError => ({
  ...(failure.charge !== null && { charge: failure.charge }),
  code: failure.code,
  ...(failure.declineCode !== null && { decline_code: failure.declineCode }),
  doc_url: docUrl(failure.code),
  message: failure.message,
  payment_method: paymentMethodObject(failure.paymentMethod),
  type: failure.declineCode === null ? 'invalid_request_error' : 'card_error',
});

const nextAction = (intent: Intent): Stripe.PaymentIntent.NextAction | null => {
  if (intent.status !== 'requires_action') return null;
  return intent.returnUrl === null
    ? { type: 'use_stripe_sdk', use_stripe_sdk: {} }
    : {
        type: 'redirect_to_url',
        redirect_to_url: {
          return_url: intent.returnUrl,
          url: intent.actionUrl ?? `https://hooks.stripe.com/3d_secure_2/hosted?${intent.id}`,
        },
      };
};

const shippingObject = ({ notes: { shipping } }: Intent): Stripe.PaymentIntent.Shipping | null =>
  shipping
    ? {
        name: shipping.name ?? '',
        phone: shipping.phone ?? null,
        carrier: shipping.carrier ?? null,
        tracking_number: shipping.tracking_number ?? null,
        address: {
          line1: null,
          line2: null,
          city: null,
          state: null,
          postal_code: null,
          country: null,
          ...shipping.address,
        },
      }
    : null;

export const chargeObject = (charge: Charge): Stripe.Charge => {
  const card = findTestCard(charge.paymentMethod);
  const { failure } = charge;
  return {
    id: charge.id,
    object: 'charge',
    amount: charge.amount,
    amount_captured: charge.amountCaptured,
    amount_refunded: charge.isReleased ? charge.amount : charge.amountRefunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: charge.transaction,
    billing_details: noAddress,
    calculated_statement_descriptor: 'HEMLINE SANDBOX',
    captured: charge.amountCaptured > 0,
    created: charge.created,
    currency: charge.currency,
    customer: null,
    description: null,
    disputed: charge.isDisputed ?? false,
    failure_balance_transaction: null,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...charge.metadata },
    on_behalf_of: null,
    outcome: outcomeObject(charge),
    paid: charge.status === 'succeeded',
    payment_intent: charge.intent,
    payment_method: charge.paymentMethod,
    payment_method_details: card ? { card: cardDetails(charge, card), type: 'card' } : null,
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded:
      charge.isReleased ||
      (charge.amountRefunded > 0 && charge.amountRefunded === charge.amountCaptured),
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: charge.status,
    transfer_data: null,
    transfer_group: null,
  };
};

export const refundObject = (refund: Refund): Stripe.Refund => ({
  id: refund.id,
  object: 'refund',
  amount: refund.amount,
  balance_transaction: refund.transaction,
  charge: refund.charge,
  created: refund.created,
  currency: refund.currency,
  customer: null,
  customer_account: null,
  destination_details: {
    card: {
      reference_status: 'pending',
      reference_type: 'acquirer_reference_number',
      type: 'refund',
    },
    type: 'card',
  },
  ...(refund.failureTransaction !== null && {
    failure_balance_transaction: refund.failureTransaction,
    failure_reason: 'expired_or_canceled_card',
  }),
  metadata: { ...refund.metadata },
  payment_intent: refund.intent,
  payment_method: refund.paymentMethod,
  reason: refund.reason,
  receipt_number: null,
  source_transfer_reversal: null,
  status: refund.status,
  transfer_reversal: null,
});

/** No evidence is taken: the bank decides by `/_sandbox/disputes/{id}/close`. */
export const disputeObject = (dispute: Dispute): Stripe.Dispute => ({
  id: dispute.id,
  object: 'dispute',
  amount: dispute.amount,
  balance_transactions: [],
  charge: dispute.charge,
  created: dispute.created,
  currency: dispute.currency,
  enhanced_eligibility_types: [],
  evidence: {} as Stripe.Dispute.Evidence,
  evidence_details: {
    due_by: null,
    has_evidence: false,
    past_due: false,
    submission_count: 0,
  } as Stripe.Dispute.EvidenceDetails,
  intended_submission_method: null,
  is_charge_refundable: false,
  livemode: false,
  metadata: {},
  payment_intent: dispute.intent,
  reason: 'fraudulent',
  status: dispute.status,
});

/** The one kind of adjustment that there is here is a dispute's. */
const reportingCategory = ({ type, amount }: Transaction): string => {
  if (type !== 'adjustment') return type;
  return amount < 0 ? 'dispute' : 'dispute_reversal';
};

/** There are no fees here: what the shop is owed is what its customers paid. */
export const transactionObject = (transaction: Transaction): Stripe.BalanceTransaction => ({
  id: transaction.id,
  object: 'balance_transaction',
  amount: transaction.amount,
  available_on: transaction.created,
  balance_type: 'payments',
  created: transaction.created,
  currency: transaction.currency,
  description: null,
  exchange_rate: null,
  fee: 0,
  fee_details: [],
  net: transaction.amount,
  reporting_category: reportingCategory(transaction),
  source: transaction.source,
  status: 'available',
  type: transaction.type,
});

export const balanceObject = ({ balance }: Account): Stripe.Balance => ({
  object: 'balance',
  available: [...balance].map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  })),
  livemode: false,
  pending: [...balance.keys()].map((currency) => ({
    amount: 0,
    currency,
    source_types: { card: 0 },
  })),
});

type EventSource = {
  readonly entry: EventEntry;
  readonly effect: EffectRecord;
  readonly requestId: string;
  readonly key: string | null;
};

/** What an event is about, as it was when the event took place. */
const eventSubject = (type: string, { put }: EffectRecord): Subject | undefined => {
  if (type.startsWith('payment_intent.')) return put.intent;
  if (type.startsWith('charge.dispute.')) return put.dispute;
  if (type.startsWith('refund.') || type.startsWith('charge.refund.')) return put.refund;
  return put.charge;
};

export const eventObject = ({ entry, effect, requestId, key }: EventSource): StripeObject => {
  const subject = eventSubject(entry.type, effect);
  return {
    id: entry.id,
    object: 'event',
    api_version: apiVersion,
    created: entry.created,
    data: { object: subject ? subjectObject(subject) : {} },
    livemode: false,
    pending_webhooks: entry.isDelivered ? 0 : 1,
    request: { id: requestId, idempotency_key: key },
    type: entry.type,
  } as StripeObject;
};

const docUrl = (code: string): string =>
  `https://docs.stripe.com/error-codes/${code.replaceAll('_', '-')}`;

export const errorObject = ({ fields }: StripeError): object => {
  const { intent, paymentMethod, ...rest } = fields;
  return {
    error: {
      ...rest,
      ...(rest.code !== undefined && { doc_url: docUrl(rest.code) }),
      ...(intent && { payment_intent: intentObject(intent) }),
      ...(paymentMethod !== undefined && { payment_method: paymentMethodObject(paymentMethod) }),
    },
  };
};
