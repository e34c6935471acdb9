import type {
  DisputeStatus,
  HoldStatus,
  OrderStatus,
  PaymentStatus,
} from '../../src/transitions.ts';
import type { Decision, Knowledge } from '../../src/payments/payment.ts';
import { type Protocol, standingOf, toOrder } from './protocol.ts';
import { type OrderState, type Refund, noPspRefund, total, withIntent } from './state.ts';

/** A transaction of ours, as `conformance.int-spec.ts` does it with production and PostgreSQL. */
export type Act =
  | { readonly kind: 'place' | 'pay_again' | 'stop' | 'finish_void' | 'mark_sent' }
  | { readonly kind: 'hear'; readonly knowledge: Knowledge }
  | { readonly kind: 'request_refund'; readonly amount: number; readonly isWaiting?: boolean }
  | {
      readonly kind: 'settle_approval';
      readonly refund: number;
      readonly status: 'requested' | 'rejected';
    }
  | { readonly kind: 'renew'; readonly refund: number }
  | { readonly kind: 'refuse'; readonly refund: number; readonly keyNumber: number }
  | {
      readonly kind: 'hear_refund';
      readonly refund: number;
      readonly number: number;
      readonly status: 'pending' | 'succeeded' | 'failed';
    }
  | { readonly kind: 'hear_dispute'; readonly status: DisputeStatus; readonly amount: number };

/** A step, and what it does to the stock that all orders share. */
export type Step = {
  readonly next: OrderState;
  readonly held?: number;
  readonly allocated?: number;
  readonly act?: Act;
};

/** A step that a trigger refuses: whoever takes it is wrong, though PostgreSQL keeps the harm away. */
export class Refused extends Error {}

const check = (
  p: Protocol,
  before: OrderState,
  after: { readonly orderStatus: OrderStatus; readonly status: PaymentStatus },
): void => {
  const { orderStatus } = before;
  const isOrder = orderStatus === 'none' || p.canMove('orders', orderStatus, after.orderStatus);
  if (!isOrder) throw new Refused(`orders: from ${orderStatus} to ${after.orderStatus}`);
  if (!p.canMove('payments', before.status, after.status)) {
    throw new Refused(`payments: from ${before.status} to ${after.status}`);
  }
};

/** T1 and T3: the order, its goods and attempt 1, in one statement. */
export const place = (s: OrderState): Step => ({
  next: {
    ...s,
    orderStatus: 'pending',
    status: 'confirming',
    attempt: 1,
    attemptStatus: 'sending',
    named: [0],
    declined: [0],
    hold: 'active',
  },
  held: 1,
  act: { kind: 'place' },
});

/** T3 for another card. */
export const payAgain = (p: Protocol, s: OrderState): Step => {
  check(p, s, { orderStatus: 'pending', status: 'confirming' });
  return {
    next: {
      ...s,
      status: 'confirming',
      attempt: s.attempt + 1,
      attemptStatus: 'sending',
      named: [...s.named, p.reusesIntent ? s.intent : 0],
      declined: [...s.declined, 0],
      isHoldExpired: p.extendsHold ? false : s.isHoldExpired,
      isKeyAlive: true,
    },
    act: { kind: 'pay_again' },
  };
};

const release = (
  p: Protocol,
  s: OrderState,
): Omit<Step, 'next'> & { hold: HoldStatus | 'none' } => {
  if (s.hold === 'active') return { hold: 'released', held: -1 };
  const isAgain = s.hold === 'released' && !p.releasesOnce;
  if (isAgain) return { hold: 'released', held: -1 };
  if (s.hold !== 'consumed') return { hold: s.hold };
  return p.releasesWhatItHeld
    ? { hold: 'released', allocated: -1 }
    : { hold: 'released', held: -1 };
};

const end = (
  p: Protocol,
  s: OrderState,
  to: {
    readonly orderStatus: OrderStatus;
    readonly status: PaymentStatus;
    readonly intent: number;
  },
): Step => {
  check(p, s, to);
  const { hold, ...stock } = release(p, s);
  return { next: { ...s, ...to, hold, isCancelWanted: true, isFrozen: false }, ...stock };
};

