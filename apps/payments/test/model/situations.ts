import { type OrderState, bit, intentStatuses } from './state.ts';

/** A misfortune of `docs/correctness.md`, and whether an order is in the middle of it. */
export type Situation = {
  readonly what: string;
  /** The rows of the failure catalogue that it is of. */
  readonly rows: readonly number[];
  isMet(s: OrderState): boolean;
};

const alive = (s: OrderState): number =>
  s.intents.filter(({ status }) => status === 'authorised').length;

const has = (s: OrderState, status: OrderState['intents'][number]['status']): boolean =>
  s.intents.some((intent) => intent.status === status);

const own = (s: OrderState): OrderState['intents'][number] | undefined => s.intents[s.intent - 1];

const sawBefore = (s: OrderState): boolean =>
  s.intents.some(({ status, seen }) => seen > bit(intentStatuses.indexOf(status)));

export const situations: readonly Situation[] = [
  {
    what: 'placed, and nothing sent yet, or not arrived',
    rows: [17, 19],
    isMet: (s) => s.status === 'confirming' && s.attempt === 1 && has(s, 'none'),
  },
  {
    what: 'authorised at the provider, and the answer lost',
    rows: [18, 20, 23, 26],
    isMet: (s) => s.status === 'confirming' && s.intent === 0 && has(s, 'authorised'),
  },
  {
    what: 'one request made two intents, and both are authorised',
    rows: [18, 28],
    isMet: (s) => alive(s) > 1,
  },
  {
    what: 'authorised and not captured yet, the capture under way',
    rows: [21],
    isMet: (s) =>
      s.status === 'capturing' && (own(s)?.isCaptureSent ?? false) && has(s, 'authorised'),
  },
  {
    what: 'captured at the provider, and not known here',
    rows: [22],
    isMet: (s) => s.status === 'capturing' && own(s)?.status === 'captured',
  },
  {
    what: 'another card on the intent of the declined one',
    rows: [29],
    isMet: (s) => s.attempt === 2 && s.named[1] !== 0,
  },
  {
    what: 'declined here, and a late duplicate of the request is authorised',
    rows: [30],
    isMet: (s) => s.status === 'ready' && has(s, 'authorised'),
  },
  {
    what: '3-D Secure asked for, the hold ended, the shopper may still come back',
    rows: [31],
    isMet: (s) => s.status === 'voiding' && has(s, 'requires_action'),
  },
  {
    what: '3-D Secure passed, and the fence is up',
    rows: [31],
    isMet: (s) => s.status === 'voiding' && s.attemptStatus === 'requires_action' && alive(s) > 0,
  },
  {
    what: 'older states of an intent may still be heard of',
    rows: [32, 33, 34],
    isMet: sawBefore,
  },
  {
    what: 'an intent beside the order’s own',
    rows: [35],
    isMet: (s) =>
      s.intents.some(({ status }, i) => status !== 'none' && s.intent !== 0 && s.intent !== i + 1),
  },
  {
    what: 'the provider told of another amount: the payment stands still',
    rows: [39],
    isMet: (s) => s.isFrozen,
  },
  {
    what: 'the authorisation lapsed before it was captured',
    rows: [41],
    isMet: (s) => s.status === 'capturing' && own(s)?.status === 'canceled',
  },
  {
    what: 'the bank disputes what is refunded',
    rows: [42],
    isMet: (s) => s.dispute.psp === 'open' && s.refunds.some(({ status }) => status === 'sent'),
  },
  {
    what: 'two refunds of one order under way',
    rows: [43],
    isMet: (s) => s.refunds.filter(({ status }) => status === 'sent').length > 1,
  },
  {
    what: 'a refund was made, and the answer lost',
    rows: [44],
    isMet: (s) => s.refunds.some(({ status, key }) => status === 'sent' && key === 'made'),
  },
  {
    what: 'a refund under its second key',
    rows: [28, 44],
    isMet: (s) => s.refunds.some(({ keyNumber }) => keyNumber > 1),
  },
  {
    what: 'a refund failed after it had succeeded, and that is not known here',
    rows: [45],
    isMet: (s) =>
      s.refunds.some(
        ({ status, made }) =>
          status === 'succeeded' && made.some((each) => each.status === 'failed'),
      ),
  },
  {
    what: 'captured, and the fence is up',
    rows: [46, 56],
    isMet: (s) => s.status === 'voiding' && own(s)?.status === 'captured',
  },
  {
    what: 'the hold ended while a request was under way',
    rows: [54, 55],
    isMet: (s) => s.status === 'voiding' && s.hold === 'released' && has(s, 'authorised'),
  },
  {
    what: 'the hold ended long ago, and nobody looked',
    rows: [57],
    isMet: (s) => s.isHoldExpired && s.hold === 'active',
  },
];
