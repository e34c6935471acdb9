import { Database } from '@hemline/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { DRIVER_DATABASE } from '../driver/driver-database.ts';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../gateway/payment-gateway.ts';
import { type EventMeaning, meaningOf } from './event-meaning.ts';
import * as store from './psp-events.store.ts';
import type { DueEvent } from './psp-events.store.ts';

const maxBatch = 200;

/** Works off the webhooks that were stored. */
@Injectable()
export class PspEvents {
  constructor(
    @Inject(DRIVER_DATABASE) private readonly database: Database,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
  ) {}

  /** True if there may be more. */
  async process(): Promise<boolean> {
    const due = await store.listDue(this.database, maxBatch);
    const settled: string[] = [];
    const wake = new Set<string>();
    const later: string[] = [];
    for (const event of due) {
      const meaning = meaningOf(event);
      if (meaning === 'wake' && event.payment) wake.add(event.payment.orderId);
      const isDone = await this.isDoneWith(event, meaning);
      (isDone ? settled : later).push(event.id);
    }
    if (settled.length > 0) await store.settle(this.database, { ids: settled, wake: [...wake] });
    if (later.length > 0) await store.postpone(this.database, later);
    return due.length === maxBatch;
  }

  private async isDoneWith(event: DueEvent, meaning: EventMeaning): Promise<boolean> {
    if (meaning === 'later') return false;
    return meaning === 'settled' || meaning === 'wake' || this.letGo(event, meaning);
  }

  /**
   * An intent beside the order's own is cancelled. One whose order we do not know waits a while, as
   * the order may be about to be written; then it is cancelled too, and a person is told.
   */
  private async letGo(event: DueEvent, meaning: 'orphan' | 'unknown'): Promise<boolean> {
    const { intentId } = event;
    if (intentId === null) return true;
    if (meaning === 'unknown' && !event.isOld) return false;
    const result = await this.gateway.cancel(intentId);
    if (result.kind === 'unknown') {
      if (meaning === 'orphan') return false;
      await store.openBreak(this.database, {
        intentId,
        note: 'unknown here, and not to be cancelled',
      });
      return true;
    }
    const { status } = result.snapshot;
    if (status === 'canceled') return true;
    await store.openBreak(this.database, { intentId, note: `not ours, and ${status}` });
    return true;
  }
}
