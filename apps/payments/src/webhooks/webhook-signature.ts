import { Stripe } from 'stripe';
import type { PspEvent } from './psp-events.store.ts';

const toleranceSeconds = 300;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type EventObject = {
  readonly object?: string;
  readonly id?: string;
  readonly payment_intent?: string | { readonly id: string } | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
};

const toPspEvent = (event: Stripe.Event, payload: string): PspEvent => {
  const object = event.data.object as EventObject;
  const { payment_intent: intent } = object;
  const ofIntent = typeof intent === 'object' ? intent?.id : intent;
  const intentId = object.object === 'payment_intent' ? object.id : ofIntent;
  const orderId = object.metadata?.['order_id'];
  return {
    id: event.id,
    type: event.type,
    intentId: intentId ?? null,
    orderId: orderId !== undefined && uuid.test(orderId) ? orderId : null,
    payload,
  };
};

/**
 * The event in a webhook, if one of our secrets signed exactly these bytes within the last five
 * minutes, or undefined. The comparison takes the same time wherever they differ.
 */
export const readWebhook = (
  payload: Buffer,
  signature: string | undefined,
  secrets: readonly string[],
): PspEvent | undefined => {
  if (!signature) return undefined;
  for (const secret of secrets) {
    try {
      const event = Stripe.webhooks.constructEvent(payload, signature, secret, toleranceSeconds);
      return toPspEvent(event, payload.toString('utf8'));
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return undefined;
    }
  }
  return undefined;
};
