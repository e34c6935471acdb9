import type { Staff } from '@hemline/auth';
import { paymentsApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { Outbox, outboxColumns } from '@hemline/messaging';
import { Database, type Transaction } from '@hemline/postgres';
import { Inject, Injectable } from '@nestjs/common';
import * as keys from '../checkout/idempotency-keys.store.ts';
import { toAnswerJson } from '../checkout/idempotency-keys.store.ts';
import type { Answer, KeyClaim } from '../checkout/idempotency.ts';
import { CONFIG, type Config } from '../config.ts';
import { Driver } from '../driver/driver.ts';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import * as orders from '../orders/orders.store.ts';
import type { Order } from '../orders/orders.store.ts';
import { refundEvent } from '../payments/order-events.ts';
import type { Dispute } from '../disputes/dispute.ts';
import * as disputes from '../disputes/disputes.store.ts';
import {
  type Plan,
  type Refund,
  type Refundable,
  type Refusal,
  type Wish,
  isAccepted,
  leftToRefund,
  needsSecondPerson,
  planRefund,
  sumOf,
} from './refund.ts';
import type { StaffAction } from '../staff-actions/staff-actions.store.ts';
import * as store from './refunds.store.ts';

export type Requested = { readonly answer: Answer; readonly isReplayed: boolean };
type Stated = Refundable & { readonly order: Order; readonly disputes: readonly Dispute[] };
type Decided = { readonly id: string; readonly decision: 'requested' | 'rejected' };

/** T8: what staff give back, on record before it is sent. The driver sends it, and sees it through. */
@Injectable()
export class Refunds {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly driver: Driver,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
  ) {}

  /**
   * The key is claimed and answered in the one commit that does it, so it is never seen half-way: what
   * is refused, or cut off, leaves no key behind.
   */
  async request(
    orderId: string,
    request: paymentsApi.RequestRefund,
    { staff, claim }: { readonly staff: Staff; readonly claim: KeyClaim },
  ): Promise<Requested> {
    this.pass('t8.before');
    const requested = await this.database.transaction(
      async (tx): Promise<Requested> => {
        if (!(await keys.claim(tx, claim))) return this.replay(tx, claim);
        const state = await this.lock(tx, orderId);
        const plan = planRefund(state, toWish(request));
        if ('code' in plan) throw toError(plan);
        return {
          answer: await this.record(tx, state, { plan, request, staff, claim }),
          isReplayed: false,
        };
      },
      { onUnknownCommit: 'repeat' },
    );
    if (!requested.isReplayed) this.driver.wake();
    return requested;
  }

  /** A second person confirms or rejects. Whoever asked for it may only take it back. */
  async decide(
    orderId: string,
    { id, decision }: Decided,
    staff: Staff,
  ): Promise<paymentsApi.Refund> {
    const decided = await this.database.transaction(
      async (tx) => {
        const state = await this.lock(tx, orderId);
        const refund = state.refunds.find((each) => each.id === id);
        if (!refund) throw new DomainError('refunds.not_found');
        if (!mayDecide(state, refund, { decision, subject: staff.subject })) {
          return toWire(refund, state.order.currency);
        }
        await this.settle(tx, state, { refund, decision, staff });
        return toWire({ ...refund, status: decision }, state.order.currency);
      },
      { onUnknownCommit: 'repeat' },
    );
    this.driver.wake();
    return decided;
  }

  async list(orderId: string): Promise<paymentsApi.RefundList> {
    const order = await orders.find(this.database, orderId);
    if (!order) throw new DomainError('orders.not_found');
    const state = await this.read(this.database, order);
    return toList(state);
  }

  private async lock(tx: Transaction, orderId: string): Promise<Stated> {
    const order = await orders.lock(tx, orderId);
    if (!order) throw new DomainError('orders.not_found');
    return this.read(tx, order);
  }

  private async read(db: Database | Transaction, order: Order): Promise<Stated> {
    const lines = await orders.listLines(db, order.id);
    const refunds = await store.list(db, order.id);
    const found = await disputes.list(db, order.id);
    return { order, lines, refunds, disputes: found, disputed: disputes.sumTaken(found) };
  }

  private async replay(tx: Transaction, claim: KeyClaim): Promise<Requested> {
    const stored = await keys.find(tx, claim);
    if (stored && !stored.fingerprint.equals(claim.fingerprint)) {
      throw new DomainError('idempotency.mismatch');
    }
    if (!stored?.answer) throw new DomainError('idempotency.in_progress', { retryAfter: 1 });
    return { answer: stored.answer, isReplayed: true };
  }

  private async record(
    tx: Transaction,
    { order, refunds }: Stated,
    wanted: {
      readonly plan: Plan;
      readonly request: paymentsApi.RequestRefund;
      readonly staff: Staff;
      readonly claim: KeyClaim;
    },
  ): Promise<Answer> {
    const { plan, request, staff, claim } = wanted;
    const { REFUND_APPROVAL_FROM_MINOR: threshold } = this.config;
    const isLarge = needsSecondPerson(refunds, plan.amount, threshold);
    const refund: store.NewRefund = {
      ...plan,
      id: crypto.randomUUID(),
      orderId: order.id,
      currency: order.currency,
      status: isLarge ? 'awaiting_approval' : 'requested',
      restock: request.restock ?? false,
      reason: request.reason,
      requestedBy: staff.subject,
    };
    const answer: Answer = {
      status: 201,
      type: 'application/json',
      body: JSON.stringify(toWire(refund, order.currency)),
      orderId: order.id,
    };
    const isStored = await store.request(tx, refund, {
      action: toAction(order, refund, staff, `refund_${refund.status}`),
      events: isLarge ? '[]' : this.requestedEvents(order, refunds, refund),
      answer: toAnswerJson({ claim, answer }),
    });
    if (!isStored) throw new DomainError('idempotency.in_progress', { retryAfter: 1 });
    this.afterCommit(tx);
    return answer;
  }

  private async settle(
    tx: Transaction,
    { order, refunds }: Stated,
    {
      refund,
      decision,
      staff,
    }: { readonly refund: Refund; readonly decision: Decided['decision']; readonly staff: Staff },
  ): Promise<void> {
    await store.settleApproval(tx, {
      orderId: order.id,
      refundId: refund.id,
      status: decision,
      decidedBy: staff.subject,
      action: toAction(
        order,
        refund,
        staff,
        decision === 'requested' ? 'refund_approved' : 'refund_rejected',
      ),
      events: decision === 'requested' ? this.requestedEvents(order, refunds, refund) : '[]',
    });
    this.afterCommit(tx);
  }

  private requestedEvents(
    order: Order,
    refunds: readonly Refund[],
    refund: { readonly id: string; readonly amount: bigint },
  ): string {
    const refunded = sumOf(refunds.filter(isAccepted));
    const fact = { version: order.version + 1, refund, refunded };
    return outboxColumns([refundEvent('requested', order, fact)]);
  }

  private afterCommit(tx: Transaction): void {
    tx.afterCommit(() => {
      this.pass('t8.after');
      this.outbox.wake();
    });
  }
}

