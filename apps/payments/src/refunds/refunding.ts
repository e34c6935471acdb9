import { Database } from '@hemline/postgres';
import { LOGGER, type Logger } from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { DRIVER_DATABASE } from '../driver/driver-database.ts';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../gateway/payment-gateway.ts';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import type { Order } from '../orders/orders.store.ts';
import { ApplyDispute } from '../disputes/apply-dispute.ts';
import { ApplyRefundState } from './apply-refund-state.ts';
import * as store from './refunds.store.ts';
import type { DueRefund } from './refunds.store.ts';

type Paid = Pick<Order, 'id' | 'intentId'>;
/** What the provider's list knows of a refund: applied, not there, or nothing, as there was no list. */
type Found = 'moved' | 'still' | 'absent' | 'unknown';

/**
 * Takes an order's refunds further. A refund is sent under its own key, so that sending it again is sending
 * it once, as long as the provider is certain to know the key. After that only the provider's list of the
 * intent's refunds tells. It goes under another key only where the list does not have it, and the earlier
 * key can do nothing any more: it was forgotten long ago, or the provider keeps an error of its own as its
 * answer.
 */
@Injectable()
export class Refunding {
  constructor(
    @Inject(DRIVER_DATABASE) private readonly database: Database,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly applyRefundState: ApplyRefundState,
    private readonly applyDispute: ApplyDispute,
  ) {}

  /**
   * X5 for what is to be sent, and a look at the rest: what was given back earlier may come back while
   * more is on its way. True if anything moved.
   */
  async advance(order: Paid): Promise<boolean> {
    const due = await store.markSent(this.database, order.id);
    let hasMoved = false;
    for (const refund of due) hasMoved = (await this.send(order, refund)) || hasMoved;
    await this.findDisputes(order);
    return (await this.findRefunds(order)) === 'moved' || hasMoved;
  }

  /** Money that was ours leaves late: applies all that the provider has; false if it does not say. */
  async review(order: Paid): Promise<boolean> {
    const areKnown = await this.findDisputes(order);
    return (await this.findRefunds(order)) !== 'unknown' && areKnown;
  }

  private async findDisputes({ id, intentId }: Paid): Promise<boolean> {
    if (intentId === null) return true;
    const found = await this.gateway.listDisputes(intentId);
    for (const seen of found ?? []) await this.applyDispute.apply(this.database, id, seen);
    return found !== undefined;
  }

  /** Applies whatever the provider has of an order's refunds; `unknown` if it does not say. */
  private async findRefunds({ id, intentId }: Paid, wanted?: string): Promise<Found> {
    if (intentId === null) return 'absent';
    const found = await this.gateway.listRefunds(intentId);
    if (!found) return 'unknown';
    let hasMoved = false;
    for (const seen of found) {
      hasMoved = (await this.applyRefundState.apply(this.database, id, seen)) || hasMoved;
    }
    const isAbsent = wanted !== undefined && !found.some(({ refundId }) => refundId === wanted);
    if (isAbsent) return 'absent';
    return hasMoved ? 'moved' : 'still';
  }

  private async send(order: Paid, refund: DueRefund): Promise<boolean> {
    if (order.intentId === null) return false;
    // What was sent before is looked for before it is sent again: keys have been forgotten too early.
    if (refund.wasSent) {
      const found = await this.findRefunds(order, refund.id);
      if (found !== 'absent') return found === 'moved';
      if (refund.isKeyForgotten) return this.renew(order, refund);
      if (!refund.isKeyAlive) return false;
    }
    const { id: refundId, amount, pspKey: key } = refund;
    const { id: orderId, intentId } = order;
    const result = await this.gateway.refund({ refundId, orderId, intentId, amount, key });
    this.pass('x5.after');
    if (result.kind === 'answered') {
      return this.applyRefundState.apply(this.database, orderId, result.snapshot);
    }
    // A refusal may be of a second sending, the first of which was taken on: the list knows.
    const found = await this.findRefunds(order, refundId);
    if (found !== 'absent') return found === 'moved';
    if (result.kind === 'refused') {
      const { code } = result;
      return this.applyRefundState.refuse(this.database, { orderId, refundId, key, code });
    }
    return result.isKeySpent ? this.renew(order, refund) : false;
  }

  /** On record before it is used, and told for good. It is sent the next time round. */
  private async renew({ id: orderId }: Paid, refund: DueRefund): Promise<boolean> {
    const renewed = await this.database.transaction((tx) =>
      store.renewKey(tx, refund, {
        actor: 'payments',
        role: 'service',
        action: 'refund_key_renewed',
        order_id: orderId,
        detail: { refundId: refund.id, formerKey: refund.pspKey },
      }),
    );
    if (renewed === undefined) return false;
    this.logger.warn(
      { order_id: orderId, refund_id: refund.id, key: renewed },
      'a refund that the provider does not have goes out under another key',
    );
    return true;
  }
}
