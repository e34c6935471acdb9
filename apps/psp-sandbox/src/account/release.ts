import type { CancelIntentParams } from '../stripe/params.ts';
import { unexpectedState } from '../stripe/stripe-error.ts';
import type { Decision } from './change.ts';
import type { Intent, IntentStatus } from './objects.ts';

const cancelable: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
];

export const cancelIntent =
  (id: string, params: CancelIntentParams): Decision =>
  (account, moment) => {
    const intent = account.intent(id);
    if (!cancelable.includes(intent.status)) {
      throw unexpectedState(
        intent,
        `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${cancelable.join(', ')}, processing.`,
      );
    }
    return release(id, params.cancellation_reason ?? null, 'charge.refunded')(account, moment);
  };

/** What the card's bank does when a merchant waits too long: the authorisation lapses. */
export const expireAuthorisation =
  (id: string): Decision =>
  (account, moment) => {
    const intent = account.intent(id);
    if (intent.status !== 'requires_capture') {
      throw unexpectedState(intent, `There is no authorisation to lapse: ${intent.status}.`);
    }
    return release(id, 'automatic', 'charge.expired')(account, moment);
  };

const release =
  (id: string, reason: string | null, told: string): Decision =>
  (account, moment) => {
    const intent = account.intent(id);
    const isAuthorised = intent.status === 'requires_capture' && intent.latestCharge !== null;
    const canceled: Intent = {
      ...intent,
      status: 'canceled',
      amountCapturable: 0,
      canceledAt: Math.floor(moment.now / 1000),
      cancellationReason: reason,
    };
    const charge = isAuthorised && intent.latestCharge ? account.charge(intent.latestCharge) : null;
    return {
      effects: [
        {
          kind: 'payment_intent.canceled',
          amount: intent.amount,
          put: { intent: canceled, ...(charge && { charge: { ...charge, isReleased: true } }) },
          events: charge ? [told, 'payment_intent.canceled'] : ['payment_intent.canceled'],
        },
      ],
      answer: canceled,
    };
  };