/** False if it was decided like that before, and nothing is left to do. */
const mayDecide = (
  state: Stated,
  refund: Refund,
  { decision, subject }: { readonly decision: Decided['decision']; readonly subject: string },
): boolean => {
  if (refund.status !== 'awaiting_approval') {
    const isRejected = refund.status === 'rejected';
    const isSame = refund.decidedBy !== null && isRejected === (decision === 'rejected');
    if (isSame) return false;
    throw new DomainError('refunds.not_awaiting_approval', { detail: `it is ${refund.status}` });
  }
  if (decision === 'rejected') return true;
  if (refund.requestedBy === subject) {
    throw new DomainError('refunds.same_person', { detail: 'you asked for it yourself' });
  }
  // Its own amount is reserved; a dispute may have taken it since.
  const rest = { ...state, refunds: state.refunds.filter(({ id }) => id !== refund.id) };
  const left = leftToRefund(rest);
  if (refund.amount > left) {
    throw toError({ code: 'refunds.exceeds_captured', amount: refund.amount, left });
  }
  return true;
};

const toWish = ({ amount, lines = [] }: paymentsApi.RequestRefund): Wish =>
  amount
    ? { kind: 'amount', amount: BigInt(amount.amount), currency: amount.currency }
    : { kind: 'lines', lines };

const toError = (refusal: Refusal): DomainError => {
  switch (refusal.code) {
    case 'refunds.exceeds_captured': {
      const { amount, left } = refusal;
      const detail = `${amount} asked for, and ${left} left (minor units)`;
      return new DomainError(refusal.code, { detail, left: left.toString() });
    }
    case 'refunds.exceeds_ordered': {
      const detail = `${refusal.left} left of ${refusal.sku}`;
      return new DomainError(refusal.code, { detail, errors: [{ pointer: '#/lines', detail }] });
    }
    case 'refunds.other_currency': {
      const detail = `the order was paid in ${refusal.currency}`;
      const errors = [{ pointer: '#/amount/currency', detail }];
      return new DomainError(refusal.code, { detail, errors });
    }
    case 'refunds.not_captured':
    case 'refunds.nothing_to_refund':
      return new DomainError(refusal.code);
  }
  return refusal satisfies never;
};

const toAction = (
  { id, currency }: Order,
  refund: { readonly id: string; readonly amount: bigint; readonly reason: string },
  { subject, role }: Staff,
  action: string,
): StaffAction => ({
  actor: subject,
  role,
  action,
  order_id: id,
  detail: {
    refundId: refund.id,
    amount: refund.amount.toString(),
    currency,
    reason: refund.reason,
  },
});

const toWire = (
  { id, status, amount }: Pick<Refund, 'id' | 'status' | 'amount'>,
  currency: string,
): paymentsApi.Refund => ({
  id,
  // That a request may have left us already makes no difference to the one who asked.
  status: status === 'sent' ? 'requested' : status,
  amount: { amount: amount.toString(), currency },
});

const toList = (state: Stated): paymentsApi.RefundList => {
  const { order, refunds, disputed } = state;
  const money = (amount: bigint) => ({ amount: amount.toString(), currency: order.currency });
  return {
    items: refunds.map((refund) => ({
      ...toWire(refund, order.currency),
      lines: refund.lines && [...refund.lines],
      restock: refund.restock,
      reason: refund.reason,
      requestedBy: refund.requestedBy,
      requestedAt: refund.requestedAt.toISOString(),
      decidedBy: refund.decidedBy,
      providerReference: refund.pspRefundId,
      failure: refund.failure,
    })),
    captured: money(order.captured),
    refunded: money(sumOf(refunds.filter(isAccepted))),
    disputed: money(disputed),
    left: money(leftToRefund(state)),
    disputes: state.disputes.map(({ id, status, amount }) => ({
      id,
      status,
      amount: money(amount),
    })),
  };
};
