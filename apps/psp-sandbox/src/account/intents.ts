import type {
  CaptureIntentParams,
  ConfirmIntentParams,
  CreateIntentParams,
} from '../stripe/params.ts';
import { StripeError, invalidParam, missing, unexpectedState } from '../stripe/stripe-error.ts';
import { attemptPayment, settleAuthentication } from './attempt.ts';
import type { Change, Decision, Effect } from './change.ts';
import type { Intent, IntentNotes, IntentStatus } from './objects.ts';
import { type TestCard, authenticationFailed, findTestCard } from './test-cards.ts';

/** requires_payment_method → requires_confirmation → requires_action → requires_capture → succeeded,
 *  or canceled from any of them but the last; a decline leads back to requires_payment_method. */
const confirmable: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];
export const createIntent =
  (params: CreateIntentParams): Decision =>
  (_account, moment) => {
    const paymentMethod = params.payment_method ?? null;
    if (paymentMethod !== null) cardOf(paymentMethod);
    const intent: Intent = {
      id: moment.newId('pi'),
      created: Math.floor(moment.now / 1000),
      secret: moment.newId('secret'),
      amount: params.amount,
      currency: params.currency,
      captureMethod: params.capture_method ?? 'automatic_async',
      status: paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
      paymentMethod,
      redirects: redirectsOf(params),
      returnUrl: params.return_url ?? null,
      amountCapturable: 0,
      amountReceived: 0,
      latestCharge: null,
      lastFailure: null,
      canceledAt: null,
      cancellationReason: null,
      metadata: withoutEmpty(params.metadata ?? {}),
      notes: notesOf(params),
    };
    const created: Effect = {
      kind: 'payment_intent.created',
      amount: intent.amount,
      put: { intent },
      events: ['payment_intent.created'],
    };
    if (!params.confirm) return { effects: [created], answer: intent };
    const { effects, answer } = attemptPayment(prepare(intent, params), options(params), moment);
    return { effects: [created, ...effects], answer };
  };

export const confirmIntent =
  (id: string, params: ConfirmIntentParams): Decision =>
  (account, moment) => {
    const intent = account.intent(id);
    if (!confirmable.includes(intent.status)) {
      throw unexpectedState(
        intent,
        intent.status === 'succeeded'
          ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
          : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${confirmable.join(', ')}.`,
      );
    }
    return attemptPayment(prepare(intent, params), options(params), moment);
  };

export const captureIntent =
  (id: string, params: CaptureIntentParams): Decision =>
  (account, moment) => {
    const intent = account.intent(id);
    if (intent.status !== 'requires_capture' || intent.latestCharge === null) {
      throw unexpectedState(
        intent,
        `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      );
    }
    const amount = params.amount_to_capture ?? intent.amountCapturable;
    if (amount > intent.amountCapturable) {
      throw new StripeError(
        400,
        {
          type: 'invalid_request_error',
          code: 'amount_too_large',
          param: 'amount_to_capture',
          message: `The remaining amount requested to be captured (${amount}) is greater than the amount that can be captured (${intent.amountCapturable}).`,
          intent,
        },
        'stored',
      );
    }
    return capture(account.charge(intent.latestCharge), { intent, amount, params, moment });
  };

type Capture = {
  readonly intent: Intent;
  readonly amount: number;
  readonly params: CaptureIntentParams;
  readonly moment: Parameters<Decision>[1];
};

const capture = (
  charge: ReturnType<Parameters<Decision>[0]['charge']>,
  { intent, amount, params, moment }: Capture,
): Change => {
  const transaction = {
    id: moment.newId('txn'),
    created: Math.floor(moment.now / 1000),
    type: 'charge',
    amount,
    currency: intent.currency,
    source: charge.id,
  } as const;
  const captured: Intent = {
    ...intent,
    status: 'succeeded',
    amountCapturable: 0,
    amountReceived: amount,
    metadata: withoutEmpty({ ...intent.metadata, ...params.metadata }),
    notes: { ...intent.notes, ...notesOf(params) },
  };
  return {
    effects: [
      {
        kind: 'charge.captured',
        amount,
        put: {
          intent: captured,
          charge: { ...charge, amountCaptured: amount, transaction: transaction.id },
          transaction,
        },
        events: ['charge.captured', 'payment_intent.succeeded'],
      },
    ],
    answer: captured,
  };
};

/** The cardholder comes back from the bank's page, having passed or not. */
export const authenticateIntent =
  (id: string, outcome: 'succeed' | 'fail'): Decision =>
  (account, moment) => {
    const intent = account.intent(id);
    if (intent.status !== 'requires_action' || intent.paymentMethod === null) {
      throw unexpectedState(intent, `Nothing is to be authenticated: ${intent.status}.`);
    }
    const card = cardOf(intent.paymentMethod);
    return settleAuthentication(
      { intent, card, paymentMethod: intent.paymentMethod },
      outcome === 'succeed' ? card.failure : authenticationFailed,
      moment,
    );
  };

const cardOf = (paymentMethod: string): TestCard => {
  const card = findTestCard(paymentMethod);
  if (!card) throw missing('PaymentMethod', paymentMethod, 'payment_method');
  return card;
};

const options = (params: ConfirmIntentParams): Parameters<typeof attemptPayment>[1] => ({
  isOffSession: params.off_session ?? false,
  failsOnAction: params.error_on_requires_action ?? false,
});

/** The intent with what the confirmation brings, checked; nothing has happened yet. */
const prepare = (
  intent: Intent,
  params: ConfirmIntentParams,
): Parameters<typeof attemptPayment>[0] => {
  const paymentMethod = params.payment_method ?? intent.paymentMethod;
  if (paymentMethod === null) {
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        code: 'payment_intent_unexpected_state',
        message:
          "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      },
      'not stored',
    );
  }
  const returnUrl = params.return_url ?? intent.returnUrl;
  // Stripe refuses this too, and a shop that only ever met the sandbox should learn it here.
  if (intent.redirects === 'always' && returnUrl === null) {
    throw invalidParam(
      "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
      'return_url',
    );
  }
  const prepared: Intent = {
    ...intent,
    paymentMethod,
    returnUrl,
    captureMethod: params.capture_method ?? intent.captureMethod,
    notes: { ...intent.notes, ...notesOf(params) },
  };
  return { intent: prepared, card: cardOf(paymentMethod), paymentMethod };
};

const redirectsOf = (params: CreateIntentParams): Intent['redirects'] => {
  if (params.payment_method_types || params.automatic_payment_methods?.enabled === false)
    return null;
  return params.automatic_payment_methods?.allow_redirects ?? 'always';
};

const noteNames = [
  'description',
  'receipt_email',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
  'setup_future_usage',
  'shipping',
] as const;

const notesOf = (params: Partial<IntentNotes>): IntentNotes =>
  Object.fromEntries(
    noteNames.filter((name) => params[name] !== undefined).map((name) => [name, params[name]]),
  );

export const withoutEmpty = (metadata: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== ''));
