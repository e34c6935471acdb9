import type { Problems } from '@hemline/http';

/** Of `/_sandbox`; what `/v1` refuses is told in Stripe's error objects. */
export const problems = {
  'sandbox.unknown': { status: 404, title: 'The sandbox has nothing of this name' },
  'sandbox.not_now': { status: 409, title: 'The object is not in a state for this' },
  'sandbox.card_number': { status: 400, title: 'Card numbers are not taken here' },
} satisfies Problems;
