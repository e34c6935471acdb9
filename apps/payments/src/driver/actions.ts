import { Database } from '@hemline/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import {
  type AuthoriseResult,
  PAYMENT_GATEWAY,
  type PaymentGateway,
  type SnapshotResult,
  keyLifeMs,
  toKnowledge,
} from '../gateway/payment-gateway.ts';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import * as orders from '../orders/orders.store.ts';
import type { Order } from '../orders/orders.store.ts';
import { ApplyPspState } from '../payments/apply-psp-state.ts';
import type { Knowledge } from '../payments/payment.ts';
import { Refunding } from '../refunds/refunding.ts';
import { DRIVER_DATABASE } from './driver-database.ts';
import { type Standing, mayFence, nextStep } from './next-step.ts';

/**
 * One step of one payment towards its end, by the state that it is in. Each step can be taken any
 * number of times, by anyone: a request carries the key of what it does, and what it brings to light is
 * applied under the lock of the order. No connection is held while the provider is asked.
 */
@Injectable()
export class Actions {
  constructor(
    @Inject(DRIVER_DATABASE) private readonly database: Database,
    private readonly applyPspState: ApplyPspState,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
    private readonly refunding: Refunding,
  ) {}

  /** The order as it is after the step, or undefined if nothing moved. */
  async act(order: Order): Promise<Order | undefined> {
    const step = nextStep(standingOf(order));
    switch (step) {
      case 'fence':
        return this.fence(order.id);
      case 'look':
        return this.look(order);
      case 'confirm':
        return this.confirm(order);
      case 'capture':
        return this.capture(order);
      case 'void':
        return this.void(order);
      case 'learn_intent':
        return this.learnIntent(order);
      case 'search_intent':
        return this.searchOrEnd(order);
      case 'refund':
        return this.refund(order);
      case 'none':
        return undefined;
    }
    return step satisfies never;
  }

  /** An intent that is not the order's: whatever it holds is let go. It was never captured by us. */
  async cancelOrphan(intentId: string): Promise<boolean> {
    const result = await this.gateway.cancel(intentId);
    return result.kind === 'answered' && result.snapshot.status === 'canceled';
  }

  private async apply(orderId: string, knowledge: Knowledge): Promise<Order | undefined> {
    const applied = await this.applyPspState.apply(this.database, orderId, knowledge);
    if (applied?.decision.kind === 'orphan') await this.cancelOrphan(applied.decision.intentId);
    if (!applied || ['none', 'orphan', 'break'].includes(applied.decision.kind)) return undefined;
    return applied.order;
  }

  private async applyResult(orderId: string, result: SnapshotResult): Promise<Order | undefined> {
    if (result.kind === 'unknown') return undefined;
    return this.apply(orderId, { kind: 'snapshot', snapshot: result.snapshot });
  }

  private async look(order: Order): Promise<Order | undefined> {
    if (order.intentId === null) return undefined;
    return this.applyResult(order.id, await this.gateway.retrieve(order.intentId));
  }

  private async confirm(order: Order): Promise<Order | undefined> {
    const result = await this.authorise(order);
    this.pass('x2.after');
    if (result.kind === 'unknown') return this.search(order);
    return this.apply(order.id, toKnowledge(result, order.attempt));
  }

  private authorise(order: Order): Promise<AuthoriseResult> {
    return this.gateway.authorise({
      orderId: order.id,
      attempt: order.attempt,
      intentId: order.sentIntentId,
      amount: order.amount,
      currency: order.currency,
      paymentMethod: order.paymentMethod,
      returnUrl: order.returnUrl,
    });
  }

  /** Finding an intent is knowledge; finding none is not. */
  private async search(order: Order): Promise<Order | undefined> {
    const found =
      order.intentId === null
        ? await this.gateway.findByOrder(order.id)
        : await this.lookUp(order.intentId);
    let moved: Order | undefined;
    for (const snapshot of found ?? []) {
      moved = (await this.apply(order.id, { kind: 'snapshot', snapshot })) ?? moved;
    }
    return moved;
  }

  private async lookUp(intentId: string) {
    const result = await this.gateway.retrieve(intentId);
    return result.kind === 'answered' ? [result.snapshot] : undefined;
  }

  private async capture(order: Order): Promise<Order | undefined> {
    if (order.intentId === null) return undefined;
    const result = await this.gateway.capture({ orderId: order.id, intentId: order.intentId });
    this.pass('x3.after');
    // An answer kept under the key from a bad moment would hide what became of the intent since.
    return this.applyResult(
      order.id,
      result.kind === 'unknown' ? await this.gateway.retrieve(order.intentId) : result,
    );
  }

  /** T6, decided again under the lock: a payment that was authorised in the meantime goes on. */
  private async fence(orderId: string): Promise<Order | undefined> {
    return this.database.transaction(
      async (tx) => {
        const order = await orders.lock(tx, orderId);
        if (!order || !mayFence(standingOf(order))) return undefined;
        await this.applyPspState.stop(tx, order, 'hold_expired');
        return { ...order, orderStatus: 'cancelling', status: 'voiding' };
      },
      { onUnknownCommit: 'repeat' },
    );
  }

  /** X4: only a cancel that the provider confirmed, or its own final state, ends an order unpaid. */
  private async void(order: Order): Promise<Order | undefined> {
    if (order.intentId === null) return undefined;
    const result = await this.gateway.cancel(order.intentId);
    this.pass('x4.after');
    return this.applyResult(order.id, result);
  }

  /**
   * The fence needs the intent, and the answer that named it was lost. Sending the same request again
   * names it. Two cases are left to the provider's search: it may have forgotten the key, and would
   * make a second intent; or it keeps an error of its own as the key's answer. An intent that comes to
   * light later is cancelled then, and could not move money meanwhile: nothing is captured that is not
   * on record here.
   */
  private async learnIntent(order: Order): Promise<Order | undefined> {
    const result = await this.authorise(order);
    if (result.kind === 'unknown') {
      return result.isKeySpent ? this.searchOrEnd(order) : this.search(order);
    }
    if (result.kind === 'declined' && !result.snapshot) return this.finishVoid(order);
    return this.apply(order.id, toKnowledge(result, order.attempt));
  }

  private async searchOrEnd(order: Order): Promise<Order | undefined> {
    const found = await this.gateway.findByOrder(order.id);
    const isComplete = Date.now() - order.firstSentAt.getTime() > this.config.PSP_SEARCH_LAG_MS;
    if (found?.length === 0) return isComplete ? this.finishVoid(order) : undefined;
    return this.search(order);
  }

  private async finishVoid(order: Order): Promise<Order | undefined> {
    await this.applyPspState.finishVoid(this.database, order.id);
    return orders.find(this.database, order.id);
  }

  /** A look at what was captured long ago. False if the provider did not answer. */
  review(order: Order): Promise<boolean> {
    return this.refunding.review(order);
  }

  /** X5 and T9, and what became of refunds after them. */
  private async refund(order: Order): Promise<Order | undefined> {
    const hasMoved = await this.refunding.advance(order);
    return hasMoved ? orders.find(this.database, order.id) : undefined;
  }
}

const standingOf = (order: Order): Standing => ({
  ...order,
  isKeyAlive: Date.now() - order.firstSentAt.getTime() < keyLifeMs,
});
