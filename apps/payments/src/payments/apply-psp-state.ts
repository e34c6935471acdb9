import { events } from '@hemline/contracts';
import { type NewEvent, Outbox, outboxColumns } from '@hemline/messaging';
import { Database, type Transaction } from '@hemline/postgres';
import { Counter, LOGGER, type Logger, METRICS, type MetricsRegistry } from '@hemline/telemetry';
import { activeTraceparent } from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { toAnswerJson } from '../checkout/idempotency-keys.store.ts';
import type { Answer, KeyClaim } from '../checkout/idempotency.ts';
import { CONFIG, type Config } from '../config.ts';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import { captureTransfer } from '../ledger/transfer.ts';
import type { OrderStatus } from '../orders/order.ts';
import * as orders from '../orders/orders.store.ts';
import type { Order } from '../orders/orders.store.ts';
import { type Decision, type Knowledge, type PaymentStatus, decide } from './payment.ts';
import * as store from './payments.store.ts';

/** How an order stands after something was learned of its payment. */
export type Outcome = {
  readonly order: Order;
  readonly decision: Decision;
};

/** A shopper who waits: the answer is made from the outcome and stored in the same commit. */
export type Waiting = {
  readonly claim: KeyClaim;
  answer(order: Order): Answer;
};

type Applied = Outcome & {
  readonly answer?: Answer;
  /** False if another request holds the key by now; what is stored under it counts. */
  readonly isAnswerStored: boolean;
};

const orderEvent = (
  definition: typeof events.orderAuthorized | typeof events.orderPaid,
  order: Order,
  version: number,
): NewEvent => ({ definition, subject: order.id, version, data: orderFact(order) });

const orderFact = (order: Order) => ({
  orderId: order.id,
  cartId: order.cart.id,
  cartVersion: order.cart.version,
  total: { amount: order.total.toString(), currency: order.currency },
});

const cancelledEvent = (order: Order, reason: string): NewEvent => ({
  definition: events.orderCancelled,
  subject: order.id,
  version: order.version + 1,
  data: { ...orderFact(order), reason },
});

/**
 * Everything that is learned of the provider comes through `apply`, whether it was the answer to a
 * request, a webhook or a poll: the order's row is locked, `decide` says what the news means in the
 * state that the order is in now, and one statement does it. News that came too late does nothing.
 */
@Injectable()
export class ApplyPspState {
  private readonly orders: Counter;

  constructor(
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: MetricsRegistry,
  ) {
    this.orders = new Counter({
      name: 'orders_total',
      help: 'Orders by what became of their payment',
      labelNames: ['outcome'],
      registers: [metrics],
    });
  }

  async apply(
    database: Database,
    orderId: string,
    knowledge: Knowledge,
    waiting?: Waiting,
  ): Promise<Applied | undefined> {
    const applied = await database.transaction(
      async (tx) => {
        const order = await orders.lock(tx, orderId);
        return order && this.applyLocked(tx, order, decide(order, knowledge), waiting);
      },
      { onUnknownCommit: 'repeat' },
    );
    if (applied) this.afterCommit(applied);
    return applied;
  }

  /** T6: the hold has ended, or its owner wants no more: fence the payment, free the goods. */
  async stop(tx: Transaction, order: Order, reason: string): Promise<void> {
    this.pass('t6.before');
    await store.end(tx, {
      orderId: order.id,
      intentId: order.intentId,
      order: 'cancelling',
      payment: 'voiding',
      reason,
      events: '[]',
      traceparent: activeTraceparent() ?? null,
      answer: '{}',
    });
    tx.afterCommit(() => {
      this.pass('t6.after');
      this.outbox.wake();
    });
  }

  /** T7 for an order of which the provider has nothing: the request itself was refused there. */
  async finishVoid(database: Database, orderId: string): Promise<void> {
    await database.transaction(
      async (tx) => {
        const order = await orders.lock(tx, orderId);
        if (order?.status !== 'voiding' || order.intentId !== null) return;
        await this.cancel(tx, order, { intentId: null, reason: 'voided' }, undefined);
        tx.afterCommit(() => this.outbox.wake());
      },
      { onUnknownCommit: 'repeat' },
    );
  }

  private async applyLocked(
    tx: Transaction,
    order: Order,
    decision: Decision,
    waiting: Waiting | undefined,
  ): Promise<Applied> {
    const after = { ...order, ...stateAfter(order, decision) };
    const answer = waiting?.answer(after);
    const keyAnswer = waiting && answer ? { claim: waiting.claim, answer } : undefined;
    const isAnswerStored = await this.carryOut(tx, order, decision, toAnswerJson(keyAnswer));
    return { order: after, decision, isAnswerStored, ...(answer && { answer }) };
  }

