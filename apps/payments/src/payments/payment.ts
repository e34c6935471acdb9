import type { paymentsApi } from '@hemline/contracts';
import type { AttemptStatus, OrderStatus, PaymentStatus } from '../transitions.ts';

/** What the driver must bring to an end. */
export const unfinishedStatuses: readonly PaymentStatus[] = [
  'ready',
  'confirming',
  'capturing',
  'voiding',
  'refunding',
];

/** The provider's intent as it was seen at some moment, perhaps long ago. */
export type Snapshot = {
  readonly intentId: string;
  readonly status:
    | 'unpaid'
    | 'requires_action'
    | 'processing'
    | 'authorised'
    | 'captured'
    | 'canceled';
  readonly amount: bigint;
  readonly currency: string;
  readonly captured: bigint;
  /** Where the shopper's bank asks her, while it does. */
  readonly actionUrl?: string;
};

/** What is known of the provider, and how. Only the answer to attempt n can say that n was declined. */
export type Knowledge =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | {
      readonly kind: 'declined';
      readonly attempt: number;
      readonly declineCode: string;
      /** Absent if the provider refused the request itself, and made no intent. */
      readonly snapshot?: Snapshot;
    }
  | { readonly kind: 'nothing' };

/** The part of an order and its payment that decides, read under the lock of the order's row. */
export type PaymentState = {
  readonly orderStatus: OrderStatus;
  readonly status: PaymentStatus;
  readonly intentId: string | null;
  readonly attempt: number;
  readonly attemptStatus: AttemptStatus;
  readonly amount: bigint;
  readonly currency: string;
};

export type Decision =
  | { readonly kind: 'none' }
  /** Nothing moves, but the intent's id is new to us. */
  | { readonly kind: 'note_intent'; readonly intentId: string }
  | {
      readonly kind: 'require_action';
      readonly intentId: string;
      readonly actionUrl: string | null;
    }
  | { readonly kind: 'decline'; readonly intentId: string | null; readonly declineCode: string }
  | { readonly kind: 'authorise'; readonly intentId: string }
  /** `also` if the authorisation itself was not recorded yet. */
  | { readonly kind: 'capture'; readonly intentId: string; readonly alsoAuthorise: boolean }
  | { readonly kind: 'cancel'; readonly intentId: string; readonly reason: string }
  /** The fence came too late: the money is ours, and must go back. */
  | { readonly kind: 'give_back'; readonly intentId: string }
  /** Another intent than the recorded one is alive for this order; it may never be captured. */
  | { readonly kind: 'orphan'; readonly intentId: string }
  /** The provider speaks of another amount than we do. Never applied; a person must look. */
  | { readonly kind: 'break'; readonly snapshot: Snapshot };

const none: Decision = { kind: 'none' };

const isUndecided = (status: PaymentStatus): boolean =>
  status === 'confirming' || status === 'ready';

const isOver = (snapshot: Snapshot): boolean =>
  snapshot.status === 'canceled' || snapshot.status === 'unpaid';

/**
 * The one place where knowledge of the provider meets our state. It may come late, twice, out of
 * order, from an answer, a webhook or a poll: it is applied if it moves the payment forward, and is
 * otherwise without effect.
 */
export const decide = (state: PaymentState, knowledge: Knowledge): Decision => {
  if (knowledge.kind === 'nothing') return none;
  const { snapshot } = knowledge;
  if (snapshot && state.intentId !== null && snapshot.intentId !== state.intentId) {
    if (!isOver(snapshot)) return { kind: 'orphan', intentId: snapshot.intentId };
    if (knowledge.kind === 'snapshot') return none;
    const { attempt, declineCode } = knowledge;
    return decideDecline(state, { kind: 'declined', attempt, declineCode });
  }
  if (snapshot && isOtherMoney(state, snapshot)) return { kind: 'break', snapshot };
  if (knowledge.kind === 'declined') return decideDecline(state, knowledge);
  return decideSnapshot(state, knowledge.snapshot);
};

const isOtherMoney = (state: PaymentState, snapshot: Snapshot): boolean =>
  snapshot.amount !== state.amount ||
  snapshot.currency !== state.currency ||
  (snapshot.status === 'captured' && snapshot.captured !== state.amount);

const decideDecline = (
  state: PaymentState,
  { attempt, declineCode, snapshot }: Extract<Knowledge, { kind: 'declined' }>,
): Decision => {
  const intentId = snapshot?.intentId ?? state.intentId;
  const isNews = state.status === 'confirming' && attempt === state.attempt;
  if (isNews) return { kind: 'decline', intentId, declineCode };
  return snapshot ? noteIntent(state, snapshot) : none;
};

const decideSnapshot = (state: PaymentState, snapshot: Snapshot): Decision => {
  const { intentId } = snapshot;
  const { status } = state;
  switch (snapshot.status) {
    case 'authorised':
      if (isUndecided(status) && state.orderStatus === 'pending')
        return { kind: 'authorise', intentId };
      break;
    case 'captured':
      if (status === 'voiding') return { kind: 'give_back', intentId };
      if (status === 'capturing') return { kind: 'capture', intentId, alsoAuthorise: false };
      if (isUndecided(status)) return { kind: 'capture', intentId, alsoAuthorise: true };
      break;
    case 'canceled':
      if (status === 'voiding') return { kind: 'cancel', intentId, reason: 'voided' };
      if (isUndecided(status) || status === 'capturing') {
        return { kind: 'cancel', intentId, reason: 'canceled_by_provider' };
      }
      break;
    case 'requires_action':
      if (status === 'confirming' && state.attemptStatus === 'sending') {
        return { kind: 'require_action', intentId, actionUrl: snapshot.actionUrl ?? null };
      }
      break;
    case 'unpaid':
      // After 3-D Secure the provider goes back to asking for a payment method: that is a decline.
      // While our own request may still be under way it tells nothing about it.
      if (status === 'confirming' && state.attemptStatus === 'requires_action') {
        return { kind: 'decline', intentId, declineCode: 'authentication_failed' };
      }
      break;
    case 'processing':
      break;
  }
  return noteIntent(state, snapshot);
};

const noteIntent = (state: PaymentState, { intentId }: Snapshot): Decision => {
  const isFinished = state.status === 'voided' || state.status === 'refunded';
  if (state.intentId !== null) return none;
  return isFinished ? { kind: 'orphan', intentId } : { kind: 'note_intent', intentId };
};

/** How a payment is shown to those who call us. */
export const toPublicStatus = (
  status: PaymentStatus,
  attemptStatus: AttemptStatus,
): paymentsApi.PaymentStatus => {
  if (status === 'confirming') {
    return attemptStatus === 'requires_action' ? 'requires_action' : 'pending';
  }
  if (status === 'ready') return 'declined';
  return status === 'capturing' ? 'authorized' : status;
};

/** What another request for a cart finds that has an order already. */
export const resumeMeans = (
  status: PaymentStatus,
  attemptStatus: AttemptStatus,
): 'pay_again' | 'busy' | 'undecided' | 'exists' => {
  switch (status) {
    case 'ready':
      return 'pay_again';
    case 'confirming':
      return attemptStatus === 'sending' ? 'busy' : 'undecided';
    case 'voiding':
    case 'voided':
      return 'busy';
    case 'capturing':
    case 'captured':
    case 'refunding':
    case 'refunded':
      return 'exists';
  }
  return status satisfies never;
};
