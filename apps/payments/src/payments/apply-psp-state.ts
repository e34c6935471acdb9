import { Outbox, outboxColumns } from '@hemline/messaging';
import type { Database, Transaction } from '@hemline/postgres';
import {
  Counter,
  LOGGER,
  type Logger,
  METRICS,
  type MetricsRegistry,
  activeTraceparent,
} from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { toAnswerJson } from '../checkout/idempotency-keys.store.ts';
import { CONFIG, type Config } from '../config.ts';
import { KILL_POINTS, type KillPoint, type PassKillPoint } from '../kill-points.ts';
import { captureTransfer, partsOf } from '../ledger/transfer.ts';
import * as orders from '../orders/orders.store.ts';
import type { Order } from '../orders/orders.store.ts';
import { authorizedEvent, cancelledEvent, paidEvent, refundEvent } from './order-events.ts';
import { type Applied, type Waiting, orderAfter } from './outcome.ts';
import { type Decision, type Knowledge, decide } from './payment.ts';
import * as store from './payments.store.ts';

/** What the metric calls a decision that changed an order, and the step that it was. */
const steps: Readonly<Partial<Record<Decision['kind'], { outcome: string; passed: KillPoint }>>> = {
  authorise: { outcome: 'authorized', passed: 't4.after' },
  decline: { outcome: 'declined', passed: 't4.after' },
  capture: { outcome: 'paid', passed: 't5.after' },
  cancel: { outcome: 'cancelled', passed: 't7.after' },
  give_back: { outcome: 'captured_after_cancel', passed: 't7.after' },
};

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
    const after = orderAfter(order, decision);
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
        await this.giveBack(tx, order, decision.intentId);
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
          actionUrl: decision.kind === 'require_action' ? decision.actionUrl : null,
          nextActionMs: this.config.PSP_TIMEOUT_MS / 8,
          answer,
        });
      case 'orphan':
      case 'none':
        return this.answerOnly(tx, order, answer);
    }
    return decision satisfies never;
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
      events: outboxColumns([authorizedEvent(order, order.version + 1)]),
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
      events: outboxColumns([paidEvent(order, version)]),
    });
    return isAnswerStored;
  }

  private async giveBack(tx: Transaction, order: Order, intentId: string): Promise<void> {
    const refund = { id: crypto.randomUUID(), amount: order.total, parts: partsOf(order) };
    const fact = { version: order.version + 1, refund, refunded: 0n };
    this.pass('t7.before');
    await store.giveBack(tx, {
      orderId: order.id,
      intentId,
      transfer: captureTransfer(order, intentId),
      refund,
      events: outboxColumns([refundEvent('requested', order, fact)]),
    });
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
      events: outboxColumns([cancelledEvent(order, order.version + 1, why)]),
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
      actionUrl: null,
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
    const step = steps[decision.kind];
    if (!step) return;
    this.pass(step.passed);
    this.orders.labels(step.outcome).inc();
    this.outbox.wake();
  }
}
