import type { Database } from '@hemline/postgres';
import { LOGGER, type Logger } from '@hemline/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { KILL_POINTS, type PassKillPoint } from '../kill-points.ts';
import * as orders from '../orders/orders.store.ts';
import { openBreak } from '../refunds/refunds.store.ts';
import { type DisputeSnapshot, decideDispute, disputeTransfer } from './dispute.ts';
import * as store from './disputes.store.ts';

/** Everything that is learned of disputes comes through here, under the lock of the order's row. */
@Injectable()
export class ApplyDispute {
  constructor(
    @Inject(KILL_POINTS) private readonly pass: PassKillPoint,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** True if anything moved. */
  async apply(database: Database, orderId: string, seen: DisputeSnapshot): Promise<boolean> {
    return database.transaction(
      async (tx) => {
        const order = await orders.lock(tx, orderId);
        if (!order) return false;
        const known = (await store.list(tx, orderId)).find(({ id }) => id === seen.id);
        const decision = decideDispute(known, seen, order.currency);
        if (decision.kind === 'none') return false;
        const { id, amount, currency } = seen;
        if (decision.kind === 'break') {
          const note = `the provider has a dispute of ${amount} ${currency} (${seen.status}): ${decision.reason}`;
          this.logger.error({ order_id: orderId, dispute: id }, note);
          const found = { kind: 'dispute_mismatch', pspRef: id, orderId, currency, amount, note };
          await openBreak(tx, found);
          return false;
        }
        this.pass('dispute.before');
        let from = known?.status;
        for (const to of decision.to) {
          const transfer = disputeTransfer(orderId, seen, { from, to });
          await store.record(tx, { id, amount, currency, orderId, status: to, transfer });
          from = to;
        }
        tx.afterCommit(() => {
          this.pass('dispute.after');
          this.logger.warn(
            { order_id: orderId, dispute: id, status: from },
            'a payment is disputed',
          );
        });
        return true;
      },
      { onUnknownCommit: 'repeat' },
    );
  }
}
