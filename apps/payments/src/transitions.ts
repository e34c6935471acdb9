import type { paymentsApi } from '@hemline/contracts';

export type OrderStatus = paymentsApi.OrderStatus;
export type RefundStatus = paymentsApi.RefundStatus | 'sent';
export type HoldStatus = 'active' | 'consumed' | 'released';
export type PaymentStatus =
  | 'ready'
  | 'confirming'
  | 'capturing'
  | 'captured'
  | 'voiding'
  | 'voided'
  | 'refunding'
  | 'refunded';
export type AttemptStatus = 'sending' | 'requires_action' | 'declined' | 'authorised';
export type DisputeStatus = 'open' | 'won' | 'lost';

type Edges<Status extends string> = Readonly<Record<Status, readonly Status[]>>;

/**
 * Where everything that has a status may go from where it is: the one table that the steps follow
 * (`move`), that PostgreSQL enforces by a trigger on each of these tables, and that the tests compare
 * with it. The names are those of the tables.
 */
export const transitions = {
  orders: {
    pending: ['authorized', 'cancelling', 'cancelled'],
    authorized: ['paid', 'cancelling', 'cancelled'],
    paid: ['part_refunded', 'refunded'],
    // A refund that fails after it was accepted gives back what it took.
    part_refunded: ['refunded', 'paid'],
    refunded: ['part_refunded', 'paid', 'cancelling'],
    // The provider had captured after all: the money goes back, and the order ends refunded.
    cancelling: ['cancelled', 'refunded'],
    cancelled: [],
  },
  // `confirming`: a request to authorise may have been sent. `ready`: the last one was declined, another
  // card may be tried. `voiding` is the fence: whatever was or will be authorised is being cancelled.
  // `refunding`: a refund is on its way.
  payments: {
    confirming: ['ready', 'capturing', 'voiding', 'voided'],
    ready: ['confirming', 'capturing', 'voiding', 'voided'],
    capturing: ['captured', 'voiding', 'voided'],
    captured: ['refunding'],
    voiding: ['voided', 'refunding'],
    voided: [],
    refunding: ['captured', 'refunded'],
    refunded: ['captured'],
  },
  // That a declined attempt was authorised after all may be learned late.
  payment_attempts: {
    sending: ['requires_action', 'declined', 'authorised'],
    requires_action: ['declined', 'authorised'],
    declined: ['authorised'],
    authorised: [],
  },
  stock_holds: {
    active: ['consumed', 'released'],
    consumed: ['released'],
    released: [],
  },
  // `requested`: on record. `sent`: a request may have left us. `pending`: the provider has taken it on, and
  // the money has left us; it arrives, or comes back.
  refunds: {
    awaiting_approval: ['requested', 'rejected'],
    requested: ['sent'],
    sent: ['pending', 'succeeded', 'failed'],
    pending: ['succeeded', 'failed'],
    succeeded: ['failed'],
    failed: [],
    rejected: [],
  },
  disputes: {
    open: ['won', 'lost'],
    won: [],
    // On appeal.
    lost: ['won'],
  },
} as const satisfies {
  readonly orders: Edges<OrderStatus>;
  readonly payments: Edges<PaymentStatus>;
  readonly payment_attempts: Edges<AttemptStatus>;
  readonly stock_holds: Edges<HoldStatus>;
  readonly refunds: Edges<RefundStatus>;
  readonly disputes: Edges<DisputeStatus>;
};

type Table = keyof typeof transitions;
type StatusOf<Name extends Table> = keyof (typeof transitions)[Name] & string;

export const canMove = <Name extends Table>(
  table: Name,
  from: StatusOf<Name>,
  to: StatusOf<Name>,
): boolean => {
  const edges: Edges<string> = transitions[table];
  return from === to || (edges[from] ?? []).includes(to);
};

/** The status after a step. A step that the table does not have is our own fault, and does not happen. */
export const move = <Name extends Table, To extends StatusOf<Name>>(
  table: Name,
  from: StatusOf<Name>,
  to: To,
): To => {
  if (!canMove(table, from, to)) throw new Error(`${table}: no transition from ${from} to ${to}`);
  return to;
};