  private async carryOut(
    tx: Transaction,
    order: Order,
    decision: Decision,
    answer: string,
  ): Promise<boolean> {
    const { id: orderId, attempt } = order;
    switch (decision.kind) {
      case 'authorise':
        return this.authorise(tx, order, decision.intentId, answer);
      case 'capture':
        return this.capture(tx, order, decision, answer);
      case 'decline': {
        const { intentId, declineCode } = decision;
        this.pass('t4.before');
        return store.decline(tx, { orderId, intentId, attempt, declineCode, answer });
      }
      case 'cancel':
        return this.cancel(tx, order, decision, answer);
      case 'give_back':
        this.pass('t7.before');
        await store.giveBack(tx, {
          orderId,
          refundId: crypto.randomUUID(),
          transfer: captureTransfer(order, decision.intentId),
        });
        return this.answerOnly(tx, order, answer);
      case 'break':
        await this.freeze(tx, order, decision);
        return this.answerOnly(tx, order, answer);
      case 'require_action':
      case 'note_intent':
        return store.note(tx, {
          orderId,
          attempt,
          intentId: decision.intentId,
          requiresAction: decision.kind === 'require_action',
          nextActionMs: this.config.PSP_TIMEOUT_MS / 8,
          answer,
        });
      case 'orphan':
      case 'none':
        return this.answerOnly(tx, order, answer);
    }
  }

  private async authorise(
    tx: Transaction,
    order: Order,
    intentId: string,
    answer: string,
  ): Promise<boolean> {
    this.pass('t4.before');
    return store.authorise(tx, {
      orderId: order.id,
      intentId,
      attempt: order.attempt,
      leaseMs: this.config.PSP_TIMEOUT_MS + 1000,
      events: outboxColumns([orderEvent(events.orderAuthorized, order, order.version + 1)]),
      traceparent: activeTraceparent() ?? null,
      answer,
    });
  }

  private async capture(
    tx: Transaction,
    order: Order,
    { intentId, alsoAuthorise }: { readonly intentId: string; readonly alsoAuthorise: boolean },
    answer: string,
  ): Promise<boolean> {
    const isAnswerStored = alsoAuthorise
      ? await this.authorise(tx, order, intentId, answer)
      : await this.answerOnly(tx, order, answer);
    const version = order.version + (alsoAuthorise ? 2 : 1);
    this.pass('t5.before');
    await store.capture(tx, {
      orderId: order.id,
      transfer: captureTransfer(order, intentId),
      events: outboxColumns([orderEvent(events.orderPaid, order, version)]),
    });
    return isAnswerStored;
  }

  private async cancel(
    tx: Transaction,
    order: Order,
    { intentId, reason }: { readonly intentId: string | null; readonly reason: string },
    answer = '{}',
  ): Promise<boolean> {
    const why = order.cancelReason ?? reason;
    this.pass('t7.before');
    return store.end(tx, {
      orderId: order.id,
      intentId,
      order: 'cancelled',
      payment: 'voided',
      reason: why,
      events: outboxColumns([cancelledEvent(order, why)]),
      traceparent: activeTraceparent() ?? null,
      answer,
    });
  }

  /** Nothing moves. A shopper who got no answer from the provider hands the payment to the driver. */
  private async answerOnly(tx: Transaction, order: Order, answer: string): Promise<boolean> {
    if (answer === '{}') return false;
    const isOpen = order.status === 'confirming';
    return store.note(tx, {
      orderId: order.id,
      intentId: null,
      attempt: order.attempt,
      requiresAction: false,
      nextActionMs: isOpen ? 0 : null,
      answer,
    });
  }

  private async freeze(
    tx: Transaction,
    order: Order,
    { snapshot }: Extract<Decision, { kind: 'break' }>,
  ): Promise<void> {
    const { intentId, amount, captured, currency, status } = snapshot;
    const note = `the provider has ${amount} ${currency}, captured ${captured} (${status}); we have ${order.amount} ${order.currency}`;
    this.logger.error({ order_id: order.id, intent_id: intentId }, `amounts differ: ${note}`);
    await store.freeze(tx, { orderId: order.id, pspRef: intentId, currency, amount, note });
  }

  private afterCommit({ decision }: Applied): void {
    switch (decision.kind) {
      case 'authorise':
      case 'decline':
        this.pass('t4.after');
        break;
      case 'capture':
        this.pass('t5.after');
        break;
      case 'cancel':
      case 'give_back':
        this.pass('t7.after');
        break;
      default:
        return;
    }
    this.orders.labels(outcomeNames[decision.kind]).inc();
    this.outbox.wake();
  }
}

const outcomeNames = {
  authorise: 'authorized',
  decline: 'declined',
  capture: 'paid',
  cancel: 'cancelled',
  give_back: 'captured_after_cancel',
} as const;

type After = { readonly orderStatus: OrderStatus; readonly status: PaymentStatus };

/** The state that a decision leads to, for the answer that is stored together with it. */
const stateAfter = (order: Order, decision: Decision): Partial<Order> & Partial<After> => {
  switch (decision.kind) {
    case 'authorise':
      return { orderStatus: 'authorized', status: 'capturing', intentId: decision.intentId };
    case 'capture':
      return { orderStatus: 'paid', status: 'captured', intentId: decision.intentId };
    case 'decline':
      return { status: 'ready', declineCode: decision.declineCode, attemptStatus: 'declined' };
    case 'cancel':
      return { orderStatus: 'cancelled', status: 'voided' };
    case 'give_back':
      return { status: 'refunding' };
    case 'require_action':
      return { attemptStatus: 'requires_action', intentId: decision.intentId };
    case 'note_intent':
      return { intentId: decision.intentId };
    default:
      return {};
  }
};
