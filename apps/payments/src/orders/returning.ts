import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import { Driver } from '../driver/driver.ts';
import * as orders from './orders.store.ts';

/** How long the one who is back waits for the provider to say how it went. */
const patienceMs = 2000;

/**
 * The shopper comes back from her bank: once, twice, late, or never. That she is back says nothing of how
 * it went, so the provider is asked, as the driver would have done a little later; what it says is applied
 * only as far as it still can be.
 */
@Injectable()
export class Returning {
  /** However often she comes back at once, the provider is asked once. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly driver: Driver,
  ) {}

  async hasReturned(owned: { readonly id: string; readonly tokenHash: Buffer }): Promise<void> {
    const order = await orders.findForOwner(this.database, owned);
    if (order?.status !== 'confirming' || order.attemptStatus !== 'requires_action') return;
    await Promise.race([this.ask(order), sleep(patienceMs)]);
  }
  private ask(order: orders.Order): Promise<void> {
    const known = this.underWay.get(order.id);
    if (known) return known;
    const asking = this.driver.finish(order).finally(() => this.underWay.delete(order.id));
    this.underWay.set(order.id, asking);
    return asking;
  }
}
