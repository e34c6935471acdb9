import type {
  AttemptStatus,
  DisputeStatus,
  HoldStatus,
  OrderStatus,
  PaymentStatus,
  RefundStatus,
} from '../../src/transitions.ts';
import type { Decision, Snapshot } from '../../src/payments/payment.ts';

/** An intent at the provider; `none` is one that was not made. Places are numbered from 1. */
export type IntentStatus = 'none' | Exclude<Snapshot['status'], 'processing'>;
export const intentStatuses: readonly IntentStatus[] = [
  'none',
  'unpaid',
  'requires_action',
  'authorised',
  'captured',
  'canceled',
];

export type Intent = {
  readonly status: IntentStatus;
  /** Every status that it ever had, as bits: any of them may be heard of at any time. */
  readonly seen: number;
  /** Requests of ours that may be under way. What was sent once may be executed at any later time. */
  readonly isCaptureSent: boolean;
  readonly isCancelSent: boolean;
  /** How often the ledger has it. */
  readonly posted: number;
};

export type PspRefundStatus = 'none' | 'pending' | 'succeeded' | 'failed';
export const pspRefundStatuses: readonly PspRefundStatus[] = [
  'none',
  'pending',
  'succeeded',
  'failed',
];

export type PspRefund = {
  readonly status: PspRefundStatus;
  readonly seen: number;
  readonly posted: number;
  readonly reversed: number;
};

export type KeyOutcome = 'unused' | 'made' | 'refused' | 'spent';
export const keyOutcomes: readonly KeyOutcome[] = ['unused', 'made', 'refused', 'spent'];

export type Refund = {
  readonly status: RefundStatus;
  readonly amount: number;
  readonly restock: boolean;
  /** What the ledger has of the provider's refund is its own; which of them is ours, by number. */
  readonly pspRefund: number;
  readonly wasSent: boolean;
  readonly keyNumber: number;
  readonly key: KeyOutcome;
  /** That the first key was refused may be heard of late, by one who found no refund in the list then. */
  readonly wasRefused: boolean;
  /** So old that the provider has forgotten the key, and that nothing sent under it is under way. */
  readonly isKeyForgotten: boolean;
  readonly made: readonly PspRefund[];
};

export type Dispute = {
  readonly ours: DisputeStatus | 'none';
  readonly psp: DisputeStatus | 'none';
  readonly seen: number;
  readonly amount: number;
  /** Which of its statuses the ledger has, as bits. */
  readonly posted: number;
};
export const disputeStatuses: readonly (DisputeStatus | 'none')[] = ['none', 'open', 'won', 'lost'];

/** A decision that was taken before the lock: no production code has one, some mutants do. */
export type Stale = { readonly decision: Decision; readonly attempt: number };

/** All that there is about one order: in our database, in the ledger, at the provider, under way. */
export type OrderState = {
  readonly orderStatus: OrderStatus | 'none';
  readonly status: PaymentStatus;
  readonly attempt: number;
  readonly attemptStatus: AttemptStatus;
  /** The intent on record, or 0. */
  readonly intent: number;
  /** What the request of each attempt named: an intent, or 0 to make one. */
  readonly named: readonly number[];
  readonly captured: number;
  readonly isCancelWanted: boolean;
  readonly hold: HoldStatus | 'none';
  readonly isRestocked: boolean;
  readonly isHoldExpired: boolean;
  readonly isKeyAlive: boolean;
  readonly isFrozen: boolean;
  readonly intents: readonly Intent[];
  /** By attempt: of which intents the provider said that it was declined, as bits; bit 0 is no intent. */
  readonly declined: readonly number[];
  readonly refunds: readonly Refund[];
  readonly dispute: Dispute;
  readonly stale: Stale | null;
};

/** Money in the model: small, and a partial refund is half of it. */
export const total = 2;

export const noIntent: Intent = {
  status: 'none',
  seen: 0,
  isCaptureSent: false,
  isCancelSent: false,
  posted: 0,
};

export const noPspRefund: PspRefund = { status: 'none', seen: 0, posted: 0, reversed: 0 };

export const unplaced = (intents: number): OrderState => ({
  orderStatus: 'none',
  status: 'confirming',
  attempt: 0,
  attemptStatus: 'sending',
  intent: 0,
  named: [],
  captured: 0,
  isCancelWanted: false,
  hold: 'none',
  isRestocked: false,
  isHoldExpired: false,
  isKeyAlive: true,
  isFrozen: false,
  intents: Array.from({ length: intents }, () => noIntent),
  declined: [],
  refunds: [],
  dispute: { ours: 'none', psp: 'none', seen: 0, amount: 0, posted: 0 },
  stale: null,
});

