import { Outbox, outboxColumns } from '@hemline/messaging';
import type { Database, Transaction } from '@hemline/postgres';
import { LOGGER, type Logger, activeTraceparent } from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import { refundTransfer, reversalTransfer } from '../ledger/transfer.ts';
import * as orders from '../orders/orders.store.ts';
import type { Order } from '../orders/orders.store.ts';
import { type RefundEventKind, refundEvent } from '../payments/order-events.ts';
import type { Refund } from './refund.ts';
import {
  type RefundDecision,
  type RefundSnapshot,
  decideRefund,
  statusesWith,
  withStatus,
} from './refund-outcome.ts';
import * as store from './refunds.store.ts';

type RefundStep = Extract<RefundDecision, { kind: 'step' }> & {
  readonly refund: Refund;
  readonly pspRefundId: string | null;
  readonly failure: string | null;
};

type Refused = {
  readonly orderId: string;
  readonly refundId: string;
  readonly key: string;
  readonly code: string;
};

/**
 * Everything that is learned of the provider's refunds comes through here, as everything of its intents
 * comes through `ApplyPspState`: the order's row is locked, `decideRefund` says what the news means now,
 * and one statement does it.
 */
@Injectable()
export class ApplyRefundState {
  constructor(
    private readonly outbox: Outbox,
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** True if anything moved. */
  async apply(database: Database, orderId: string, seen: RefundSnapshot): Promise<boolean> {
    return this.locked(database, orderId, async (tx, order, refunds) => {
      const refund = refunds.find(({ id }) => id === seen.refundId);
      const decision: RefundDecision = refund
        ? decideRefund({ ...refund, currency: order.currency }, seen)
        : { kind: 'break', reason: 'not ours' };
      if (decision.kind === 'none') return false;
      if (decision.kind === 'break' || !refund) {
        const reason = decision.kind === 'break' ? decision.reason : '';
        await this.tellBreak(tx, order, seen, reason);
        return false;
      }
      const { pspRefundId } = seen;
      const failure = decision.status === 'failed' ? 'the bank sent it back' : null;
      await this.take(tx, order, refunds, { ...decision, refund, pspRefundId, failure });
      return true;
    });
  }

  /**
   * The provider refused it under this key, and does not have it: the money never left us. A refusal of the
   * key before, told by one who slept meanwhile, says nothing of what goes on under the present one.
   */
  async refuse(database: Database, { orderId, refundId, key, code }: Refused): Promise<boolean> {
    return this.locked(database, orderId, async (tx, order, refunds) => {
      const refund = refunds.find(({ id }) => id === refundId);
      if (refund?.status !== 'sent' || !(await store.isUnderKey(tx, refundId, key))) return false;
      const step = { kind: 'step', status: 'failed', accepts: false, reverses: false } as const;
      await this.take(tx, order, refunds, { ...step, refund, pspRefundId: null, failure: code });
      return true;
    });
  }

  private async locked(
    database: Database,
    orderId: string,
    work: (tx: Transaction, order: Order, refunds: readonly Refund[]) => Promise<boolean>,
  ): Promise<boolean> {
    return database.transaction(
      async (tx) => {
        const order = await orders.lock(tx, orderId);
        return order ? work(tx, order, await store.list(tx, orderId)) : false;
      },
      { onUnknownCommit: 'repeat' },
    );
  }

  private async take(
    tx: Transaction,
    order: Order,
    refunds: readonly Refund[],
    { refund, status, accepts, reverses, pspRefundId, failure }: RefundStep,
  ): Promise<void> {
    const after = statusesWith(order, withStatus(refunds, refund.id, status));
    const kinds = eventKinds({ status, accepts, isAll: after.order === 'refunded' });
    const facts = kinds.map((kind, i) =>
      refundEvent(kind, order, {
        version: order.version + i + 1,
        refund,
        refunded: after.refunded,
      }),
    );
    const posting = { orderId: order.id, currency: order.currency };
    const source = pspRefundId ?? '';
    this.pass('t9.before');
    await store.record(tx, {
      orderId: order.id,
      order: after.order,
      payment: after.payment,
      refundId: refund.id,
      status,
      pspRefundId,
      failure,
      accepts,
      transfers: [
        ...(accepts ? [refundTransfer(posting, source, refund.parts)] : []),
        ...(reverses ? [reversalTransfer(posting, source, refund.parts)] : []),
      ],
      restocked: accepts && status !== 'failed' && refund.restock ? (refund.lines ?? []) : [],
      events: outboxColumns(facts),
      eventCount: facts.length,
      traceparent: activeTraceparent() ?? null,
    });
    if (status === 'failed') await this.tellFailure(tx, order, refund, failure ?? '');
    tx.afterCommit(() => {
      this.pass('t9.after');
      this.outbox.wake();
    });
  }

  /** A shopper's own refund was not asked for by anyone who would look whether it arrived. */
  private async tellFailure(
    tx: Transaction,
    order: Order,
    refund: Refund,
    failure: string,
  ): Promise<void> {
    this.logger.error({ order_id: order.id, refund_id: refund.id, failure }, 'a refund failed');
    if (order.cancelReason === null) return;
    const { currency, id: orderId } = order;
    const note = `the order was cancelled, and its money could not be given back: ${failure}`;
    const found = { kind: 'refund_failed', pspRef: refund.pspRefundId ?? refund.id, note };
    await store.openBreak(tx, { ...found, orderId, currency, amount: refund.amount });
  }

  private async tellBreak(
    tx: Transaction,
    order: Order,
    seen: RefundSnapshot,
    reason: string,
  ): Promise<void> {
    const note = `the provider has a refund of ${seen.amount} ${seen.currency} (${seen.status}): ${reason}`;
    this.logger.error({ order_id: order.id, refund: seen.pspRefundId }, note);
    const { amount, currency, pspRefundId: pspRef } = seen;
    const found = { kind: 'refund_mismatch', pspRef, orderId: order.id, currency, amount, note };
    await store.openBreak(tx, found);
  }
}

const eventKinds = ({
  status,
  accepts,
  isAll,
}: {
  readonly status: RefundStep['status'];
  readonly accepts: boolean;
  readonly isAll: boolean;
}): readonly RefundEventKind[] => {
  if (status === 'failed') return ['failed'];
  if (!accepts) return [];
  return [isAll ? 'refunded' : 'partRefunded'];
};
