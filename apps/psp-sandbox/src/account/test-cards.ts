import type { Failure } from './objects.ts';

/** What a test card does when it is charged; see https://docs.stripe.com/testing. */
export type TestCard = {
  readonly id: string;
  readonly brand: string;
  readonly last4: string;
  readonly failure: Failure | null;
  /** The cardholder must act (3-D Secure) before the outcome is reached. */
  readonly asksForAuthentication: boolean;
  readonly refund: 'at once' | 'pending' | 'fails';
};

const card = (
  id: string,
  brand: string,
  last4: string,
  more: Partial<TestCard> = {},
): TestCard => ({
  id,
  brand,
  last4,
  failure: null,
  asksForAuthentication: false,
  refund: 'at once',
  ...more,
});

const decline = (declineCode: string, message = 'Your card was declined.'): Failure => ({
  code: 'card_declined',
  declineCode,
  message,
});

const fault = (code: string, message: string): Failure => ({ code, declineCode: code, message });

const insufficientFunds = decline('insufficient_funds', 'Your card has insufficient funds.');

export const authenticationRequired: Failure = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

export const authenticationFailed: Failure = {
  code: 'payment_intent_authentication_failure',
  declineCode: null,
  message:
    'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
};

const cards: readonly TestCard[] = [
  card('visa', 'visa', '4242'),
  card('visa_debit', 'visa', '5556'),
  card('mastercard', 'mastercard', '4444'),
  card('mastercard_debit', 'mastercard', '8210'),
  card('amex', 'amex', '8431'),
  card('discover', 'discover', '1117'),
  card('diners', 'diners', '0004'),
  card('jcb', 'jcb', '0505'),
  card('chargeDeclined', 'visa', '0002', { failure: decline('generic_decline') }),
  card('chargeDeclinedInsufficientFunds', 'visa', '9995', { failure: insufficientFunds }),
  card('chargeDeclinedLostCard', 'visa', '9987', { failure: decline('lost_card') }),
  card('chargeDeclinedStolenCard', 'visa', '9979', { failure: decline('stolen_card') }),
  card('chargeDeclinedFraudulent', 'visa', '0019', { failure: decline('fraudulent') }),
  card('chargeDeclinedVelocityLimitExceeded', 'visa', '6975', {
    failure: decline('card_velocity_exceeded'),
  }),
  card('chargeDeclinedExpiredCard', 'visa', '0069', {
    failure: fault('expired_card', 'Your card has expired.'),
  }),
  card('chargeDeclinedIncorrectCvc', 'visa', '0127', {
    failure: fault('incorrect_cvc', "Your card's security code is incorrect."),
  }),
  card('chargeDeclinedProcessingError', 'visa', '0119', {
    failure: fault(
      'processing_error',
      'An error occurred while processing your card. Try again in a little bit.',
    ),
  }),
  card('authenticationRequired', 'visa', '3184', { asksForAuthentication: true }),
  card('threeDSecure2Required', 'visa', '3220', { asksForAuthentication: true }),
  card('authenticationRequiredChargeDeclinedInsufficientFunds', 'visa', '3178', {
    asksForAuthentication: true,
    failure: insufficientFunds,
  }),
  card('pendingRefund', 'visa', '7726', { refund: 'pending' }),
  card('refundFail', 'visa', '5126', { refund: 'fails' }),
];

const byName = new Map(cards.map((each) => [each.id, each]));

/** Stripe names its newer declines `pm_card_visa_chargeDeclined`, the older without `visa_`. */
export const findTestCard = (paymentMethod: string): TestCard | undefined => {
  const name = /^pm_card_(.+)$/.exec(paymentMethod)?.[1];
  if (name === undefined) return undefined;
  return byName.get(name) ?? byName.get(name.replace(/^visa_/, ''));
};
