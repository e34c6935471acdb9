import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@hemline/http';
import { Database } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import { Driver } from '../driver/driver.ts';
import { ApplyPspState } from '../payments/apply-psp-state.ts';
import { cancelMeans } from './order.ts';
import * as orders from './orders.store.ts';
import type { Order } from './orders.store.ts';

/** How long the one who cancels waits for the provider to confirm it. */
const patienceMs = 2000;

/** T6 by the shopper's wish: the order is on its way out, and the driver sees it through. */
@Injectable()
export class Cancellation {
  constructor(
    private readonly database: Database,
    private readonly applyPspState: ApplyPspState,
    private readonly driver: Driver,
  ) {}

  async cancel(owned: { readonly id: string; readonly tokenHash: Buffer }): Promise<void> {
    const stopped = await this.database.transaction(
      async (tx) => {
        const order = await orders.lockForOwner(tx, owned);
        if (!order) throw new DomainError('orders.not_found');
        const meaning = cancelMeans(order.orderStatus);
        if (meaning === 'done') return undefined;
        if (meaning === 'under_way') return order;
        if (meaning === 'too_late') {
          throw new DomainError('orders.already_paid', {
            detail: `the order is ${order.orderStatus}; ask for a refund`,
          });
        }
        await this.applyPspState.stop(tx, order, 'cancelled_by_shopper');
        return { ...order, orderStatus: 'cancelling', status: 'voiding' } satisfies Order;
      },
      { onUnknownCommit: 'repeat' },
    );
    if (stopped) await Promise.race([this.driver.finish(stopped), sleep(patienceMs)]);
  }
}
