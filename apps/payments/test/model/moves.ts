import type { Snapshot } from '../../src/payments/payment.ts';
import { type Step, carryOut, finishVoid, hear, payAgain, place, sent, stop } from './ours.ts';
import { type Protocol, standingOf, toIntentId } from './protocol.ts';
import { refundMoves } from './refunds.ts';
import {
  type IntentStatus,
  type OrderState,
  bit,
  intentStatuses,
  moved,
  withIntent,
} from './state.ts';

export type Bounds = {
  readonly attempts: number;
  readonly intents: number;
  readonly refunds: number;
  readonly hasDisputes: boolean;
  /** Whether the provider may once tell of another amount than ours. */
  readonly lies: boolean;
};

/**
 * Who would take a step once faults have stopped, the first first: the driver applies what is so; it
 * fences; a request of it is executed; time passes. Without: only the adversary or a person.
 */
export type Calm = 1 | 2 | 3 | 4;
export type Emit = (step: Step, label: () => string, calm?: Calm) => void;

const confirmable = (status: IntentStatus): boolean =>
  status === 'unpaid' || status === 'requires_action';

/** Everything that can happen next to one order, with whoever it is that does it. */
export const moves = (p: Protocol, bounds: Bounds, s: OrderState, give: Emit): void => {
  const emit: Emit = (step, label, calm) =>
    give({ ...step, next: sent(p, step.next) }, label, calm);
  if (s.orderStatus === 'none') {
    emit(place(s), () => 'T1+T3 shopper places the order: on record, goods held, attempt 1');
    if (p.recordsAttemptsFirst) return;
  }
  shopperMoves(p, bounds, s, emit);
  driverMoves(p, s, emit);
  hearingMoves(p, bounds, s, emit);
  providerMoves(p, bounds, s, emit);
  if (s.captured > 0) refundMoves(p, bounds, s, emit);
  const { stale } = s;
  if (stale) {
    emit(
      carryOut(p, { ...s, stale: null }, stale.decision),
      () => `a slow process carries out: ${stale.decision.kind}`,
    );
  }
};

const shopperMoves = (p: Protocol, bounds: Bounds, s: OrderState, emit: Emit): void => {
  if (s.orderStatus === 'none') return;
  if (p.resumeMeans(s.status, s.attemptStatus) === 'pay_again' && s.attempt < bounds.attempts) {
    emit(payAgain(p, s), () => `T3 shopper pays again, attempt ${s.attempt + 1}`);
  }
  if (p.cancelMeans(s.orderStatus) === 'stop') {
    emit(stop(p, s), () => 'T6 shopper cancels: the fence is up, goods are free');
  }
};

const driverMoves = (p: Protocol, s: OrderState, emit: Emit): void => {
  const standing = standingOf(s);
  if (s.orderStatus !== 'none' && !s.isFrozen && p.mayFence(standing)) {
    emit(stop(p, s), () => 'T6 driver fences: hold ended or key too old; goods are free', 2);
  }
  const isOpen = s.status === 'confirming' || s.status === 'ready';
  if (isOpen && s.hold === 'active' && !s.isHoldExpired) {
    const isCalm = !s.isFrozen ? 4 : undefined;
    emit({ next: { ...s, isHoldExpired: true } }, () => 'the hold ends', isCalm);
  }
  if ((isOpen || s.status === 'voiding') && s.isKeyAlive && s.attempt > 0) {
    emit({ next: { ...s, isKeyAlive: false } }, () => 'the attempt grows 20 hours old', 4);
  }
  const isEndable = p.endsOnlyOnCanceled ? s.intent === 0 : true;
  if (s.status === 'voiding' && isEndable) {
    // Its search may miss what was made a moment ago; or it is made a moment later.
    const isNothingThere = s.intents.every(({ status }) => status === 'none');
    emit(
      finishVoid(p, s),
      () => 'T7 driver: the key is spent or old, and a search finds no intent',
      isNothingThere ? 3 : undefined,
    );
  }
};

const snapshot = (intent: number, status: Snapshot['status'], amount = 2n): Snapshot => ({
  intentId: String(intent),
  status,
  amount,
  currency: 'EUR',
  captured: status === 'captured' ? amount : 0n,
});

const hearingMoves = (p: Protocol, bounds: Bounds, s: OrderState, emit: Emit): void => {
  if (s.orderStatus === 'none') return;
  const step = p.nextStep(standingOf(s));
  const isAsking = !s.isFrozen && !['none', 'fence', 'refund'].includes(step);
  s.intents.forEach((intent, i) => {
    const number = i + 1;
    if (intent.status === 'none') return;
    const isAsked = isAsking && (s.intent === number || s.intent === 0);
    intentStatuses.forEach((status, at) => {
      if (status === 'none' || (intent.seen & bit(at)) === 0) return;
      const isTrue = intent.status === status;
      learn(p, s, emit, {
        knowledge: { kind: 'snapshot', snapshot: snapshot(number, status) },
        label: `we hear that intent ${number} ${isTrue ? 'is' : 'was'} ${status}`,
        isCalm: isTrue && isAsked,
      });
    });
    if (bounds.lies && !s.isFrozen && intent.status === 'authorised') {
      learn(p, s, emit, {
        knowledge: { kind: 'snapshot', snapshot: snapshot(number, 'authorised', 3n) },
        label: `we hear of another amount for intent ${number}`,
        isCalm: false,
      });
    }
    const payment = { orderId: 'order', status: s.status, intentId: toIntentId(s.intent) };
    const event = { id: 'evt', type: 'payment_intent', intentId: String(number), isOld: true };
    if (!intent.isCancelSent && p.meaningOf({ ...event, payment }) === 'orphan') {
      emit(
        { next: withIntent(s, number, { isCancelSent: true }) },
        () => `an event tells of intent ${number}, which is not the order's: cancel is sent`,
        p.sweepsEvents ? 1 : undefined,
      );
    }
  });
  s.declined.forEach((mask, i) => {
    for (let number = 0; number <= s.intents.length; number += 1) {
      if ((mask & bit(number)) === 0) continue;
      const attempt = i + 1;
      const isAnswer = (step === 'confirm' || step === 'learn_intent') && attempt === s.attempt;
      if (step === 'learn_intent' && number === 0 && isAnswer) {
        emit(
          finishVoid(p, s),
          () => 'T7 driver: the attempt itself was refused, there is no intent',
          1,
        );
      }
      const seen = number === 0 ? undefined : snapshot(number, 'unpaid');
      learn(p, s, emit, {
        knowledge: {
          kind: 'declined',
          attempt,
          declineCode: 'card_declined',
          ...(seen && { snapshot: seen }),
        },
        label: `we hear that attempt ${attempt} was declined${seen ? ` (intent ${number})` : ''}`,
        isCalm: isAnswer && !s.isFrozen,
      });
    }
  });
};