/** T6. */
export const stop = (p: Protocol, s: OrderState): Step => {
  const isFence =
    p.fences === 'always' || (p.fences === 'if confirming' && s.status === 'confirming');
  const to = isFence
    ? ({ orderStatus: 'cancelling', status: 'voiding' } as const)
    : ({ orderStatus: 'cancelled', status: 'voided' } as const);
  return { ...end(p, s, { ...to, intent: s.intent }), act: { kind: 'stop' } };
};

/** T7 for an order of which the provider has nothing. */
export const finishVoid = (p: Protocol, s: OrderState): Step => ({
  ...end(p, s, { orderStatus: 'cancelled', status: 'voided', intent: s.intent }),
  act: { kind: 'finish_void' },
});

const post = (p: Protocol, s: OrderState, intent: number): OrderState => {
  const posted = s.intents[intent - 1]?.posted ?? 0;
  return posted > 0 && p.sourceIsUnique ? s : withIntent(s, intent, { posted: posted + 1 });
};

const consume = (p: Protocol, s: OrderState): Step => {
  if (s.hold !== 'active' || !p.consumesHold) return { next: s };
  return { next: { ...s, hold: 'consumed' }, held: -1, allocated: 1 };
};

/** What `ApplyPspState.carryOut` and its statements do. */
export const carryOut = (p: Protocol, s: OrderState, decision: Decision): Step => {
  const after = p.orderAfter(toOrder(s), decision);
  if (decision.kind === 'capture' && decision.alsoAuthorise) {
    // Two statements, one after the other.
    const between = { orderStatus: 'authorized', status: 'capturing' } as const;
    check(p, s, between);
    check(p, { ...s, ...between }, after);
  } else check(p, s, after);
  const next: OrderState = {
    ...s,
    orderStatus: after.orderStatus,
    status: after.status,
    attemptStatus: after.attemptStatus,
    intent: Number(after.intentId ?? '0'),
    captured: Number(after.captured),
  };
  switch (decision.kind) {
    case 'authorise':
      return consume(p, { ...next, attemptStatus: 'authorised', isFrozen: false });
    case 'capture': {
      const paid = { ...post(p, next, next.intent), isFrozen: false };
      if (!decision.alsoAuthorise) return { next: paid };
      return consume(p, { ...paid, attemptStatus: 'authorised' });
    }
    case 'decline':
      return { next: { ...next, isFrozen: false } };
    case 'cancel':
      return end(p, s, { orderStatus: 'cancelled', status: 'voided', intent: next.intent });
    case 'give_back': {
      const refund = { ...newRefund, status: 'requested', amount: total, restock: false } as const;
      const given = p.postsOnGiveBack ? post(p, next, next.intent) : next;
      return { next: { ...given, refunds: [...s.refunds, refund], isFrozen: false } };
    }
    case 'orphan':
      return { next: withIntent(s, Number(decision.intentId), { isCancelSent: true }) };
    case 'break':
      return { next: { ...s, isFrozen: true } };
    case 'require_action':
    case 'note_intent':
    case 'none':
      return { next };
  }
  return decision satisfies never;
};

export const newRefund: Refund = {
  status: 'requested',
  amount: 1,
  restock: false,
  pspRefund: 0,
  wasSent: false,
  keyNumber: 1,
  key: 'unused',
  wasRefused: false,
  isKeyForgotten: false,
  made: [noPspRefund, noPspRefund],
};

export const hear = (p: Protocol, s: OrderState, knowledge: Knowledge): Decision =>
  p.decide(toOrder(s), knowledge);

/**
 * What the driver would send now is on its way: a request may be executed at any time from here on, so
 * nothing is lost by letting it go at once. It is sent for the recorded intent.
 */
export const sent = (p: Protocol, s: OrderState): OrderState => {
  if (s.orderStatus === 'none' || s.isFrozen) return s;
  const step = p.nextStep(standingOf(s));
  let next = s;
  if (step === 'capture') next = withIntent(next, s.intent, { isCaptureSent: true });
  if (step === 'void') next = withIntent(next, s.intent, { isCancelSent: true });
  if (p.capturesOnlyRecorded) return next;
  // The process that got the answer captures before it has recorded it.
  s.intents.forEach(({ status }, i) => {
    if (status === 'authorised') next = withIntent(next, i + 1, { isCaptureSent: true });
  });
  return next;
};