export const bit = (n: number): number => 1 << n;

export const replaced = <Item>(
  items: readonly Item[],
  index: number,
  change: Partial<Item>,
): readonly Item[] => items.map((item, i) => (i === index ? { ...item, ...change } : item));

export const withIntent = (
  state: OrderState,
  number: number,
  change: Partial<Intent>,
): OrderState => ({ ...state, intents: replaced(state.intents, number - 1, change) });

/** The provider moves an intent; that it was there is remembered. */
export const moved = (state: OrderState, number: number, status: IntentStatus): OrderState => {
  const seen = (state.intents[number - 1]?.seen ?? 0) | bit(intentStatuses.indexOf(status));
  return withIntent(state, number, { status, seen });
};

export const flags = (...values: readonly boolean[]): number =>
  values.reduce((sum, value, i) => (value ? sum | bit(i) : sum), 0);

const ordered = <Status extends string>(...names: readonly Status[]): Map<Status, number> =>
  new Map(names.map((name, i) => [name, i]));

const orders = ordered<OrderState['orderStatus']>(
  'none',
  'pending',
  'authorized',
  'paid',
  'part_refunded',
  'refunded',
  'cancelling',
  'cancelled',
);
const payments = ordered<PaymentStatus>(
  'ready',
  'confirming',
  'capturing',
  'captured',
  'voiding',
  'voided',
  'refunding',
  'refunded',
);
const attempts = ordered<AttemptStatus>('sending', 'requires_action', 'declined', 'authorised');
const holds = ordered<OrderState['hold']>('none', 'active', 'consumed', 'released');
const refunds = ordered<RefundStatus>(
  'awaiting_approval',
  'requested',
  'sent',
  'pending',
  'succeeded',
  'failed',
  'rejected',
);
const kinds = ordered<Decision['kind']>(
  'none',
  'note_intent',
  'require_action',
  'decline',
  'authorise',
  'capture',
  'cancel',
  'give_back',
  'orphan',
  'break',
);

const of = <Name>(names: Map<Name, number>, name: Name): number => names.get(name) ?? 63;

const refundCode = (refund: Refund): string =>
  String.fromCharCode(
    of(refunds, refund.status) |
      (refund.amount << 3) |
      (flags(refund.restock, refund.wasSent, refund.isKeyForgotten) << 6) |
      (flags(refund.wasRefused) << 15) |
      (refund.pspRefund << 9) |
      (refund.keyNumber << 11) |
      (keyOutcomes.indexOf(refund.key) << 13),
    ...refund.made.map(
      ({ status, seen, posted, reversed }) =>
        pspRefundStatuses.indexOf(status) | (seen << 2) | (posted << 6) | (reversed << 9),
    ),
  );

/** The same for two states exactly if they are the same; refunds are told apart by nothing but what they are. */
export const encode = (s: OrderState): string => {
  if (s.orderStatus === 'none' && s.intents.every(({ status }) => status === 'none')) return '';
  const all = s.refunds.map(refundCode);
  if (all.length > 1) all.sort();
  const { ours, psp, seen, amount, posted } = s.dispute;
  return (
    String.fromCharCode(
      of(orders, s.orderStatus) |
        (of(payments, s.status) << 3) |
        (of(attempts, s.attemptStatus) << 6) |
        (of(holds, s.hold) << 8) |
        (s.attempt << 10) |
        (s.intent << 13),
      flags(s.isCancelWanted, s.isRestocked, s.isHoldExpired, s.isKeyAlive, s.isFrozen) |
        (s.captured << 5) |
        (s.named.reduce((sum, named, i) => sum | (named << (2 * i)), 0) << 7),
      s.declined.reduce((sum, mask, i) => sum | (mask << (4 * i)), 0),
      ...s.intents.map(
        (intent) =>
          intentStatuses.indexOf(intent.status) |
          (intent.seen << 3) |
          (flags(intent.isCaptureSent, intent.isCancelSent) << 9) |
          (intent.posted << 11),
      ),
      disputeStatuses.indexOf(ours) |
        (disputeStatuses.indexOf(psp) << 2) |
        (seen << 4) |
        (amount << 8) |
        (posted << 10),
      s.stale === null ? 0 : 1 + of(kinds, s.stale.decision.kind) + (staleIntent(s.stale) << 4),
    ) + all.join('')
  );
};

const staleIntent = ({ decision }: Stale): number =>
  'intentId' in decision && decision.intentId !== null ? Number(decision.intentId) : 0;