const learn = (
  p: Protocol,
  s: OrderState,
  emit: Emit,
  {
    knowledge,
    label,
    isCalm,
  }: {
    readonly knowledge: Parameters<typeof hear>[2];
    readonly label: string;
    readonly isCalm: boolean;
  },
): void => {
  const decision = hear(p, s, knowledge);
  if (decision.kind === 'none') return;
  const isOrphan = decision.kind === 'orphan';
  emit(
    { ...carryOut(p, s, decision), act: { kind: 'hear', knowledge } },
    () => `${label}: ${decision.kind}`,
    isCalm || (isOrphan && p.sweepsEvents) ? 1 : undefined,
  );
  if (!p.decidesUnderLock && !s.stale) {
    emit(
      { next: { ...s, stale: { decision, attempt: s.attempt } } },
      () => `${label}: ${decision.kind} is decided, and not done yet`,
    );
  }
};

const providerMoves = (p: Protocol, bounds: Bounds, s: OrderState, emit: Emit): void => {
  const step = s.orderStatus === 'none' || s.isFrozen ? 'none' : p.nextStep(standingOf(s));
  const last = p.recordsAttemptsFirst || s.attempt === bounds.attempts ? s.attempt : s.attempt + 1;
  for (let attempt = 1; attempt <= last; attempt += 1) {
    const isSending = attempt === s.attempt && (step === 'confirm' || step === 'learn_intent');
    execute(p, bounds, s, emit, { attempt, calm: isSending ? 3 : undefined });
  }
  const approved = p.captureMethod === 'manual' ? 'authorised' : 'captured';
  s.intents.forEach((intent, i) => {
    const number = i + 1;
    const isOwn = s.intent === number;
    if (intent.status === 'requires_action') {
      emit(
        { next: moved(s, number, approved) },
        () => `shopper passes 3-D Secure: intent ${number} is ${approved}`,
      );
      emit(
        { next: moved(s, number, 'unpaid') },
        () => `shopper fails 3-D Secure: intent ${number} is unpaid`,
      );
    }
    if (intent.status === 'authorised') {
      emit(
        { next: moved(s, number, 'canceled') },
        () => `the authorisation of intent ${number} lapses`,
      );
      if (intent.isCaptureSent) {
        const calm = step === 'capture' && isOwn ? 3 : undefined;
        emit(
          { next: moved(s, number, 'captured') },
          () => `X3 the provider captures intent ${number}`,
          calm,
        );
      }
    }
    if (intent.isCancelSent && (confirmable(intent.status) || intent.status === 'authorised')) {
      const isOrphan = !isOwn && p.sweepsEvents;
      const calm = (step === 'void' && isOwn) || isOrphan ? 3 : undefined;
      emit(
        { next: moved(s, number, 'canceled') },
        () => `X4 the provider cancels intent ${number}`,
        calm,
      );
    }
  });
};

/** X2 as often as it pleases: keys are no help, the provider may have forgotten them. */
const execute = (
  p: Protocol,
  bounds: Bounds,
  s: OrderState,
  emit: Emit,
  { attempt, calm }: { readonly attempt: number; readonly calm: Calm | undefined },
): void => {
  const named = s.named[attempt - 1] ?? (attempt > 1 && p.reusesIntent ? s.intent : 0);
  const refused = (number: number): OrderState => {
    const length = Math.max(attempt, s.declined.length);
    const declined = Array.from({ length }, (_, i) => {
      const mask = s.declined[i] ?? 0;
      return i === attempt - 1 ? mask | bit(number) : mask;
    });
    return { ...s, declined };
  };
  const approved = p.captureMethod === 'manual' ? 'authorised' : 'captured';
  const free = s.intents.findIndex(({ status }) => status === 'none') + 1;
  const number = named === 0 ? free : named;
  if (named === 0) {
    emit(
      { next: refused(0) },
      () => `X2 the provider refuses attempt ${attempt}, and makes no intent`,
      calm,
    );
    if (free === 0 || free > bounds.intents) return;
  } else if (!confirmable(s.intents[named - 1]?.status ?? 'none')) return;
  const does = `X2 attempt ${attempt} ${named === 0 ? 'makes' : 'confirms'} intent ${number}`;
  emit({ next: moved(s, number, approved) }, () => `${does}: ${approved}`, calm);
  emit(
    { next: moved(s, number, 'requires_action') },
    () => `${does}: 3-D Secure is asked for`,
    calm,
  );
  emit({ next: moved(refused(number), number, 'unpaid') }, () => `${does}: declined`, calm);
};
